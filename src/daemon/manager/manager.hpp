// SPDX-License-Identifier: LGPL-2.1-or-later
// The job manager: carries out the commands of clients and answers their questions, and ties its parts
// together. A command or a worker's report is decided by job/, made durable by CommitQueue, announced by
// Announcer, and acted on by TransferRunner and JobLifecycle.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/common/config.hpp"
#include "daemon/common/instance.hpp"
#include "daemon/manager/admission.hpp"
#include "daemon/manager/announcer.hpp"
#include "daemon/manager/bandwidth.hpp"
#include "daemon/manager/commit_queue.hpp"
#include "daemon/manager/history.hpp"
#include "daemon/manager/hold_table.hpp"
#include "daemon/manager/job_clocks.hpp"
#include "daemon/manager/job_lifecycle.hpp"
#include "daemon/manager/job_observer.hpp"
#include "daemon/manager/job_scheduler.hpp"
#include "daemon/manager/job_table.hpp"
#include "daemon/manager/manager_context.hpp"
#include "daemon/manager/ownership_transfer.hpp"
#include "daemon/manager/pending_requests.hpp"
#include "daemon/manager/permit_table.hpp"
#include "daemon/manager/storage_watch.hpp"
#include "daemon/manager/transfer_runner.hpp"
#include "daemon/manager/usage_accounting.hpp"
#include "daemon/manager/worker_validation.hpp"
#include "daemon/workers/workers.hpp"
#include "job/decide.hpp"
#include "job/retry.hpp"
#include "notify/notifier.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace haulier::daemon {

struct Created {
    job::Id id;
    bool created = true;
};

/// A client has been asked for another URL of the file.
struct OpenQuestion {
    job::Id job;
    uint32_t file = 0;
    int64_t row = 0; ///< of the outbox
};

class Manager final {
public:
    /// `on_activity` is called whenever something happened that may have left the manager idle.
    /// `on_broken_store`: the database has to be opened anew, by another process.
    Manager(Loop& loop, const Clock& clock, job::Random& random, const Config& config, Instance instance,
            store::Store store, Workers& workers, std::function<void()> on_activity,
            std::function<void()> on_broken_store = {});
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    /// Both must outlive the manager; called once, before load().
    void connect(JobObserver& observer, notify::Notifier& notifier);
    /// Reads the store and continues where the last run ended.
    Status load();

    // ---- commands (manager_commands.cpp); replies come after the commit ----

    /// Shared, because it can be large and waits for a worker.
    /// Its files are dropped when the job has them: there may be thousands.
    using SharedRequest = std::shared_ptr<job::Request>;
    void create(uint32_t owner, const SharedRequest& request, const std::optional<notify::Target>& object,
                const Callback<Created>& reply);
    void suspend(const job::Id& id, const Callback<Done>& reply);
    void resume(const job::Id& id, const Callback<Done>& reply);
    /// Answered when files are deleted and the job is removed.
    void cancel(const job::Id& id, const Callback<job::EndResult>& reply);
    /// Answered when files have their names and the job is removed.
    void complete(const job::Id& id, const Callback<job::EndResult>& reply);
    void take_ownership(const job::Id& id, uint32_t uid, const Callback<Done>& reply);
    void change(const job::Id& id, const job::SettingsPatch& patch, const Callback<Done>& reply);
    /// As change(), for property setters: commits before it returns.
    Status change_now(const job::Id& id, const job::SettingsPatch& patch);
    void remove_credentials(const job::Id& id, job::Credentials::Target target,
                            job::Credentials::Scheme scheme, const Callback<bool>& reply);
    /// Nothing clears.
    void set_notify_object(const job::Id& id, const std::optional<notify::Target>& object,
                           const Callback<Done>& reply);

    /// Jobs of this user, or of all, do not run until then (0 = until release()).
    void hold(job::Scope scope, WallTime until, const Callback<Done>& reply) {
        holds_.hold(scope, until, reply);
    }
    void release(job::Scope scope, const Callback<Done>& reply) { holds_.release(scope, reply); }

