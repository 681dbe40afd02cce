// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/watch.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace haulier::cli {

namespace {

using std::chrono::milliseconds;

/// Pauses between attempts to reach the daemon; the last attempt follows the last pause.
constexpr std::array RetryPauses{milliseconds{100}, milliseconds{500}, milliseconds{1000}, milliseconds{2000},
                                 milliseconds{4000}};

/// Such a job changes only if a client calls a method, which starts the daemon. So the command does not start
/// it, and does not keep it from exiting when it is idle.
bool is_at_rest(const JobView& job) {
    return job.state == "suspended" && job.wait_reason != "completing";
}

/// How a job ended that the daemon no longer knows after a restart. Completing cannot be undone.
End end_of_gone(const JobView& last_seen) {
    if (last_seen.wait_reason != "completing") return End::Gone;
    return last_seen.files_done < last_seen.files ? End::Partial : End::Completed;
}

} // namespace

Watch::Watch(Client& client, std::string id, Screen& screen, Clock clock)
    : client_(client), id_(std::move(id)), screen_(screen), clock_(std::move(clock)),
      listener_(client.new_listener()) {}

Watch::~Watch() {
    client_.stop_reading();
}

Result<WaitResult, Failure> Watch::run(const Interrupts& interrupts) {
    auto listening = listener_->listen([this](const Signal& signal) { on_signal(signal); },
                                       [this](bool present) { on_owner(present); });
    if (!listening) return listening.error();
    tick_ = clock_() + Screen::RedrawInterval;
    while (!end_) {
        if (failure_) return *failure_;
        if (refresh_needed_ && !refreshing_)
            if (auto ok = refresh(); !ok) return ok.error();
        auto wakeup = client_.run_once(&interrupts, next_deadline());
        if (!wakeup) return wakeup.error();
        if (*wakeup == Wakeup::Interrupt) finish(End::Interrupted);
        on_time();
    }
    screen_.leave();
    return WaitResult{*end_, job_, properties_};
}

Deadline Watch::next_deadline() const {
    return std::min(tick_, retry_at_.value_or(Deadline::max()));
}

void Watch::on_time() {
    auto now = clock_();
    if (retry_at_ && now >= *retry_at_) {
        retry_at_.reset();
        refresh_needed_ = true;
    }
    if (now < tick_) return;
    screen_.tick();
    tick_ = now + Screen::RedrawInterval;
}

/// The call starts the daemon if it is not running. Changes after the subscription arrive as signals, and
/// earlier ones are read.
Result<Done, Failure> Watch::refresh() {
    refresh_needed_ = false;
    retry_at_.reset();
    refreshing_ = true;
    if (listener_->subscribed()) return read();
    return listener_->subscribe(Listener::IfAbsent::Start, [this](const Result<Done, Failure>& subscribed) {
        auto reading = subscribed ? read() : subscribed;
        if (!reading) on_properties(reading.error());
    });
}

Result<Done, Failure> Watch::read() {
    return client_.read(id_, [this](const Result<Json, Failure>& answer) { on_properties(answer); });
}

void Watch::on_properties(const Result<Json, Failure>& answer) {
    refreshing_ = false;
    if (!answer) return on_failure(answer.error());
    failed_tries_ = 0;
    properties_ = *answer;
    update();
}

void Watch::on_failure(const Failure& failure) {
    if (failure.code == Exit::NoSuchJob) return finish(end_of_gone(job_));
    if (failure.code != Exit::Unreachable || failed_tries_ == RetryPauses.size()) {
        failure_ = failure;
        return;
    }
    if (failed_tries_ == 1) screen_.note("haulierd cannot be reached; trying again");
    retry_at_ = clock_() + RetryPauses.at(failed_tries_++);
}

void Watch::on_owner(bool present) {
    if (!present && is_at_rest(job_)) return;
    refresh_needed_ = true;
}

void Watch::on_signal(const Signal& signal) {
    if (signal.member == "SignalsLost") refresh_needed_ = true;
    if (signal.member == "JobRemoved" && signal.arguments[1] == id_)
        return finish(end_from_result(signal.arguments[2].get<std::string>()));
    if (signal.id() != id_ || signal.member != "PropertiesChanged") return;
    properties_.update(signal.arguments[1]);
    if (!signal.arguments[2].empty()) refresh_needed_ = true;
    // Until the first reply only some properties are known.
    if (properties_.contains("Id")) update();
}

void Watch::update() {
    job_ = view_of(properties_);
    auto end = end_of(job_);
    // Failures are printed when the command ends.
    if (!end || end == End::Transferred || end == End::Completed) screen_.show(job_);
    if (end) finish(*end);
}

void Watch::finish(End how) {
    if (!end_) end_ = how;
}

} // namespace haulier::cli
