// SPDX-License-Identifier: LGPL-2.1-or-later
// The job manager: it only orders the calls of the other rooms. Each request or outcome is decided by job/,
// made durable by the ledger, adopted here, acted on by the crew, and told by the observer and the notifier.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/common/config.hpp"
#include "daemon/common/instance.hpp"
#include "daemon/manager/commit_queue.hpp"
#include "daemon/manager/job_record.hpp"
#include "daemon/manager/usage_accounting.hpp"
#include "daemon/workers/worker_pool.hpp"
#include "job/decide.hpp"
#include "job/outcomes.hpp"
#include "job/schedule.hpp"
#include "notify/notifier.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace haulier::daemon {

/// Whoever tells the world what changed; signals and property changes.
class JobObserver {
public:
    virtual ~JobObserver() = default;
    virtual void added(const JobRecord& entry) = 0;
    /// `result`: as job::removal_result. The object stays readable until forgotten().
    virtual void removed(const JobRecord& entry, std::string_view result) = 0;
    virtual void forgotten(const job::Id& id) = 0;
    virtual void changed(const job::Job& before, const job::Job& after) = 0;
    /// Its WaitReason is another one by the passing of time alone.
    virtual void wait_reason_changed(const JobRecord& entry) = 0;
    virtual void progressed(const JobRecord& entry) = 0;
    virtual void file_transferred(const JobRecord& entry, uint32_t index) = 0;
    virtual void object_changed(const JobRecord& entry) = 0;
    virtual void ranges_filled(const JobRecord& entry, uint32_t index,
                               const std::vector<job::Range>& ranges) = 0;
    virtual void conditions_changed() = 0;
};

struct Created {
    job::Id id;
    bool created = true;
};

class Manager final : private WorkerEvents {
public:
    /// `on_activity` is called whenever something happened that may have left the manager idle.
    Manager(Loop& loop, const Clock& clock, const Config& config, Instance instance, store::Store store,
            WorkerLauncher& launcher, std::function<void()> on_activity);
    ~Manager() override;

    /// Both must outlive the manager; called once, before load().
    void connect(JobObserver& observer, notify::Notifier& notifier);
    /// Reads the store and goes on where the last run ended.
    Status load();

    // ---- commands (manager_commands.cpp); replies come after the commit ----

    /// What may be large is held once, by whoever waits.
    using Asked = std::shared_ptr<const job::Request>;
    void create(uint32_t owner, const Asked& request, const std::optional<notify::Target>& object,
                const Callback<Created>& reply);
    void add_files(const job::Id& id, std::vector<job::FileSpec> specs, const Callback<uint32_t>& reply);
    void suspend(const job::Id& id, const Callback<Done>& reply);
    void resume(const job::Id& id, const Callback<Done>& reply);
    void cancel(const job::Id& id, const Callback<job::EndResult>& reply);
    void complete(const job::Id& id, const Callback<job::EndResult>& reply);
    void take_ownership(const job::Id& id, uint32_t uid, const Callback<Done>& reply);
    void change(const job::Id& id, const job::SettingsPatch& patch, const Callback<Done>& reply);
    void remove_credentials(const job::Id& id, job::Credentials::Target target,
                            job::Credentials::Scheme scheme, const Callback<bool>& reply);
    void set_remote_name(const job::Id& id, uint32_t index, const std::string& remote,
                         const Callback<Done>& reply);
    /// Answers how many names were changed.
    void replace_remote_prefix(const job::Id& id, const std::string& from, const std::string& to,
                               const Callback<uint32_t>& reply);
    void set_validation(const job::Id& id, uint32_t index, bool valid, const Callback<Done>& reply);
    void request_ranges(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                        const Callback<Done>& reply);
    void update_position(const job::Id& id, uint32_t index, uint64_t offset, const Callback<Done>& reply);
    /// The reply of an upload, at most 1 MiB.
    void read_reply(const job::Id& id, const Callback<std::string>& reply);
    /// Nothing clears.
    void set_notify_object(const job::Id& id, const std::optional<notify::Target>& object,
                           const Callback<Done>& reply);
    /// As change(), for setters: decides and commits before it returns.
    Status change_now(const job::Id& id, const job::SettingsPatch& patch);

    // ---- questions ----