    /// For a property setter: commits before it returns. 0 = no limit.
    Status limit_bandwidth(uint32_t owner, uint64_t limit);

    /// Whether it is granted is known at once, unless it needs a slot. Errors: see PermitTable::add.
    Result<job::Id> request_permit(uint32_t owner, const job::PermitRequest& request);
    void release_permit(const job::Id& id);
    [[nodiscard]] const job::Permit* find_permit(const job::Id& id) const { return permits_.find(id); }

    // ---- commands about files (manager_files.cpp) ----

    /// Answers the index of the first new file.
    void add_files(const job::Id& id, std::vector<job::FileSpec> specs, const Callback<uint32_t>& reply);
    void set_remote_name(const job::Id& id, uint32_t index, const std::string& remote,
                         const Callback<Done>& reply);
    /// Answers how many names were changed.
    void replace_remote_prefix(const job::Id& id, const std::string& from, const std::string& to,
                               const Callback<uint32_t>& reply);
    /// Replies with the number of files that now have their names.
    void complete_files(const job::Id& id, const std::vector<uint32_t>& indexes,
                        const Callback<uint32_t>& reply);
    void remove_files(const job::Id& id, const std::vector<uint32_t>& indexes, const Callback<Done>& reply);
    /// Opens what was downloaded of the file, for reading.
    void open_file(const job::Id& id, uint32_t index, const Callback<SharedFd>& reply);
    void set_validation(const job::Id& id, uint32_t index, bool valid, const Callback<Done>& reply);
    void request_ranges(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                        const Callback<Done>& reply);
    void update_position(const job::Id& id, uint32_t index, uint64_t offset, const Callback<Done>& reply);
    /// The reply of an upload, at most 1 MiB.
    void read_reply(const job::Id& id, const Callback<std::string>& reply);

    // ---- questions; answered with durable values ----

    /// Ended jobs, too, for a while.
    [[nodiscard]] const JobRecord* find(const job::Id& id) const;
    /// Unfinished jobs, oldest first.
    [[nodiscard]] std::vector<const JobRecord*> list(bool with_ended = false) const {
        return jobs_.list(with_ended);
    }
    [[nodiscard]] uint32_t count() const { return jobs_.count(); }
    [[nodiscard]] uint32_t count(uint32_t owner) const { return jobs_.count(owner); }
    [[nodiscard]] std::optional<notify::Target> object_of(const job::Id& id) const;
    [[nodiscard]] Result<std::vector<job::Range>> filled_ranges(const job::Id& id, uint32_t index) const;
    void list_ended(const job::EndedFilter& filter, const Callback<std::vector<job::EndedJob>>& reply) {
        history_.list(filter, reply);
    }
    void load_statistics(const Callback<std::vector<job::Statistics>>& reply) {
        commits_.load_statistics(reply);
    }
    /// Answers how many. Like a command, it is answered after the commit.
    void forget_ended(const job::EndedFilter& filter, const Callback<uint32_t>& reply) {
        commits_.forget_ended(filter, reply);
    }
    [[nodiscard]] const job::Holds& holds() const { return holds_.holds(); }
    [[nodiscard]] const Bandwidth& bandwidth() const { return bandwidth_; }
    [[nodiscard]] const job::Conditions& conditions() const { return scheduler_.conditions(); }
    /// Of one owner, or of all.
    [[nodiscard]] Activity activity(std::optional<uint32_t> owner) const { return jobs_.activity(owner); }
    // For an app in a sandbox.
    [[nodiscard]] uint32_t count_of_app(uint32_t owner, const std::string& app) const {
        return jobs_.count_of_app(owner, app);
    }
    [[nodiscard]] Activity activity_of_app(uint32_t owner, const std::string& app) const {
        return jobs_.activity_of_app(owner, app);
    }
    [[nodiscard]] Now now() const { return clock_.now(); }
    [[nodiscard]] WallTime today() const { return clock_.now().wall; }
    [[nodiscard]] job::Limits limits_of(uint32_t owner) const { return admission_.limits_of(owner); }
    [[nodiscard]] uint32_t most_calls_of(uint32_t caller) const { return admission_.most_calls_of(caller); }
    /// Something runs, will run by itself, or is being answered.
    [[nodiscard]] bool busy() const;
    /// Some work is left that outlives the process: if it ended now, it would have to be started again
    /// without a call of a client. `on_activity` is called after each change of this, before the reply to the
    /// caller who made it.
    [[nodiscard]] bool has_work() const;
    /// Whether changes can be stored at present. If not, nothing is transferred either.
    [[nodiscard]] bool can_store() const { return !commits_.is_failing(); }
    /// A client waits for the reply to a command.
    [[nodiscard]] bool owes_answers() const { return requests_.count() > 0; }

