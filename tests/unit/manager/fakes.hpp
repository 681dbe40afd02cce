// SPDX-License-Identifier: LGPL-2.1-or-later
// What the manager is tested against: a clock that the test sets, workers that do what the test says, an
// observer that writes everything down, and clients that answer when they are told to.
#pragma once

#include "base/clock.hpp"
#include "daemon/manager/job_observer.hpp"
#include "daemon/manager/manager.hpp"
#include "daemon/workers/workers.hpp"
#include "job/retry.hpp"
#include "notify/notifier.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace haulier::daemon {

/// The real clock, set back by some time. Timers of the loop run on the real clock: with this one in the
/// past, those that are set from it are due at once.
class FakeClock final : public Clock {
public:
    [[nodiscard]] Now now() const override {
        auto now = SystemClock{}.now();
        return {now.boot - back_, now.wall - back_};
    }
    void set_back(Usec span) { back_ = span; }

private:
    Usec back_{};
};

class FakeRandom final : public job::Random {
public:
    double fraction() override { return value; }
    double value = 0;
};

class FakeWorkers final : public Workers {
public:
    struct Transfer {
        uint32_t owner = 0;
        uint32_t index = 0;
        uint64_t offset = 0;
        bool http1 = false;
        bool if_range_broken = false;
        bool halted = false;
        bool proceeded = false;
        size_t mirrors = 0;
    };
    /// A request that waits for its answer: "check", "publish PATH", "discard NAME" or "read NAME".
    struct Request {
        std::string text;
        uint32_t owner = 0;
        Callback<Done> done;
        std::vector<CheckItem> items;
    };

    void listen(WorkerEvents& events) override { events_ = &events; }
    Ticket fetch(uint32_t owner, const FetchOrder& order) override {
        transfers[++last_ticket_] = {owner, order.index, order.offset, order.options.http1,
                                     order.if_range_broken};
        transfers.at(last_ticket_).mirrors = order.mirrors.size();
        return last_ticket_;
    }
    Ticket upload(uint32_t owner, const UploadOrder& order) override {
        transfers[++last_ticket_] = {owner, 0, 0, order.options.http1};
        return last_ticket_;
    }
    void halt(uint32_t, Ticket ticket) override { transfers.at(ticket).halted = true; }
    void proceed(uint32_t, Ticket ticket) override { transfers.at(ticket).proceeded = true; }
    void check(uint32_t owner, std::vector<CheckItem> items, Callback<Done> done) override {
        requests.push_back({"check", owner, std::move(done), std::move(items)});
    }
    void publish(uint32_t owner, const PublishOrder& order, Callback<std::string> done) override {
        requests.push_back({"publish " + order.file.spec.local,
                            owner,
                            [done, name = published_name](const Status& status) {
                                if (status) return done(name);
                                done(status.error());
                            },
                            {}});
    }
    void open(uint32_t owner, const PublishOrder& order, Callback<SharedFd> done) override {
        requests.push_back({"open " + order.file.spec.local,
                            owner,
                            [done](const Status& status) {
                                if (status) return done(SharedFd{std::make_shared<ForeignFd>(Fd{})});
                                done(status.error());
                            },
                            {}});
    }
    void discard(uint32_t owner, const DiscardOrder& order, Callback<Done> done) override {
        const auto& name = order.temporary;
        requests.push_back({"discard " + name.substr(name.rfind('-')), owner, std::move(done), {}});
    }
    void check_storage(uint32_t owner, const StorageQuestion& question, Callback<Done> done) override {
        requests.push_back({"storage " + question.directory, owner, std::move(done), {}});
    }
    void abandon(uint32_t, const AbandonOrder&) override {}
    void read(uint32_t owner, const job::Place&, const std::string& name, uint64_t,
              Callback<std::string> done) override {
        requests.push_back({"read " + name,
                            owner,
                            [done](const Status& status) {
                                if (status) return done(std::string{"the reply"});
                                done(status.error());
                            },
                            {}});
    }
    void limit(uint32_t owner, const BandwidthLimits& told) override { limits[owner] = told; }
    void reconfigured() override {}
    [[nodiscard]] bool idle() const override { return transfers.empty() && requests.empty(); }

    std::string published_name; ///< that the next files get

    // ---- what the test lets them do ----

