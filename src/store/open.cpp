// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening: nothing is written to a database before it is known to be Haulier's and intact, and none is ever
// deleted.
#include "store/database_file.hpp"
#include "store/migrations.hpp"
#include "store/store_impl.hpp"

#include "base/clock.hpp"

#include <filesystem>
#include <fmt/core.h>
#include <sys/stat.h>

namespace haulier::store {

namespace {

/// As in schema.sql.
constexpr int64_t ApplicationId = 0x4861756c;
/// A file of fewer pages stays as large as it is: 1 MiB.
constexpr int64_t WorthItsRoom = 256;

Error damage(std::string message) {
    return {Errc::Store, std::move(message)};
}

Status check_kind(Connection& db) {
    auto application = db.ask_integer("PRAGMA application_id");
    if (!application) return application.error();
    if (*application != ApplicationId) return damage("this is not a database of Haulier");
    auto version = db.ask_integer("PRAGMA user_version");
    if (!version) return version.error();
    auto newest = static_cast<int64_t>(steps().size());
    if (*version > newest)
        return damage(fmt::format(
            "it was written by a newer Haulier: its version is {}, this program knows {}", *version, newest));
    if (*version < 1) return damage(fmt::format("its version is {}, which never was", *version));
    return Done{};
}

Status check_integrity(Connection& db) {
    auto verdict = db.ask_text("PRAGMA integrity_check(1)");
    if (!verdict) return verdict.error();
    if (*verdict != "ok") return damage(*verdict);
    auto orphans = db.ask_any("PRAGMA foreign_key_check");
    if (!orphans) return orphans.error();
    if (*orphans) return damage("it has files or notifications of jobs that are not there");
    return Done{};
}

Status set_up(Connection& db) {
    if (auto ok = db.run("PRAGMA journal_mode = WAL"); !ok) return ok;
    return db.run("PRAGMA synchronous = FULL;"
                  "PRAGMA secure_delete = ON;"           // passwords
                  "PRAGMA journal_size_limit = 4194304;" // what one large transaction needed is given back
                  "PRAGMA temp_store = MEMORY;"          // passwords again
                  "PRAGMA foreign_keys = ON");
}

} // namespace

Status Store::Impl::bring_up() {
    if (std::error_code ignored; std::filesystem::file_size(path, ignored) == 0)
        return damage("the file is empty");
    if (auto ok = db.open(path); !ok) return ok;
    if (auto ok = db.run("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF"); !ok) return ok;
    if (auto ok = check_kind(db); !ok) return ok;
    if (auto ok = check_integrity(db); !ok) return ok;
    if (auto ok = restrict_permissions(path); !ok) return ok;
    if (auto ok = migrate(db, steps()); !ok) return ok;
    if (auto ok = set_up(db); !ok) return ok;
    if (auto ok = statements.prepare(db); !ok) return ok;
    if (auto ok = check_rows(); !ok) return ok;
    vacuum_if_sparse();
    wipe_log();
    log = file_at(log_of(path));
    return Done{};
}

Status Store::Impl::check_place() {
    has_moved = has_moved || db.has_moved() || (log && file_at(log_of(path)) != log);
    if (has_moved) return Error{Errc::Store, "the database was removed or replaced while it was in use"};
    return Done{};
}

Status Store::Impl::try_commit() {
    auto transaction = Transaction::begin(db);
    if (!transaction) return transaction.error();
    if (auto ok = db.run(fmt::format("PRAGMA user_version = {}", steps().size())); !ok) return ok;
    return transaction->commit();
}

Health Store::Impl::examine() {
    if (check_place() && !db.is_broken()) return try_commit() ? Health::Sound : Health::Failing;
    return try_writing(path) ? Health::MustReopen : Health::Failing;
}

/// Little remains to be copied then, and no client is served yet. If it fails, the database is as it was.
void Store::Impl::vacuum_if_sparse() {
    auto pages = db.ask_integer("PRAGMA page_count");
    auto unused = db.ask_integer("PRAGMA freelist_count");
    if (pages && unused && *pages >= WorthItsRoom && *unused > *pages / 2)
        static_cast<void>(db.run("VACUUM"));
}

void Store::Impl::wipe_log() {
    if (!secrets_in_log) return;
    auto prevented = db.ask_integer("PRAGMA wal_checkpoint(TRUNCATE)");
    secrets_in_log = !prevented || *prevented != 0;
}

Status Store::Impl::check_rows() {
    auto jobs = load_jobs();
    if (!jobs) return jobs.error();
    jobs_at_start = std::move(*jobs);
    if (auto outbox = load_outbox(); !outbox) return outbox.error();
    if (auto launches = load_launches(); !launches) return launches.error();
    if (auto rests = load_rests(); !rests) return rests.error();
    if (auto holds = load_holds(); !holds) return holds.error();
    if (auto limits = load_user_limits(); !limits) return limits.error();
    if (auto discards = load_discards(); !discards) return discards.error();
    return Done{};
}

Result<Store::Impl::Attempt> Store::Impl::attempt(const std::string& path) {
    if (!exists(path)) {
        if (exists(log_of(path)))
            return Attempt{nullptr, "its log is there, but the database itself is gone"};
        if (auto ok = make_empty(path, steps()); !ok) return ok.error();
    }
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    auto ok = impl->bring_up();
    if (ok) return Attempt{std::move(impl), {}};
    if (impl->db.blame() == Blame::Machine)
        return Error{Errc::Store, fmt::format("cannot open {}: {}", path, ok.error().message)};
    impl->db.leave_untouched();
    return Attempt{nullptr, ok.error().message};
}

Result<Store> Store::open(const std::string& directory, std::string* set_aside) {
    const std::string path = directory + "/haulier.db";
    if (auto ok = prepare_directory(directory); !ok) return ok.error();
    auto opened = Impl::attempt(path);
    if (!opened) return opened.error();
    if (!opened->impl) {
        auto name = store::set_aside(path, SystemClock{}.now().wall);
        if (!name) return name.error();
        if (set_aside) *set_aside = fmt::format("{}: {}", *name, opened->damage);
        opened = Impl::attempt(path);
        if (!opened) return opened.error();
    }
    if (!opened->impl)
        return Error{Errc::Store,
                     fmt::format("a new database at {} cannot be used: {}", path, opened->damage)};
    return Store{std::move(opened->impl)};
}

} // namespace haulier::store
