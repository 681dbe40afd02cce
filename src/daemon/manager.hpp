// SPDX-License-Identifier: LGPL-2.1-or-later
// The job manager: it only orders the calls of the other rooms. Each request or outcome is decided by job/,
// made durable by the ledger, adopted here, acted on by the crew, and told by the announcer and the notifier.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/config.hpp"
#include "daemon/crew.hpp"
#include "daemon/entry.hpp"
#include "daemon/ledger.hpp"
#include "job/decide.hpp"
#include "notify/notifier.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace haulier::daemon {

/// Whoever tells the world what changed; signals and property changes.
class Announcer {
public:
    virtual ~Announcer() = default;
    virtual void added(const Entry& entry) = 0;
    /// `result`: "complete", "partial" or "cancelled". The object stays readable until forgotten().
    virtual void removed(const Entry& entry, std::string_view result) = 0;
    virtual void forgotten(const job::Id& id) = 0;
    virtual void changed(const job::Job& before, const job::Job& after) = 0;
    virtual void progressed(const Entry& entry) = 0;
    virtual void file_transferred(const Entry& entry, uint32_t index) = 0;
    virtual void object_changed(const Entry& entry) = 0;
};

struct Created {
    job::Id id;
    bool created = true;
};

class Manager final : private CrewListener {
public:
    /// `stirred` is called whenever something happened that may have left the manager idle.
    Manager(Loop& loop, const Clock& clock, const Config& config, store::Store store,
            std::string worker_program, std::function<void()> stirred);
    ~Manager() override;

    /// Both must outlive the manager; called once, before load().
    void connect(Announcer& announcer, notify::Notifier& notifier);
    /// Reads the store and goes on where the last run ended.
    Status load();

    // ---- commands (manager_commands.cpp); replies come after the commit ----

    void create(uint32_t owner, const job::Request& request, const std::optional<notify::Target>& object,
                const Reply<Created>& reply);
    void add_files(const job::Id& id, const std::vector<job::FileSpec>& specs, const Reply<uint32_t>& reply);
    void suspend(const job::Id& id, const Reply<Done>& reply);
    void resume(const job::Id& id, const Reply<Done>& reply);
    void cancel(const job::Id& id, const Reply<job::Outcome>& reply);
    void complete(const job::Id& id, const Reply<job::Outcome>& reply);
    void set_notify_service(const job::Id& id, const job::NotifyService& service, const Reply<Done>& reply);
    /// Nothing clears.
    void set_notify_object(const job::Id& id, const std::optional<notify::Target>& object,
                           const Reply<Done>& reply);
    /// For setters: decides and commits before it returns.
    Status set(const job::Id& id, const std::function<Result<job::Decision>(const job::Job&, Now)>& decide);

    // ---- questions ----

    /// Also ended jobs, for a while.
    [[nodiscard]] const Entry* find(const job::Id& id) const;
    /// Unfinished jobs, oldest first.
    [[nodiscard]] std::vector<const Entry*> list() const;
    [[nodiscard]] uint32_t count() const;
    [[nodiscard]] std::optional<notify::Target> object_of(const job::Id& id) const;
    /// Something runs, will run by itself, or is being answered.
    [[nodiscard]] bool busy() const;

    // ---- the process ----

    /// Halts all transfers, checkpoints them and calls `done`, at the latest after 10 s.
    void shut_down(std::function<void()> done);
    /// Commits what is decided.
    Status flush() { return ledger_.flush(); }
    /// For the notifier's side of the world: told rows leave the outbox.
    void acknowledged(int64_t row);
    void launches_changed(const store::Launches& launches) { ledger_.set_launches(launches); }
    void object_changed(const job::Id& id);

private:
    // manager.cpp: the ledger's news
    void adopt(std::vector<Settled> settled);
    void adopt_values(Settled& s, Entry& entry);
    void act(const Settled& s, Entry& entry);
    void tell(const Settled& s, Entry& entry, const job::Job& before);
    /// For what nobody waits for; nothing to decide is nothing to do.
    void stage(std::optional<job::Decision> decision);
    void go_on();
    void arm(Entry& entry);
    void stumbled();
    [[nodiscard]] Entry* entry_of(const job::Id& id);
    [[nodiscard]] Result<job::Job> latest(const job::Id& id) const;
    [[nodiscard]] job::File latest_file(const Entry& entry, uint32_t index) const;
    [[nodiscard]] std::optional<Error> no_room(uint32_t owner) const;
    [[nodiscard]] const Entry* find_key(uint32_t owner, const std::string& key) const;
    void create_checked(uint32_t owner, const job::Request& request,
                        const std::optional<notify::Target>& object, const Reply<Created>& reply);
    void verb(const job::Id& id, const std::function<Result<job::Decision>(const job::Job&, Now)>& decide,
              const Reply<Done>& reply);
    void end_verb(const job::Id& id, const Reply<job::Outcome>& reply,
                  Result<job::Decision> (*decide)(const job::Job&, Now));

    // manager_schedule.cpp
    void schedule_soon();
    void schedule();
    void fill(Entry& entry);

    // manager_outcomes.cpp: CrewListener, and the end of a job
    void begun(Ticket ticket, uint64_t offset, bool restarted, const job::Validators& validators,
               uint64_t total) override;
    void progress(Ticket ticket, uint64_t received) override;
    void checkpointed(Ticket ticket, uint64_t offset, const job::Validators& validators,
                      uint64_t total) override;
    void fetched(Ticket ticket, uint64_t size, const job::Validators& validators, job::Inode inode) override;
    void failed(Ticket ticket, const job::Failure& failure) override;
    void halted(Ticket ticket) override;

    struct Flown {
        job::Id id;
        uint32_t index = 0;
    };
    [[nodiscard]] Entry* flying(Ticket ticket, uint32_t& index);
    Entry* land(Ticket ticket, uint32_t& index);
    void stop_transfers(Entry& entry);
    void announce_progress(Entry& entry);
    void publish(const job::Id& id);
    void publish_ended(const job::Id& id, const Status& status);
    void discard(const job::Id& id, bool all);
    void remove(const job::Id& id);
    void leave_if_quiet();

    Loop& loop_;
    const Clock& clock_;
    const Config& config_;
    std::unique_ptr<job::Random> random_;
    Ledger ledger_;
    Crew crew_;
    std::function<void()> stirred_;
    Announcer* announcer_ = nullptr;
    notify::Notifier* notifier_ = nullptr;

    std::map<job::Id, std::unique_ptr<Entry>> entries_;
    std::unordered_map<Ticket, Flown> flown_;
    uint64_t arrivals_ = 0;
    uint32_t checks_ = 0; ///< requests that wait for a worker's word before they are decided
    Source schedule_;
    Source again_; ///< the pause after a failure of the store
    Source notify_;
    std::function<void()> leave_;
    Source leave_deadline_;
};

} // namespace haulier::daemon