    /// Also ended jobs, for a while.
    [[nodiscard]] const JobRecord* find(const job::Id& id) const;
    /// Unfinished jobs, oldest first.
    [[nodiscard]] std::vector<const JobRecord*> list() const;
    [[nodiscard]] uint32_t count() const;
    /// Of one owner.
    [[nodiscard]] uint32_t count(uint32_t owner) const;
    [[nodiscard]] std::optional<notify::Target> object_of(const job::Id& id) const;
    [[nodiscard]] Result<std::vector<job::Range>> filled_ranges(const job::Id& id, uint32_t index) const;
    [[nodiscard]] const job::Conditions& conditions() const { return conditions_; }
    [[nodiscard]] WallTime today() const { return clock_.now().wall; }
    [[nodiscard]] job::Limits limits_of(uint32_t owner) const;
    /// How many calls of one user may wait for their turn and their answer.
    [[nodiscard]] uint32_t most_calls_of(uint32_t caller) const;
    /// Something runs, will run by itself, or is being answered.
    [[nodiscard]] bool busy() const;
    /// A reason to run that outlives the process: were it to end now, it should be started again although no
    /// client calls. `on_activity` is called after each change of this, and before the reply to whoever made
    /// it.
    [[nodiscard]] bool has_work() const;
    /// Somebody waits for the reply to a command.
    [[nodiscard]] bool owes_answers() const;

    // ---- the process ----

    /// What the machine's environment allow from now on.
    void environment_changed(const job::Conditions& conditions);
    /// Who is logged in, or lingers. Nobody, until it is said.
    void set_active_users(std::set<uint32_t> users);
    /// The configuration that was given has changed: what was derived from it is derived anew.
    void reconfigured();
    /// Halts all transfers, checkpoints them and calls `done`, at the latest after 10 s.
    void shut_down(std::function<void()> done);
    /// Commits what is decided.
    Status flush() { return commits_.flush(); }
    /// For the notifier's side of the world: told rows leave the outbox.
    void acknowledged(int64_t row);
    void call_in_session(uint32_t owner, const ServiceCall& call, std::function<void(CallOutcome)> answer) {
        workers_.call(owner, call, std::move(answer));
    }
    void launches_changed(const store::Launches& launches) { commits_.set_launches(launches); }
    void object_changed(const job::Id& id);

private:
    // manager.cpp: the ledger's news
    CommittedDecision take_in(store::StoredJob stored);
    void adopt(std::vector<CommittedDecision> settled);
    struct News {
        std::optional<job::Job> before; ///< nothing: the job is new
        Arrivals arrivals;
    };
    News adopt_values(CommittedDecision& s);
    void act(const CommittedDecision& s, JobRecord& entry);
    void announce_added(const JobRecord& entry);
    void tell(const CommittedDecision& s, const News& news, JobRecord& entry);
    void tell_client(const News& news, const JobRecord& entry);
    /// For what nobody waits for; nothing to decide is nothing to do.
    void stage(std::optional<job::Decision> decision);
    void go_on();
    void on_commit_failed();
    [[nodiscard]] JobRecord* record_of(const job::Id& id);
    [[nodiscard]] Result<job::Job> latest(const job::Id& id) const;
    [[nodiscard]] job::File latest_file(const JobRecord& entry, uint32_t index) const;

    // manager_clocks.cpp
    void arm(JobRecord& entry);
    [[nodiscard]] std::optional<BootTime> expiry_of(const job::Job& job) const;
    void watch_expiry(JobRecord& entry);
    void expire(const job::Id& id);

    // manager_limits.cpp
    [[nodiscard]] bool is_exempt(uint32_t user) const;
    [[nodiscard]] job::Usage growth_by(const job::Decision& decision, uint32_t more_jobs) const;
    [[nodiscard]] Status admit(const job::Decision& decision, uint32_t more_jobs = 0);
    [[nodiscard]] Status admit_owner(const JobRecord& entry, uint32_t uid);
    [[nodiscard]] Status check_usage(uint32_t owner, const job::Usage& others, const job::Usage& more);
    [[nodiscard]] bool is_full(uint32_t owner) const;
    void book(JobRecord& entry, uint64_t text);
    void drop(const job::Id& id);