    WorkerEvents& events() { return *events_; }
    /// The ticket of the active transfer of file `index`; there must be one.
    Ticket ticket_of(uint32_t index) {
        auto found = std::find_if(transfers.begin(), transfers.end(),
                                  [&](const auto& t) { return t.second.index == index && !t.second.halted; });
        EXPECT_NE(found, transfers.end()) << "file " << index << " is not in transfer";
        return found == transfers.end() ? 0 : found->first;
    }
    void begin(uint32_t index, uint64_t total = 100, bool restarted = false) {
        job::Begun begun;
        begun.report.total = total;
        begun.report.offset = transfers.at(ticket_of(index)).offset;
        begun.restarted = restarted;
        events().begun(ticket_of(index), begun);
    }
    void checkpoint(uint32_t index, uint64_t offset, uint64_t total = 100) {
        events().checkpointed(ticket_of(index), {offset, {}, total});
    }
    void finish(uint32_t index, uint64_t total = 100) {
        auto ticket = ticket_of(index);
        transfers.erase(ticket);
        job::Fetched fetched;
        fetched.report = {total, {}, total};
        fetched.inode = {1, index + 1};
        events().fetched(ticket, fetched);
    }
    void fail(uint32_t index, bool fatal = false, int status = 404) {
        auto ticket = ticket_of(index);
        transfers.erase(ticket);
        job::Failure failure;
        failure.error = {job::Cause::HttpStatus, fatal ? status : 503, "the server answered", index};
        failure.fatal = fatal;
        events().failed(ticket, failure);
    }
    /// Ends the transfers that were halted, or all because the worker has died.
    void end_transfers(bool died = false) {
        for (const auto& [ticket, transfer] : std::exchange(transfers, {})) {
            if (transfer.halted || died)
                events().halted(ticket);
            else
                transfers[ticket] = transfer;
        }
    }
    void answer(const Status& status = Done{}) {
        ASSERT_FALSE(requests.empty());
        auto request = std::move(requests.front());
        requests.pop_front();
        request.done(status);
    }
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (const auto& request : requests)
            all.push_back(request.text);
        return all;
    }

    std::map<Ticket, Transfer> transfers;
    std::map<uint32_t, BandwidthLimits> limits; ///< by owner
    std::deque<Request> requests;

private:
    WorkerEvents* events_ = nullptr;
    Ticket last_ticket_ = 0;
};

/// Writes down what is announced, as one word each.
class FakeObserver final : public JobObserver {
public:
    void added(const JobRecord&) override { words.emplace_back("added"); }
    void removed(const JobRecord&, std::string_view result) override {
        words.push_back("removed " + std::string{result});
    }
    void forgotten(const job::Id&) override { words.emplace_back("forgotten"); }
    void changed(const job::Job& before, const job::Job& after) override {
        ++changes;
        if (before.state != after.state) words.emplace_back(job::to_string(after.state));
    }
    void transfer_ended(const job::Job& job) override {
        words.emplace_back(job.state == job::State::Error ? "told of error" : "told of end");
    }
    void wait_reason_changed(const JobRecord&) override { words.emplace_back("wait-reason"); }
    void progressed(const JobRecord&, bool resized) override {
        ++steps;
        resizes += resized;
    }
    void yielding_changed(const JobRecord& record) override {
        words.emplace_back(record.yields ? "yields" : "yields no more");
    }
    void file_transferred(const JobRecord&, uint32_t index) override {
        words.push_back("file " + std::to_string(index));
    }
    void object_changed(const JobRecord&) override {}
    void ranges_filled(const JobRecord&, uint32_t index, const std::vector<job::Range>&) override {
        words.push_back("ranges of " + std::to_string(index));
    }
    void conditions_changed() override { words.emplace_back("conditions"); }
    void holds_changed(const job::Holds&) override { words.emplace_back("holds"); }
    void user_bandwidth_changed(uint32_t) override { words.emplace_back("bandwidth of a user"); }
    void machine_bandwidth_changed() override { words.emplace_back("bandwidth"); }
    void permit_changed(const job::Permit& permit) override {
        words.push_back("permit " + std::string{permit.why.word});
    }

    [[nodiscard]] bool has(const std::string& word) const {
        return std::find(words.begin(), words.end(), word) != words.end();
    }
    std::vector<std::string> words;
    int changes = 0;
    int steps = 0;   ///< of progress
    int resizes = 0; ///< of these, with sizes
};

/// The clients, and everything else that the notifier needs.
class FakeClients final : public notify::Sender, public notify::Outbox, public notify::Host {
public:
    struct OpenCall {
        notify::Delivery delivery;
        std::function<void(const notify::DeliveryResult&)> done;
    };
    void send(const notify::Delivery& delivery,
              std::function<void(const notify::DeliveryResult&)> done) override {
        calls.push_back({delivery, std::move(done)});
    }
    void acknowledged(int64_t row) override {
        if (on_acknowledged) on_acknowledged(row);
    }
    void launches_changed(uint32_t, const job::NotifyService&, uint32_t) override {}
    [[nodiscard]] BootTime now() const override { return SystemClock{}.now().boot; }
    void wake_at(BootTime) override {}
    [[nodiscard]] notify::Content content_of(const job::Id&,
                                             const job::Notification& notification) const override {
        if (notification.kind == job::NotificationKind::RemoteNameExpired)
            return notify::RemoteNameExpired{notification.file, {}};
        return notify::JobTransferred{};
    }
    void answered(const job::Id& id, int64_t row, uint32_t file, const std::string& answer) override {
        if (on_answer) on_answer({id, file, row}, answer);
    }
    void object_changed(const job::Id&) override {}
    void delivery_failed(const notify::Delivery&, CallOutcome) override {}
    void check_connection(const std::string&) override {}
    void find_owner(const std::string&) override {}
    void watch_new_owners(bool) override {}

    /// The client acknowledges its oldest call; `answer` if that is a question.
    void acknowledge(const std::string& answer = {}) {
        ASSERT_FALSE(calls.empty());
        auto call = std::move(calls.front());
        calls.pop_front();
        call.done({CallOutcome::Acknowledged, ":1.7", answer});
    }

    std::deque<OpenCall> calls;
    std::function<void(const OpenQuestion&, const std::string&)> on_answer;
    std::function<void(int64_t)> on_acknowledged;
};

inline notify::Target client_object() {
    return {":1.7", "/client"};
}

} // namespace haulier::daemon
