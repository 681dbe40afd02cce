// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/watch.hpp"

#include "cli/i18n.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace haulier::cli {

namespace {

using std::chrono::milliseconds;

constexpr size_t FilesPerSecond = 500;
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
    client_.stop_reading(id_);
}

Result<Done, Failure> Watch::begin() {
    return listener_->listen([this](const Signal& signal) { on_signal(signal); },
                             [this](bool present) { on_owner(present); });
}

Result<Done, Failure> Watch::step() {
    if (failure_) return *failure_;
    return refresh_needed_ && !refreshing_ && !end_ ? refresh() : Done{};
}

WaitResult Watch::result() const {
    return {end_.value_or(End::Gone), job_, properties_};
}

void Watch::on_time() {
    if (!retry_at_ || clock_() < *retry_at_) return;
    retry_at_.reset();
    refresh_needed_ = true;
}

void Watch::on_redraw() {
    if (end_ || clock_() < files_at_ || !screen_.wants_files(job_)) return;
    files_at_ = Deadline::max();
    auto sent =
        client_.read_files(id_, [this](const Result<Client::Files, Failure>& answer) { on_files(answer); });
    if (!sent) files_at_ = {};
}

/// A long list is read less often. Failures are ignored: the job shows what matters.
void Watch::on_files(const Result<Client::Files, Failure>& answer) {
    files_at_ = clock_() + std::chrono::seconds{answer ? answer->size() / FilesPerSecond : 1};
    if (!answer) return;
    std::vector<FileView> files;
    std::transform(answer->begin(), answer->end(), std::back_inserter(files), file_view_of);
    screen_.show_files(id_, files);
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
    if (failed_tries_ == 1) screen_.note(_("haulierd cannot be reached; trying again"));
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

Result<Done, Failure> run_until_one_ends(Client& client, Watches& watches, Screen& screen,
                                         const Interrupts& interrupts, std::optional<Deadline> deadline,
                                         const Watch::Clock& clock) {
    auto redraw = clock() + Screen::RedrawInterval;
    auto finish_all = [&](End how) {
        for (auto& watch : watches)
            watch->finish(how);
    };
    for (;;) {
        auto next = std::min(redraw, deadline.value_or(Deadline::max()));
        for (auto& watch : watches) {
            if (watch->has_ended()) return Done{};
            if (auto sent = watch->step(); !sent) return sent;
            next = std::min(next, watch->next_deadline());
        }
        auto wakeup = client.run_once(&interrupts, next);
        if (!wakeup) return wakeup.error();
        if (*wakeup == Wakeup::Interrupt) finish_all(End::Interrupted);
        auto now = clock();
        if (deadline && now >= *deadline) finish_all(End::TimedOut);
        for (auto& watch : watches)
            watch->on_time();
        if (now < redraw) continue;
        screen.tick();
        for (auto& watch : watches)
            watch->on_redraw();
        redraw = now + Screen::RedrawInterval;
    }
}

Result<WaitResult, Failure> watch_job(Client& client, const std::string& id, Screen& screen,
                                      const Interrupts& interrupts, const Watch::Clock& clock) {
    Watches watches;
    watches.push_back(std::make_unique<Watch>(client, id, screen, clock));
    if (auto begun = watches.front()->begin(); !begun) return begun.error();
    if (auto ended = run_until_one_ends(client, watches, screen, interrupts, std::nullopt, clock); !ended)
        return ended.error();
    screen.leave();
    return watches.front()->result();
}

} // namespace haulier::cli
