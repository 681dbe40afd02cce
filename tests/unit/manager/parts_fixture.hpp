// SPDX-License-Identifier: LGPL-2.1-or-later
// The surroundings of one part of the manager, without the manager.
#pragma once

#include "daemon/manager/bandwidth.hpp"
#include "daemon/manager/manager_context.hpp"
#include "fakes.hpp"
#include "store_fixture.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace haulier::daemon {

class PartsTest : public StoreTest {
protected:
    PartsTest() { announcer_.connect(observer_, notifier_); }

    JobRecord& add(const job::Request& request, uint32_t owner = Ann) {
        auto hex = std::to_string(++jobs_added_);
        job::Id id{std::string(32 - hex.size(), '0') + hex};
        commits_.stage(*job::create(id, owner, request, config_.limits, clock_.now()));
        EXPECT_TRUE(commits_.flush());
        return *jobs_.find(id);
    }
    void decide(std::optional<job::Decision> decision) {
        ASSERT_TRUE(decision);
        commits_.stage(std::move(*decision));
        ASSERT_TRUE(commits_.flush());
    }
    /// A job that has a slot.
    JobRecord& add_running(job::Request request) {
        request.resume = true;
        auto& record = add(request);
        decide(job::granted(record.working(), clock_.now()));
        return record;
    }
    /// A part of the manager would act on it.
    [[nodiscard]] bool had(job::Effect effect) const {
        return std::find(effects_.begin(), effects_.end(), effect) != effects_.end();
    }

    FakeClock clock_;
    FakeRandom random_;
    Config config_;
    FakeWorkers workers_;
    FakeObserver observer_;
    FakeClients clients_;
    notify::Notifier notifier_{{clients_, clients_}, clients_, clients_, notify::Policy{}};
    int activity_ = 0;
    int failures_ = 0;
    int recoveries_ = 0;
    std::vector<job::Effect> effects_; ///< of all decisions that were committed

    UsageAccounting usage_;
    JobTable jobs_{usage_, job::Visibility::Full};
    Announcer announcer_{loop_, clock_};
    PendingRequests requests_{[this] { ++activity_; }};
    CommitQueue commits_{loop_,
                         open_store(),
                         jobs_,
                         [this](const std::vector<CommittedDecision>& decisions) { committed(decisions); },
                         [this] { ++failures_; },
                         [this] { ++recoveries_; }};
    ManagerContext context_{loop_,    clock_,     config_,   workers_,   jobs_,
                            commits_, announcer_, requests_, bandwidth_, [this] { ++activity_; }};
    Bandwidth bandwidth_{context_, [this](const job::BandwidthHour& hour) { hour_ = hour; }};
    job::BandwidthHour hour_;

private:
    void committed(const std::vector<CommittedDecision>& decisions) {
        for (const auto& d : decisions) {
            if (d.change) {
                announcer_.queue_notifications(d);
                announcer_.announce(d, *jobs_.find(d.change->after->id));
            }
            effects_.insert(effects_.end(), d.effects.begin(), d.effects.end());
            if (d.then) d.then(Done{});
        }
    }
    int jobs_added_ = 0;
};

} // namespace haulier::daemon
