// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs, their files and the outbox in one SQLite database (schema.sql). The store makes no decisions. Changes
// are collected in one open transaction until commit(), after which they survive a power cut.
#pragma once

#include "base/result.hpp"
#include "job/counters.hpp"
#include "job/decide.hpp"
#include "job/history.hpp"
#include "job/hold.hpp"
#include "job/hosts.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace haulier::store {

struct StoredJob {
    job::Job job;
    std::vector<job::File> files;
    bool operator==(const StoredJob&) const = default;
};

/// Freed one after the other as they are taken from the front.
using StoredJobs = std::list<StoredJob>;

/// A notification that has not been acknowledged. Rows of one job are delivered in the order of `row`.
struct OutboxRow {
    int64_t row = 0;
    job::Id job;
    uint32_t owner = 0;
    job::Notification notification;
    bool operator==(const OutboxRow&) const = default;
};

/// How often a notify service was started without a job of its being completed or cancelled
/// (docs/decisions.md, Notification).
struct Launches {
    uint32_t owner = 0;
    std::string service;
    uint32_t count = 0;
    bool operator==(const Launches&) const = default;
};

/// A server that has asked all requests of an owner to wait (job/hosts.hpp).
struct Rest {
    job::Host host;
    WallTime until;
    job::JobError why; ///< without a file
    bool operator==(const Rest&) const = default;
};

/// A temporary file of an ended job that could not be deleted.
struct Discard {
    uint32_t owner = 0;
    std::string directory;
    std::string temporary; ///< its name
    job::Inode folder;     ///< which directory that is
    WallTime since;
    std::string root{}; ///< see job::Place
    bool operator==(const Discard&) const = default;
};

/// A row of job::Holds.
struct Hold {
    job::Scope scope;
    WallTime until; ///< 0 = until it is released
    bool operator==(const Hold&) const = default;
};

/// The limits of all jobs of a user together.
struct UserLimit {
    uint32_t owner = 0;
    uint64_t bandwidth = 0; ///< bytes per second; 0 = no limit
    bool operator==(const UserLimit&) const = default;
};

using job::EndedFilter;
using job::Statistics;

/// Whether changes can be stored.
enum class Health {
    Sound,
    Failing,
    MustReopen, ///< only after the database is opened anew, which should succeed now
};

class Store {
public:
    /// Opens or creates `directory`/haulier.db, migrates an older one, and checks that it is intact and that
    /// every row can be read. One that is damaged, or newer than this program, is renamed to
    /// haulier.db.corrupt-DATE, an empty one takes its place, and `set_aside` says "NAME: REASON". If the
    /// machine is at fault and not the file (no permission, disk full, in use by another writer), that is an
    /// error (Errc::Store) and the file stays.
    static Result<Store> open(const std::string& directory, std::string* set_aside = nullptr);

    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    /// In the order of their creation. The numbers of files are counted, not stored; `clocks` are not
    /// stored.
    Result<StoredJobs> load_jobs();
    /// In the order of `row`.
    Result<std::vector<OutboxRow>> load_outbox();
    Result<std::vector<Launches>> load_launches();
    Result<std::vector<Rest>> load_rests();
    Result<std::vector<Discard>> load_discards();
    Result<std::vector<Hold>> load_holds();
    Result<std::vector<UserLimit>> load_user_limits();
    /// The newest first. A row that makes no sense is left out: nothing depends on it.
    Result<std::vector<job::EndedJob>> list_ended(const EndedFilter& filter);
    /// When the first of those that are remembered ended.
    Result<std::optional<WallTime>> oldest_ended();

    /// By owner. A row that makes no sense is left out.
    Result<std::vector<Statistics>> load_statistics();

    // Each of these joins the open transaction, beginning one if there is none. After an error the whole
    // transaction is rolled back: nothing since the last commit() has happened.

    /// Writes the job, the changed files and the notifications of a decision; returns the rows of the new
    /// notifications. Row numbers only ever grow. A value that could not be read again (an id that is none,
    /// say) is an error.
    Result<std::vector<OutboxRow>> save(const job::Decision& decision);
    /// Forgets a job with its files and notifications; one that is not there is no error.
    Status remove(const job::Id& id);
    /// The notification leaves the outbox; one that is not there is no error.
    Status acknowledge(int64_t row);
    /// count 0 forgets the service.
    Status set_launches(const Launches& launches);
    Status set_rest(const Rest& rest);
    /// Those that end at `until` or before.
    Status forget_rests(WallTime until);
    Status add_discard(const Discard& discard);
    Status forget_discard(const Discard& discard);
    Status set_hold(const Hold& hold);
    /// One that is not there is no error.
    Status release_hold(job::Scope scope);
    /// Unless its date is after `now`, or it has none.
    Status end_hold(job::Scope scope, WallTime now);
    Status set_user_limit(const UserLimit& limit);
    /// Only the newest `most` of the owner stay.
    Status add_ended(const job::EndedJob& job, uint32_t most);
    /// Those that ended before `date`.
    Status expire_ended(WallTime date);
    /// Returns their number; `offset` and `limit` do not count. They are then no longer in any file of the
    /// store.
    Result<uint32_t> forget_ended(const EndedFilter& filter);

    /// Adds to what was counted; `since` is kept of the first time. A sum that would be too large is cut.
    Status add_statistics(const Statistics& more);

    /// Makes everything since the last commit durable. After an error nothing of it has happened. Passwords
    /// and headers that were removed are then no longer in any file of the store. It is an error if the
    /// database was removed meanwhile, because what is written to it then is lost.
    Status commit();
    /// After an error: commits a change without effect, and if the database has to be opened anew, tries
    /// whether its directory can be written to.
    [[nodiscard]] Health examine();
    [[nodiscard]] bool in_transaction() const;

private:
    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haulier::store
