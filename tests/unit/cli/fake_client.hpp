// SPDX-License-Identifier: LGPL-2.1-or-later
// A client without a bus: a fake daemon answers from tables, records the calls, and plays a script of events
// in place of the event loop.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/interrupts.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace haulier::cli {

inline const std::string JobId = "aaaa1111000000000000000000000000";
inline const std::string OtherId = "bbbb2222000000000000000000000000";

inline Json job_json(const std::string& state, const std::string& reason = "",
                     const std::string& id = JobId) {
    Json job = Json::object();
    job["Id"] = id;
    job["Type"] = "download";
    job["DisplayName"] = "film";
    job["Key"] = "";
    job["Owner"] = 0;
    job["State"] = state;
    job["WaitReason"] = Json::array({reason, 0});
    job["BytesTotal"] = 1000;
    job["BytesTransferred"] = 500;
    job["FilesTotal"] = 1;
    job["FilesTransferred"] = state == "transferred" || state == "acknowledged" ? 1 : 0;
    job["Error"] = Json::array({"", "", 0, "", ~uint32_t{0}});
    return job;
}

/// The daemon: what it knows, what it answers, and what happens.
class FakeDaemon {
public:
    std::map<std::string, Json> own_jobs;
    std::map<std::string, Json> other_jobs;
    std::vector<Json> file_list;
    std::string content; ///< of every file
    std::vector<Json> ended;
    std::vector<Json> statistics;
    bool held = false;
    bool held_by_administrator = false;
    uint64_t held_until = 0;
    uint64_t bandwidth_limit = 0;
    Json machine_limits = Json::object();
    Json permit{{"Granted", true}, {"WaitReason", Json::array({"running", 0})}};
    bool existed = false;                    ///< a job with the key
    std::map<std::string, Failure> refusals; ///< by call, as in `calls`
    std::deque<Failure> unreachable;         ///< answers of the next calls of read and subscribe
    std::deque<Result<Completed, Failure>> completions;
    std::optional<NewJob> created;
    std::vector<std::string> calls;

    // The event loop. Replies come first, then the script, then time passes.
    std::deque<std::function<Wakeup()>> script;
    std::chrono::steady_clock::time_point now{};

    void on_bus(std::function<void()> event) {
        script.emplace_back([event = std::move(event)] {
            event();
            return Wakeup::Bus;
        });
    }
    struct Listening {
        const void* listener;
        std::function<void(const Signal&)> on_signal;
        std::function<void(bool)> on_owner;
    };
    std::vector<Listening> listening;
    void on_signal(const Signal& signal) {
        for (const auto& one : listening)
            one.on_signal(signal);
    }
    void on_owner(bool present) {
        for (const auto& one : listening)
            one.on_owner(present);
    }
    void properties_changed(const Json& changed, const Json& invalidated = Json::array(),
                            const std::string& id = JobId) {
        on_signal({"/org/haulier/Haulier1/job/" + id, "PropertiesChanged",
                   Json::array({"org.haulier.Haulier1.Job", changed, invalidated})});
    }
    void removed(const std::string& result, const std::string& id = JobId) {
        on_signal({"/org/haulier/Haulier1", "JobRemoved", Json::array({"/path", id, result})});
    }
    void owner(bool present) {
        subscribed = false;
        on_owner(present);
    }
    [[nodiscard]] size_t count(const std::string& call) const {
        return static_cast<size_t>(std::count(calls.begin(), calls.end(), call));
    }

    std::deque<std::function<void()>> replies;
    bool subscribed = false;
    int idle = 0;

    std::optional<Failure> note(const std::string& call) {
        calls.push_back(call);
        auto refused = refusals.find(call);
        return refused == refusals.end() ? std::nullopt : std::optional{refused->second};
    }
    Result<Done, Failure> done(const std::string& call) {
        if (auto refused = note(call)) return *refused;
        return Done{};
    }
    Result<Json, Failure> find(const std::string& id) {
        for (const auto* jobs : {&own_jobs, &other_jobs})
            if (auto found = jobs->find(id); found != jobs->end()) return found->second;
        return Failure{Exit::NoSuchJob, "there is no such job"};
    }
    std::optional<Failure> next_unreachable() {
        if (unreachable.empty()) return std::nullopt;
        auto failure = unreachable.front();
        unreachable.pop_front();
        return failure;
    }
};

class FakeClient final : public Client {
public:
    explicit FakeClient(FakeDaemon& daemon) : d_(daemon) {}

