// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of a Store, and how it is opened. Private to the module.
#pragma once

#include "store/database_file.hpp"
#include "store/statements.hpp"
#include "store/store.hpp"

#include <map>

namespace haulier::store {

struct Store::Impl {
    std::string path;
    Connection db;
    Statements statements;
    /// The log may contain passwords and headers that were replaced, also of the last run.
    bool secrets_in_log = true;
    std::optional<FileId> log; ///< identity of the log's file
    bool has_moved = false;
    /// What waits for commit(). Last, so that it is dropped before the others.
    std::optional<Transaction> group;
    /// Further progress of a job of which something is in the group already. It is written at the end of the
    /// group: only the last state of each row.
    struct Postponed {
        std::optional<job::Job> job; ///< its progress
        std::map<uint32_t, job::File> files;
    };
    std::map<job::Id, Postponed> postponed; ///< those that have something in the group
    /// Read when the database was opened, until they are asked for or something is written.
    std::optional<StoredJobs> jobs_at_start;

    struct Attempt {
        std::unique_ptr<Impl> impl; ///< null: the database is damaged
        std::string damage;
    };
    /// Opens the database at `path`, made if it is not there. Errors are of the machine, not of the file.
    static Result<Attempt> attempt(const std::string& path);

    Result<StoredJobs> load_jobs();
    Result<std::vector<OutboxRow>> load_outbox();
    Result<std::vector<Launches>> load_launches();
    Result<std::vector<Rest>> load_rests();
    Result<std::vector<Discard>> load_discards();
    Result<std::vector<Hold>> load_holds();
    Result<std::vector<UserLimit>> load_user_limits();

    Result<std::vector<job::EndedJob>> list_ended(const EndedFilter& filter);
    Result<std::optional<WallTime>> oldest_ended();
    Status add_ended(const job::EndedJob& job, uint32_t most);
    Result<uint32_t> forget_ended(const EndedFilter& filter);

    Result<std::vector<Statistics>> load_statistics();
    Status add_statistics(const Statistics& more);

    /// Begins the group, if there is none.
    Status join_group();
    Status save_job(const job::Job& job);
    Status save_progress(const job::Job& job);
    Status save_http(const job::Job& job);
    Status save_credentials(const job::Job& job);
    Status remove(const job::Id& id);
    Status save_file(const job::Id& id, uint32_t number, const job::File& file);
    Status save_files(const job::Id& id, const std::map<uint32_t, job::File>& files);
    void postpone(const job::Decision& decision);
    /// As postpone(), but now.
    Status save_now(const job::Decision& decision);
    Status write_postponed();
    void drop_group();
    Result<std::vector<OutboxRow>> save(const job::Decision& decision);
    Status revoke(const job::Id& id, const job::Revocation& revoked);
    /// An error if the database or its log was removed or replaced since it was opened.
    Status check_place();
    /// Commits a change without effect.
    Status try_commit();
    Health examine();
    /// Copies the log into the database, which overwrites what is deleted, and empties it. Another process
    /// that reads at the same time can prevent that; then it is tried again after the next commit.
    void wipe_log();
    Result<OutboxRow> add_notification(const job::Job& job, const job::Notification& notification);

    /// Runs `change` in the group; an error ends the group and undoes it.
    template <class Change>
    auto in_group(Change change) -> decltype(change()) {
        if (auto ok = located(join_group()); !ok) return ok.error();
        auto made = change();
        if (!made) drop_group();
        return located(std::move(made));
    }
    /// Its error says where the database is, for the administrator who has to make space or give permission.
    template <class T>
    [[nodiscard]] Result<T> located(Result<T> done) const {
        if (done) return done;
        return Error{done.error().code, done.error().message + " (" + path + ")"};
    }

    /// Runs a statement that writes passwords or headers, or deletes them or what else must not be found any
    /// more.
    Status run_with_secrets(BoundStatement& use);

private:
    Status bring_up();
    /// Gives back the space of what was deleted, if that is most of the file.
    void vacuum_if_sparse();
    /// Reads all rows once, to know that they can be read.
    Status check_rows();
    /// Without their credentials and files, in the order of their ids.
    Status load_bare_jobs(StoredJobs& jobs);
    /// Every row of a table that has rows for jobs, in the order of jobs and numbers, goes to `take`. `jobs`
    /// are in the order of their ids.
    template <class Take>
    Status load_parts(Statement& statement, StoredJobs& jobs, Take take);
};

} // namespace haulier::store
