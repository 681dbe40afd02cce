// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/watch.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace haulier::cli {

namespace {

using std::chrono::milliseconds;

/// Pauses between tries to reach the daemon; after the last one we give up.
constexpr std::array RetryPauses{milliseconds{100}, milliseconds{500}, milliseconds{1000}, milliseconds{2000},
                                 milliseconds{4000}};

/// Only somebody's verb can change such a job, and that would start the daemon: no need to do it ourselves,
/// nor to keep it from leaving when it is idle.
bool at_rest(const JobView& job) {
    return job.state == "suspended" && job.wait_reason != "completing";
}

} // namespace

Watch::Watch(Client& client, std::string id, Screen& screen)
    : client_(client), id_(std::move(id)), screen_(screen), listener_(client.bus()) {}

Watch::~Watch() {
    client_.stop_reading();
}

Outcome<Ended> Watch::run(const Interrupts& interrupts) {
    auto heard = listener_.listen([this](const Signal& signal) { take(signal); },
                                  [this](bool present) { owner_changed(present); });
    if (!heard) return heard.error();
    ask_again_ = true;
    auto tick = screen_.next_tick();
    while (!ended_) {
        if (failure_) return *failure_;
        if (ask_again_ && !asking_)
            if (auto ok = ask(); !ok) return ok.error();
        auto woken = client_.bus().turn(&interrupts, std::min(tick, deadline()));
        if (!woken) return woken.error();
        if (*woken == Bus::Woken::ByInterrupt) end(End::Interrupted);
        auto now = std::chrono::steady_clock::now();
        if (retry_at_ && now >= *retry_at_) {
            retry_at_.reset();
            ask_again_ = true;
        }
        if (now >= tick) {
            screen_.tick();
            tick = screen_.next_tick();
        }
    }
    screen_.leave();
    return Ended{*ended_, job_, properties_};
}

Bus::Deadline Watch::deadline() const {
    return retry_at_.value_or(Bus::Deadline::max());
}

/// The bus starts the daemon for this question if it does not run. What happens after it has subscribed us
/// comes as a signal, and what happened before is read.
Outcome<Done> Watch::ask() {
    ask_again_ = false;
    retry_at_.reset();
    asking_ = true;
    if (listener_.subscribed()) return read();
    return listener_.subscribe(Listener::Absent::Start, [this](const Outcome<Done>& subscribed) {
        auto asked = subscribed ? read() : subscribed;
        if (!asked) answered(asked.error());
    });
}

Outcome<Done> Watch::read() {
    return client_.read(id_, [this](const Outcome<Json>& answer) { answered(answer); });
}

void Watch::answered(const Outcome<Json>& answer) {
    asking_ = false;
    if (!answer) return failed(answer.error());
    tries_ = 0;
    properties_ = *answer;
    see(properties_);
}

void Watch::failed(const Failure& failure) {
    if (failure.code == Exit::NoSuchJob) return end(End::Gone);
    if (failure.code != Exit::Unreachable || tries_ == RetryPauses.size()) {
        failure_ = failure;
        return;
    }
    if (tries_ == 1) screen_.note("haulierd is away; trying to reach it again");
    retry_at_ = std::chrono::steady_clock::now() + RetryPauses.at(tries_++);
}

void Watch::owner_changed(bool present) {
    if (!present && at_rest(job_)) return;
    ask_again_ = true;
}

void Watch::take(const Signal& signal) {
    if (signal.member == "JobRemoved" && signal.arguments[1] == id_)
        return end(end_from_result(signal.arguments[2].get<std::string>()));
    if (signal.id() != id_ || signal.member != "PropertiesChanged") return;
    properties_.update(signal.arguments[1]);
    if (!signal.arguments[2].empty()) ask_again_ = true;
    // Until the first answer only pieces are known.
    if (properties_.contains("Id")) see(properties_);
}

void Watch::see(const Json& properties) {
    job_ = view_of(properties);
    auto how = end_of(job_);
    bool well = !how || how == End::Transferred || how == End::Completed;
    if (well) screen_.show(job_); // what went wrong is said when we end
    if (how) end(*how);
}

void Watch::end(End how) {
    if (!ended_) ended_ = how;
}

} // namespace haulier::cli