    // ---- the process ----

    /// What the environment of the machine allows from now on.
    void environment_changed(const job::Conditions& conditions) { scheduler_.set_conditions(conditions); }
    /// The wall clock has jumped: files that wait for it are tried at once, and the schedule may allow
    /// something else.
    void clock_was_set();
    /// Users who are logged in, or linger. None until the first call.
    void set_active_users(std::set<uint32_t> users) { scheduler_.set_active_users(std::move(users)); }
    /// The configuration has changed.
    void reconfigured();
    /// Halts all transfers, stores their checkpoints and calls `done`, after 10 s at the latest.
    void shut_down(std::function<void()> done);
    /// Commits what is decided.
    Status flush() { return commits_.flush(); }

    // ---- for the notifier ----

    /// A notification has been delivered and leaves the outbox.
    void acknowledged(int64_t row);
    /// Handles the answer of a client to a question in the outbox; `fresh` is empty if the client has none.
    void renew_remote_name(const OpenQuestion& question, const std::string& fresh);
    void launches_changed(const store::Launches& launches) { commits_.set_launches(launches); }
    void object_changed(const job::Id& id);

private:
    void restore(store::StoredJob stored);
    void committed(std::vector<CommittedDecision> decisions);
    void commit_failed();
    void examine_store_later();
    void store_recovered();
    void announce_wait_reasons();
    void act(const std::vector<job::Effect>& effects, const job::Id& id);
    void run_notifier_soon();
    void transfer_ended();
    void end_if_quiet();

    // manager_commands.cpp
    using DecideJob = std::function<Result<job::Decision>(const JobRecord&, Now)>;
    void create_checked(uint32_t owner, const SharedRequest& request,
                        const std::optional<notify::Target>& object, const Callback<Created>& reply);
    void decide(const job::Id& id, const DecideJob& decision, const Callback<Done>& reply);
    void end(const job::Id& id, const Callback<job::EndResult>& reply,
             Result<job::Decision> (*decision)(const job::Job&, Now));

    // manager_files.cpp
    using DecideFile = std::function<Result<job::Decision>(const job::Job&, const job::File&, Now)>;
    void decide_file(const job::Id& id, uint32_t index, const DecideFile& decision,
                     const Callback<Done>& reply);
    void keep_failure(const OpenQuestion& question);
    void end_question(const OpenQuestion& question, const Status& stored);
    void ask_again();

    Loop& loop_;
    const Clock& clock_;
    const Config& config_;
    Workers& workers_;
    std::function<void()> on_activity_;
    std::function<void()> on_broken_store_;

    UsageAccounting usage_;
    JobTable jobs_;
    Announcer announcer_;
    PendingRequests requests_;
    CommitQueue commits_;
    ManagerContext context_;
    PendingDiscards discards_;
    FileNamer namer_;
    JobLifecycle lifecycle_;
    Admission admission_;
    TransferRunner runner_;
    PermitTable permits_;
    JobScheduler scheduler_;
    HoldTable holds_;
    Bandwidth bandwidth_;
    JobClocks clocks_;
    StorageWatch storage_;
    History history_;
    WorkerValidation validation_;
    OwnershipTransfer ownership_;

    std::vector<OpenQuestion> unstored_; ///< questions whose answers were lost
    Source retry_;                       ///< until the failing store is examined
    Usec store_pause_{};
    BootTime stored_again_; ///< when it recovered
    Source notify_;
    std::function<void()> end_;
    Source end_deadline_;
};

} // namespace haulier::daemon