    // manager_commands.cpp
    [[nodiscard]] const JobRecord* find_key(uint32_t owner, const std::string& key) const;
    void create_checked(uint32_t owner, const Asked& request, const std::optional<notify::Target>& object,
                        const Callback<Created>& reply);
    void verb(const job::Id& id, const std::function<Result<job::Decision>(const job::Job&, Now)>& decide,
              const Callback<Done>& reply);
    void end_verb(const job::Id& id, const Callback<job::EndResult>& reply,
                  Result<job::Decision> (*decide)(const job::Job&, Now));

    // manager_files.cpp
    using Decide = std::function<Result<job::Decision>()>;
    /// What a decision did to the files of a job.
    struct Touched {
        uint32_t first = 0;
        uint32_t count = 0;
    };
    using ItemOf = CheckItem (*)(const job::FileSpec&, job::Type);
    void validate_with_worker(const job::Decision& trial, uint32_t more_jobs, ItemOf item,
                              const Callback<Done>& then);
    void decide_after_validation(const Decide& decide, ItemOf item, const Callback<Touched>& reply);
    void file_verb(const job::Id& id, uint32_t index,
                   const std::function<Result<job::Decision>(const job::Job&, const job::File&, Now)>& decide,
                   const Callback<Done>& reply);

    // manager_hand_over.cpp
    using Places = std::vector<CheckItem>;
    void leave_behind(const job::Id& id, uint32_t uid, const Places& places, const Callback<Done>& done);
    void discard_for(const job::Id& id, const Callback<Done>& then);
    void transfer_ownership(const job::Id& id, uint32_t uid, const Places& places,
                            const Callback<Done>& done);

    // manager_schedule.cpp
    void schedule_soon();
    void schedule();
    job::Schedule take_turns(Now now);
    bool apply_environment(const JobRecord& entry, Now now);
    bool apply_login_policy(const JobRecord& entry, Now now);
    void fill(JobRecord& entry);
    void launch(JobRecord& entry, uint32_t index);

    // manager_outcomes.cpp: WorkerEvents
    void begun(Ticket ticket, const job::Begun& begun) override;
    void progress(Ticket ticket, const Progress& progress) override;
    void checkpointed(Ticket ticket, const job::Report& report) override;
    void fetched(Ticket ticket, const job::Fetched& fetched) override;
    void failed(Ticket ticket, const job::Failure& failure) override;
    void halted(Ticket ticket) override;
    void on_idle() override { on_activity_(); }

    struct TransferKey {
        job::Id id;
        uint32_t index = 0;
    };
    struct FoundTransfer {
        JobRecord* entry = nullptr; ///< nothing: it is not known (any more)
        uint32_t index = 0;
        ActiveTransfer transfer;
        explicit operator bool() const { return entry != nullptr; }
    };
    [[nodiscard]] JobRecord* find_transfer(Ticket ticket, uint32_t& index);
    FoundTransfer take_transfer(Ticket ticket);
    void show(const ActiveTransfer& ended);
    void announce_progress(JobRecord& entry);

    // manager_endings.cpp
    void stop_transfers(JobRecord& entry);
    void publish(const job::Id& id);
    void publish_file(const job::Id& id, uint32_t index, bool wins, const Callback<Done>& then);
    void publish_ended(const job::Id& id, const Status& status);
    void discard(const job::Id& id, bool all);
    void remove(const job::Id& id);
    void forget(JobRecord& entry);
    void let_go_soon();
    void leave_if_quiet();

    Loop& loop_;
    const Clock& clock_;
    const Config& config_;
    const Instance instance_;
    std::unique_ptr<job::Random> random_;
    job::Conditions conditions_;
    std::set<uint32_t> users_;
    CommitQueue commits_;
    WorkerPool workers_;
    std::function<void()> on_activity_;
    JobObserver* observer_ = nullptr;
    notify::Notifier* notifier_ = nullptr;

    std::map<job::Id, std::unique_ptr<JobRecord>> jobs_;
    UsageAccounting usage_;
    std::unordered_map<Ticket, TransferKey> transfer_keys_;
    uint64_t arrivals_ = 0;
    job::Served served_;
    uint32_t questions_ = 0; ///< requests that wait for a worker's word before they are decided or answered
    Source schedule_;
    Source slice_; ///< the end of the next time slice
    Source let_go_;
    Source again_; ///< the pause after a failure of the store
    Source notify_;
    std::function<void()> leave_;
    Source leave_deadline_;
};

} // namespace haulier::daemon
