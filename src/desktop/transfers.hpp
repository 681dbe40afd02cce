// SPDX-License-Identifier: LGPL-2.1-or-later
// All jobs of the user, and what is to be shown of them. It makes no calls and reads no clock: events come
// in, and update() returns what has changed.
//
// A view begins when a job has moved for a second, and ends with the job. If more than three jobs of one app
// move at the same time, one view stands for all jobs of that app until the last of them has ended, and one
// notice says how they ended.
#pragma once

#include "desktop/job.hpp"
#include "desktop/picture.hpp"
#include "desktop/target.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace haulier::desktop {

class Transfers {
public:
    /// How a job was found: it has appeared now, or it was there before the agent looked.
    enum class Found { New, Before };

    explicit Transfers(Inspect inspect) : inspect_(std::move(inspect)) {}

    /// All facts of a job, which may be known already.
    void put(const JobKey& key, const Job& job, Found found, BootTime now);
    /// Of a known job; those of others are ignored until put().
    void change(const JobKey& key, const Properties& properties, BootTime now);
    /// `result` and `facts` as in the signal JobEnded.
    void end(const JobKey& key, const std::string& result, const Properties& facts);
    /// Another user has the job now.
    void remove(const JobKey& key);
    /// The daemon of `bus` has no other jobs than these.
    void keep_only(BusKind bus, const std::set<std::string>& ids);
    /// The daemon has left the bus, or is back. It leaves when nothing moves, and comes back when it was
    /// killed.
    void set_present(BusKind bus, bool present, BootTime now);

    Update update(BootTime now);

    [[nodiscard]] const Job* find(const JobKey& key) const;
    /// Whether some job of this bus moves and is shown.
    [[nodiscard]] bool shows_progress_of(BusKind bus) const;

private:
    struct Record {
        Job job;
        bool was_active = false;             ///< since it was found, or before
        std::optional<BootTime> since;       ///< when it began to move
        std::optional<BootTime> transferred; ///< when it came into that state, or ended
        std::string folder;                  ///< of its target, if it can be shown
    };
    struct Outcome {
        JobKey key;
        Job job;
        Ending ending;
        bool is_partial; ///< completed with some of its files
    };
    /// The jobs of an app that share a view.
    struct Group {
        size_t ended = 0; ///< in whatever way
        size_t finished = 0;
        std::map<JobKey, std::string> failed; ///< with their sentences
        uint64_t done = 0;                    ///< bytes of the jobs that have finished
        std::set<std::string> folders;
    };
    using Members = std::vector<const std::pair<const JobKey, Record>*>;

    static std::string view_id(const JobKey& key);
    static std::string group_id(const std::string& app);
    void note_change(const JobKey& key, Record& record, const Job& before, Found found, BootTime now);
    [[nodiscard]] bool moves(const JobKey& key, const Record& record, BootTime now) const;
    [[nodiscard]] bool is_due(const Record& record, BootTime now) const;
    [[nodiscard]] std::map<std::string, Members> moving_by_app(BootTime now) const;
    void form_groups(const std::map<std::string, Members>& moving);
    void settle_outcomes(Update& update);
    void settle(const Outcome& outcome, Update& update);
    void end_groups(const std::map<std::string, Members>& moving, Update& update);
    void tell_end_of_group(const std::string& app, Group& group, bool is_over, Update& update);
    void make_views(const std::map<std::string, Members>& moving, BootTime now, Update& update);
    void end_other_views(Update& update);
    void mention_waits(const std::map<std::string, Members>& moving, Update& update);
    void end_view(const std::string& id, Ending ending, const std::string& sentence, Update& update);
    [[nodiscard]] View view_of(const JobKey& key, const Record& record) const;
    [[nodiscard]] View view_of_group(const std::string& app, const Members& members) const;
    static std::map<std::string, Members> waiting_by_reason(const Members& members);
    static Notice notice_of_wait(const std::string& app, const std::string& reason, const Members& waiting);
    [[nodiscard]] Notice notice_of(const Outcome& outcome) const;
    [[nodiscard]] Notice notice_of_group(const std::string& app, const Group& group) const;
    [[nodiscard]] std::optional<BootTime> next_change(BootTime now) const;

    Inspect inspect_;
    std::map<JobKey, Record> jobs_;
    std::map<BusKind, BootTime> absent_;
    std::vector<Outcome> outcomes_;
    std::map<std::string, Group> groups_;                           ///< by AppId
    std::set<std::string> shown_;                                   ///< ids of views
    std::set<std::pair<std::string, std::string>> mentioned_waits_; ///< AppId and reason
};

} // namespace haulier::desktop
