// SPDX-License-Identifier: LGPL-2.1-or-later
// SQLite in four small types: a connection, a prepared statement, one use of a statement, and a transaction.
// Private to the module.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace haulier::store {

/// The cause of a failure: the machine (disk full, no permission, busy) or the content of the file.
enum class Blame { Machine, File };

/// One open database. It stays where it is, because statements point to it.
class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// The file must exist. It is not read yet: one that is no database is noticed at the first query.
    Status open(const std::string& path);
    /// Any number of statements; their results are dropped.
    Status run(const std::string& sql);
    /// The first column of the first row; an error if there is none, or if it is of another type.
    Result<int64_t> ask_integer(std::string_view sql);
    Result<std::string> ask_text(std::string_view sql);
    /// Whether there is any row.
    Result<bool> ask_any(std::string_view sql);

    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] int64_t last_row() const;
    /// How many rows the last INSERT, UPDATE or DELETE has changed.
    [[nodiscard]] int64_t changed_rows() const;
    /// The file was removed or replaced since it was opened.
    [[nodiscard]] bool has_moved();
    /// Leaves the file and its log exactly as they are when the connection is dropped.
    void leave_untouched();

    /// What SQLite says about its last failure.
    Error error();
    /// Of the failures so far: File, unless the machine was to blame for one.
    [[nodiscard]] Blame blame() const { return blame_; }
    /// A failure after which SQLite may fail for ever, although the file is good again: it could not be read,
    /// written or understood.
    [[nodiscard]] bool is_broken() const { return broken_; }

private:
    friend class Statement;
    struct Close {
        void operator()(sqlite3* db) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> db_;
    Blame blame_ = Blame::File;
    bool broken_ = false;
};

/// Parsed once, used often.
class Statement {
public:
    Status prepare(Connection& db, std::string_view sql);

private:
    friend class BoundStatement;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    Connection* db_ = nullptr;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// One use of a statement, from binding to the last row; at its end the statement is reset. A value that
/// could not be bound is remembered and fails the use: BoundStatement{s}.text(id).integer(3).run().
class BoundStatement {
public:
    explicit BoundStatement(Statement& statement) : db_(*statement.db_), handle_(statement.handle_.get()) {}
    BoundStatement(const BoundStatement&) = delete;
    BoundStatement& operator=(const BoundStatement&) = delete;
    ~BoundStatement();

    // Parameters, from left to right.
    BoundStatement& text(std::string_view value);
    BoundStatement& integer(int64_t value);
    BoundStatement& null();
    /// The value for the next parameter must not be stored.
    BoundStatement& refuse(std::string_view why);

    /// Runs to the end; any rows are dropped.
    Status run();
    /// True: there is a row, and the columns can be read.
    Result<bool> next();
    /// Calls `take`, which returns a Status, for each row, until there is an error.
    template <class Take>
    Status each(Take take) {
        for (;;) {
            auto row = next();
            if (!row) return row.error();
            if (!*row) return Done{};
            if (Status taken = take(); !taken) return taken;
        }
    }

    // Columns of the present row. Nothing when the column is NULL or of another type. A text is valid until
    // the next row.
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::optional<int64_t> integer_at(int column) const;
    [[nodiscard]] std::optional<std::string_view> text_at(int column) const;
    [[nodiscard]] std::string_view name_of(int column) const;

private:
    void bound(int code);

    Connection& db_;
    sqlite3_stmt* handle_;
    int parameter_ = 0;
    std::optional<Error> fault_;
};

/// All or nothing: rolled back when it is dropped without a successful commit().
class Transaction {
public:
    static Result<Transaction> begin(Connection& db);
    Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction() { roll_back(); }

    Status commit();

private:
    explicit Transaction(Connection& db) : db_(&db) {}
    void roll_back();
    Connection* db_;
};

} // namespace haulier::store