    Result<Created, Failure> create(const NewJob& job) override {
        d_.created = job;
        if (auto refused = d_.note("create")) return *refused;
        return Created{JobId, !d_.existed};
    }
    Result<std::vector<Json>, Failure> list(const std::vector<std::string>& states, bool all) override {
        if (auto refused = d_.note(fmt::format("list {}{}", fmt::join(states, ","), all ? " all" : "")))
            return *refused;
        std::vector<Json> jobs;
        auto add = [&](const std::map<std::string, Json>& from) {
            for (const auto& [id, job] : from) {
                bool asked =
                    std::find(states.begin(), states.end(), job["State"].get<std::string>()) != states.end();
                if (states.empty() ? !has_ended(view_of(job)) : asked) jobs.push_back(job);
            }
        };
        add(d_.own_jobs);
        if (all) add(d_.other_jobs);
        return jobs;
    }
    Result<std::vector<Json>, Failure> history(const HistoryQuery& query) override {
        d_.note(fmt::format("history {}{}{}", query.since > 0 ? "since " : "", fmt::join(query.results, ","),
                            query.all_users ? " all" : ""));
        return d_.ended;
    }
    Result<uint32_t, Failure> forget_history(const HistoryQuery& query) override {
        d_.note(fmt::format("forget {}", fmt::join(query.results, ",")));
        return static_cast<uint32_t>(d_.ended.size());
    }
    Result<std::vector<Json>, Failure> statistics(bool all) override {
        d_.note(all ? "statistics all" : "statistics");
        return d_.statistics;
    }
    Result<Done, Failure> hold(uint64_t until, bool all) override {
        d_.held = true;
        d_.held_until = until;
        return d_.done(fmt::format("hold{}{}", until > 0 ? " for a while" : "", all ? " all" : ""));
    }
    Result<Done, Failure> release(bool all) override {
        d_.held = d_.held_by_administrator;
        d_.held_until = 0;
        return d_.done(all ? "release all" : "release");
    }
    Result<Done, Failure> limit(uint64_t bytes_per_second) override {
        d_.bandwidth_limit = bytes_per_second;
        return d_.done(fmt::format("limit {}", bytes_per_second));
    }
    Result<std::string, Failure> request_permit(const std::string& name, const Values& options) override {
        if (auto refused = d_.note(fmt::format("permit {} {}", name, options.size()))) return *refused;
        return std::string{"/org/haulier/Haulier1/permit/1"};
    }
    Result<Json, Failure> permit(const std::string& path) override {
        if (auto refused = d_.note("permit " + path)) return *refused;
        return d_.permit;
    }
    Result<Json, Failure> daemon() override {
        d_.note("daemon");
        return Json{{"Version", "1"},
                    {"Features", Json::array()},
                    {"Network", "full"},
                    {"Metered", "no"},
                    {"Held", d_.held},
                    {"HeldUntil", d_.held_until},
                    {"BandwidthLimit", d_.bandwidth_limit},
                    {"MachineLimits", d_.machine_limits}};
    }
    Result<Json, Failure> properties(const std::string& id) override {
        if (auto refused = d_.note("properties " + id)) return *refused;
        return d_.find(id);
    }
    Result<std::vector<Json>, Failure> files(const std::string& id) override {
        if (auto refused = d_.note("files " + id)) return *refused;
        return d_.file_list;
    }
    Result<Done, Failure> command(const std::string& id, Verb verb) override {
        constexpr std::array names{"suspend", "resume", "cancel", "take"};
        return d_.done(fmt::format("{} {}", names.at(static_cast<size_t>(verb)), id));
    }
    Result<Done, Failure> complete_files(const std::string& id,
                                         const std::vector<uint32_t>& indexes) override {
        return files_done("complete", id, indexes);
    }
    Result<Done, Failure> remove_files(const std::string& id, const std::vector<uint32_t>& indexes) override {
        return files_done("remove", id, indexes);
    }
    Result<Done, Failure> files_done(const std::string& verb, const std::string& id,
                                     const std::vector<uint32_t>& indexes) {
        std::string text = verb + " " + id;
        for (auto index : indexes)
            text += " " + std::to_string(index);
        return d_.done(text);
    }
    Result<Completed, Failure> complete(const std::string& id) override {
        if (auto refused = d_.note("complete " + id)) return *refused;
        if (d_.completions.empty()) return Completed{"complete", 1, 0};
        auto answer = d_.completions.front();
        d_.completions.pop_front();
        return answer;
    }
    Result<Fd, Failure> open_file(const std::string& id, uint32_t index) override {
        if (auto refused = d_.note(fmt::format("open {} {}", id, index))) return *refused;
        Fd file{memfd_create("content", MFD_CLOEXEC)};
        if (write(file.get(), d_.content.data(), d_.content.size()) < 0 ||
            lseek(file.get(), 0, SEEK_SET) != 0)
            return Failure{Exit::Failed, "no memory"};
        return file;
    }
    Result<Done, Failure> set(const std::string& id, const std::string& property, const Value&) override {
        return d_.done(fmt::format("set {} {}", id, property));
    }
    Result<Done, Failure> set_credentials(const std::string&, const Credentials& c) override {
        return d_.done(fmt::format("credentials {} {} {} {}", c.target, c.scheme, c.user, c.password));
    }
    Result<bool, Failure> remove_credentials(const std::string&, const std::string& target,
                                             const std::string& scheme) override {
        d_.note(fmt::format("remove {} {}", target, scheme));
        return false;
    }
    Result<Done, Failure> set_headers(const std::string&, const std::vector<std::string>& lines,
                                      bool write_only) override {
        return d_.done(fmt::format("headers {}{}", fmt::join(lines, "|"), write_only ? " write-only" : ""));
    }
    Result<Done, Failure> rename(const std::string&, uint32_t index, const std::string& url) override {
        return d_.done(fmt::format("rename {} {}", index, url));
    }
    Result<uint32_t, Failure> rename_all(const std::string&, const std::string& from,
                                         const std::string& to) override {
        d_.note(fmt::format("rename {} to {}", from, to));
        return 3U;
    }
    Result<Done, Failure> validate(const std::string&, uint32_t index, bool valid) override {
        return d_.done(fmt::format("validate {} {}", index, valid));
    }
    Result<std::vector<Range>, Failure> filled_ranges(const std::string&, uint32_t index) override {
        d_.note(fmt::format("filled {}", index));
        return std::vector<Range>{{0, 100}, {200, ToEnd}};
    }
    Result<Done, Failure> request_ranges(const std::string&, uint32_t index,
                                         const std::vector<Range>& ranges) override {
        return d_.done(fmt::format("request {} {}", index, ranges.size()));
    }
    Result<Done, Failure> request_from(const std::string&, uint32_t index, uint64_t offset) override {
        return d_.done(fmt::format("request {} from {}", index, offset));
    }
    Result<std::string, Failure> reply(const std::string& id) override {
        d_.note("reply " + id);
        return std::string{"accepted\n"};
    }
    Result<std::string, Failure> describe(const std::string& name, int32_t) override {
        d_.note("describe " + name);
        return std::string{"It is gone."};
    }

