// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/database.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/core.h>
#include <sqlite3.h>

namespace haulier::store {

namespace {

/// Long enough for a query of an administrator in the sqlite3 shell, short enough for the event loop. There
/// is no other writer.
constexpr int BusyTimeoutMs = 250;

/// Failures of the machine rather than of the file.
bool is_the_machine(int code) {
    constexpr std::array Codes{SQLITE_PERM,  SQLITE_BUSY, SQLITE_LOCKED,   SQLITE_NOMEM,    SQLITE_READONLY,
                               SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_NOLFS};
    return std::find(Codes.begin(), Codes.end(), code & 0xff) != Codes.end();
}

bool is_lasting(int code) {
    constexpr std::array Codes{SQLITE_READONLY, SQLITE_IOERR,   SQLITE_CANTOPEN, SQLITE_PROTOCOL,
                               SQLITE_NOLFS,    SQLITE_CORRUPT, SQLITE_NOTADB};
    return std::find(Codes.begin(), Codes.end(), code & 0xff) != Codes.end();
}

} // namespace

void Connection::Close::operator()(sqlite3* db) const noexcept {
    sqlite3_close_v2(db);
}

Status Connection::open(const std::string& path) {
    sqlite3* raw = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &raw,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    db_.reset(raw); // SQLite makes one on failure, too
    if (!raw) {
        blame_ = Blame::Machine;
        return Error{Errc::Store, "no memory for a database connection"};
    }
    if (code != SQLITE_OK) return error();
    sqlite3_busy_timeout(raw, BusyTimeoutMs);
    return Done{};
}

Status Connection::run(const std::string& sql) {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error();
    return Done{};
}

namespace {

template <class T, class Read>
Result<T> ask(Connection& db, std::string_view sql, Read read) {
    Statement statement;
    if (auto ok = statement.prepare(db, sql); !ok) return ok.error();
    BoundStatement use{statement};
    auto row = use.next();
    if (!row) return row.error();
    std::optional<T> answer = read(use, *row);
    if (!answer) return Error{Errc::Store, fmt::format("database: no answer to {}", sql)};
    return std::move(*answer);
}

} // namespace

Result<int64_t> Connection::ask_integer(std::string_view sql) {
    return ask<int64_t>(*this, sql, [](const BoundStatement& use, bool row) {
        return row ? use.integer_at(0) : std::nullopt;
    });
}

Result<std::string> Connection::ask_text(std::string_view sql) {
    return ask<std::string>(*this, sql,
                            [](const BoundStatement& use, bool row) -> std::optional<std::string> {
                                auto text = row ? use.text_at(0) : std::nullopt;
                                if (!text) return std::nullopt;
                                return std::string{*text};
                            });
}

Result<bool> Connection::ask_any(std::string_view sql) {
    return ask<bool>(*this, sql, [](const BoundStatement&, bool row) { return row; });
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(db_.get()) == 0;
}

int64_t Connection::last_row() const {
    return sqlite3_last_insert_rowid(db_.get());
}

int64_t Connection::changed_rows() const {
    return sqlite3_changes64(db_.get());
}

void Connection::leave_untouched() {
    if (db_) sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

bool Connection::has_moved() {
    int moved = 0;
    bool known = sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK;
    return known && moved != 0;
}

Error Connection::error() {
    int code = sqlite3_errcode(db_.get());
    if (is_the_machine(code)) blame_ = Blame::Machine;
    broken_ = broken_ || is_lasting(code);
    return {Errc::Store, fmt::format("database: {}", sqlite3_errmsg(db_.get()))};
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Status Statement::prepare(Connection& db, std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    int code = sqlite3_prepare_v3(db.db_.get(), sql.data(), static_cast<int>(sql.size()),
                                  SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    handle_.reset(raw);
    db_ = &db;
    if (code != SQLITE_OK) return db.error();
    return Done{};
}

BoundStatement::~BoundStatement() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

/// An empty view may have a null pointer, which SQLite would take for NULL.
BoundStatement& BoundStatement::text(std::string_view value) {
    bound(sqlite3_bind_text64(handle_, ++parameter_, value.data() ? value.data() : "", value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

BoundStatement& BoundStatement::integer(int64_t value) {
    bound(sqlite3_bind_int64(handle_, ++parameter_, value));
    return *this;
}

BoundStatement& BoundStatement::null() {
    bound(sqlite3_bind_null(handle_, ++parameter_));
    return *this;
}

BoundStatement& BoundStatement::refuse(std::string_view why) {
    ++parameter_;
    if (!fault_) fault_ = Error{Errc::Store, std::string{why}};
    return *this;
}

void BoundStatement::bound(int code) {
    if (code != SQLITE_OK && !fault_) fault_ = db_.error();
}

Status BoundStatement::run() {
    for (;;) {
        auto row = next();
        if (!row) return row.error();
        if (!*row) return Done{};
    }
}

Result<bool> BoundStatement::next() {
    assert(parameter_ == sqlite3_bind_parameter_count(handle_));
    if (fault_) return *fault_;
    int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return db_.error();
}

bool BoundStatement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::optional<int64_t> BoundStatement::integer_at(int column) const {
    if (sqlite3_column_type(handle_, column) != SQLITE_INTEGER) return std::nullopt;
    return sqlite3_column_int64(handle_, column);
}

std::optional<std::string_view> BoundStatement::text_at(int column) const {
    if (sqlite3_column_type(handle_, column) != SQLITE_TEXT) return std::nullopt;
    const auto* text = sqlite3_column_text(handle_, column);
    if (!text) return std::nullopt;
    return std::string_view{reinterpret_cast<const char*>(text),
                            static_cast<size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view BoundStatement::name_of(int column) const {
    const char* name = sqlite3_column_name(handle_, column);
    return name ? name : "?";
}

Result<Transaction> Transaction::begin(Connection& db) {
    if (auto ok = db.run("BEGIN IMMEDIATE"); !ok) return ok.error();
    return Transaction{db};
}

Status Transaction::commit() {
    auto ok = db_->run("COMMIT");
    if (!ok) roll_back();
    db_ = nullptr;
    return ok;
}

/// SQLite may have rolled back by itself (disk full, for one). A ROLLBACK that fails leaves a transaction
/// that no BEGIN can follow, so that the next change says so.
void Transaction::roll_back() {
    if (db_ && db_->in_transaction()) static_cast<void>(db_->run("ROLLBACK"));
}

} // namespace haulier::store