    Result<Done, Failure> read(const std::string& id,
                               std::function<void(Result<Json, Failure>)> on_reply) override {
        d_.note("read");
        auto failure = d_.next_unreachable();
        d_.replies.emplace_back([this, id, failure, on_reply = std::move(on_reply)] {
            on_reply(failure ? Result<Json, Failure>{*failure} : d_.find(id));
        });
        return Done{};
    }
    Result<Done, Failure> read_files(const std::string& id,
                                     std::function<void(Result<Files, Failure>)> on_reply) override {
        d_.note("read files " + id);
        d_.replies.emplace_back([this, on_reply = std::move(on_reply)] { on_reply(d_.file_list); });
        return Done{};
    }
    void stop_reading(const std::string&) override { d_.replies.clear(); }
    std::unique_ptr<Listener> new_listener() override { return std::make_unique<FakeListener>(d_); }
    Result<Wakeup, Failure> run_once(const Interrupts*, std::optional<Deadline> deadline) override {
        if (!d_.replies.empty()) {
            auto reply = std::move(d_.replies.front());
            d_.replies.pop_front();
            reply();
            return Wakeup::Bus;
        }
        if (!d_.script.empty()) {
            auto event = std::move(d_.script.front());
            d_.script.pop_front();
            return event();
        }
        if (!deadline || ++d_.idle > 100) return Failure{Exit::Failed, "the script has ended"};
        d_.now = std::max(d_.now, *deadline);
        return Wakeup::Deadline;
    }

private:
    class FakeListener final : public Listener {
    public:
        explicit FakeListener(FakeDaemon& daemon) : d_(daemon) { d_.subscribed = false; }
        ~FakeListener() override {
            d_.replies.clear();
            std::erase_if(d_.listening, [this](const auto& one) { return one.listener == this; });
        }
        Result<Done, Failure> listen(std::function<void(const Signal&)> on_signal,
                                     std::function<void(bool)> on_owner) override {
            d_.listening.push_back({this, std::move(on_signal), std::move(on_owner)});
            return Done{};
        }
        Result<Done, Failure> subscribe(IfAbsent if_absent, Subscribed on_reply) override {
            d_.note(if_absent == IfAbsent::Start ? "subscribe" : "subscribe if present");
            auto failure = d_.next_unreachable();
            d_.replies.emplace_back([this, failure, on_reply = std::move(on_reply)] {
                d_.subscribed = !failure;
                on_reply(failure ? Result<Done, Failure>{*failure} : Result<Done, Failure>{Done{}});
            });
            return Done{};
        }
        [[nodiscard]] bool subscribed() const override { return d_.subscribed; }

    private:
        FakeDaemon& d_;
    };

    FakeDaemon& d_;
};

/// For commands, which connect by themselves. `access`: set by the connection.
inline Common common_for(FakeDaemon& daemon, Access* access = nullptr) {
    Common common;
    common.connect = [&daemon, access](const Access& wanted) -> Result<std::unique_ptr<Client>, Failure> {
        if (access) *access = wanted;
        return std::unique_ptr<Client>{std::make_unique<FakeClient>(daemon)};
    };
    return common;
}

} // namespace haulier::cli
