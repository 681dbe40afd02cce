// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/decide.hpp"

#include "job/check.hpp"
#include "job/moves.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

/// Every verb and setter begins here: is the job still one that can be changed?
Status changeable(const Job& job) {
    if (is_final(job.state))
        return Error{Errc::InvalidState, fmt::format("job {} has ended ({}), it cannot be changed",
                                                     job.id.hex, to_word(job.state))};
    if (job.completing)
        return Error{Errc::InvalidState, fmt::format("job {} is being completed", job.id.hex)};
    return Done{};
}

/// Setters all have this shape: refuse on an ended job, refuse a bad value, change one thing.
template <class Change>
Result<Decision> set(const Job& job, Now now, const Status& value_ok, Change change) {
    if (auto ok = changeable(job); !ok) return ok.error();
    if (!value_ok) return value_ok.error();
    Decision d = touched(job, now);
    change(d.job);
    return d;
}

void say_again(Decision& d) {
    const auto& flags = d.job.notify_flags;
    d.void_notices = true;
    if (d.job.state == State::Transferred && flags.transferred && !flags.disable)
        d.notices.push_back({NoticeKind::Transferred, NoFile});
    if (d.job.state == State::Error && flags.error && !flags.disable)
        d.notices.push_back({NoticeKind::Error, d.job.error ? d.job.error->file : NoFile});
}

/// Somebody has looked at a failed job and says go: what its files did wrong before no longer counts.
void forgive(Decision& d, const std::vector<File>& files) {
    for (uint32_t i = 0; i < files.size(); ++i) {
        if (files[i].restarts == 0 && files[i].mismatches == 0) continue;
        File file = files[i];
        file.restarts = 0;
        file.mismatches = 0;
        d.files.emplace(i, std::move(file));
    }
}

std::chrono::seconds retry_floor(std::chrono::seconds delay) {
    return std::max(delay, std::chrono::seconds{5});
}

Status append(Decision& d, const std::vector<FileSpec>& specs, const Limits& limits) {
    if (specs.size() > limits.files_per_job - std::min(d.job.files_total, limits.files_per_job))
        return Error{Errc::TooManyFiles,
                     fmt::format("{} files and {} more are over the limit of {} files in a job",
                                 d.job.files_total, specs.size(), limits.files_per_job)};
    if (auto ok = check_files(specs); !ok) return ok;
    for (const auto& spec : specs) {
        File file;
        file.spec = spec;
        file.total = spec.size;
        d.files.emplace(d.job.files_total++, std::move(file));
    }
    return Done{};
}

} // namespace

Result<Decision> create(const Id& id, uint32_t owner, const Request& request, const Limits& limits, Now now) {
    if (auto ok = check_display_name(request.display_name); !ok) return ok.error();
    if (auto ok = check_key(request.key); !ok) return ok.error();
    if (auto ok = check_description(request.description.value_or("")); !ok) return ok.error();

    Decision d;
    d.job.id = id;
    d.job.type = request.type;
    d.job.owner = owner;
    d.job.key = request.key;
    d.job.display_name = request.display_name;
    d.job.created = now.wall;
    d.job.modified = now.wall;
    d.job.description = request.description.value_or("");
    d.job.notify_flags = request.notify_flags.value_or(NotifyFlags{});
    d.job.notify_service = request.notify_service.value_or(NotifyService{});
    if (request.minimum_retry_delay) d.job.minimum_retry_delay = retry_floor(*request.minimum_retry_delay);
    if (request.no_progress_timeout) d.job.no_progress_timeout = *request.no_progress_timeout;
    if (request.minimum_notification_interval)
        d.job.minimum_notification_interval = *request.minimum_notification_interval;
    if (auto ok = append(d, request.files, limits); !ok) return ok.error();
    if (!request.resume) return d;

    auto started = resume(d.job, {}, now);
    if (started) started->files = std::move(d.files);
    return started;
}

Result<Decision> add_files(const Job& job, const std::vector<FileSpec>& specs, const Limits& limits,
                           Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    if (specs.empty())
        return Error{Errc::InvalidArgument, "the list of files is empty, at least one is needed"};
    Decision d = touched(job, now);
    if (auto ok = append(d, specs, limits); !ok) return ok.error();
    return d;
}

Result<Decision> resume(const Job& job, const std::vector<File>& files, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    if (job.files_total == 0)
        return Error{Errc::Empty, fmt::format("job {} has no file to transfer; add one first", job.id.hex)};
    if (job.files_transferred == job.files_total)
        return Error{Errc::Empty,
                     fmt::format("job {} has transferred all its files; complete it", job.id.hex)};

    Decision d = touched(job, now);
    // A failed job starts a new life; one that waits only waits no longer (BITS 3.1: progress alone resets
    // the clock).
    if (job.state != State::TransientError) forget_stall(d.job);
    // What was said of the old state is no longer true.
    d.void_notices = job.state == State::Error || job.state == State::Transferred;
    d.job.transferred_at = {};
    d.job.failures = 0;
    forget_wait(d.job);
    move(d.job, Event::Resume);
    if (job.state == State::Error) forgive(d, files);
    return d;
}

Result<Decision> suspend(const Job& job, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    move(d.job, Event::Suspend);
    if (d.job.state != State::Suspended) return d;
    d.job.failures = 0;
    forget_wait(d.job);
    forget_stall(d.job);
    d.effects = {Effect::StopTransfers};
    return d;
}

Result<Decision> cancel(const Job& job, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    move(d.job, Event::Cancel);
    forget_wait(d.job);
    forget_stall(d.job);
    d.effects = {Effect::StopTransfers, Effect::DiscardAll};
    return d;
}

Result<Decision> complete(const Job& job, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    move(d.job, Event::Complete);
    d.job.completing = true;
    forget_wait(d.job);
    forget_stall(d.job);
    d.effects = {Effect::StopTransfers, Effect::Publish};
    return d;
}

Result<Decision> set_display_name(const Job& job, const std::string& name, Now now) {
    return set(job, now, check_display_name(name), [&](Job& j) { j.display_name = name; });
}

Result<Decision> set_description(const Job& job, const std::string& text, Now now) {
    return set(job, now, check_description(text), [&](Job& j) { j.description = text; });
}

Result<Decision> set_minimum_retry_delay(const Job& job, std::chrono::seconds delay, Now now) {
    return set(job, now, Done{}, [&](Job& j) { j.minimum_retry_delay = retry_floor(delay); });
}

Result<Decision> set_no_progress_timeout(const Job& job, std::chrono::seconds timeout, Now now) {
    return set(job, now, Done{}, [&](Job& j) { j.no_progress_timeout = timeout; });
}

Result<Decision> set_minimum_notification_interval(const Job& job, std::chrono::milliseconds interval,
                                                   Now now) {
    return set(job, now, Done{}, [&](Job& j) { j.minimum_notification_interval = interval; });
}

Result<Decision> set_notify_flags(const Job& job, const NotifyFlags& flags, Now now) {
    auto d = set(job, now, Done{}, [&](Job& j) { j.notify_flags = flags; });
    if (d) say_again(*d);
    return d;
}

Result<Decision> set_notify_service(const Job& job, const NotifyService& service, Now now) {
    auto d = set(job, now, Done{}, [&](Job& j) { j.notify_service = service; });
    if (d && !service.name.empty()) say_again(*d);
    return d;
}

Result<Decision> renotify(const Job& job, Now now) {
    auto d = set(job, now, Done{}, [](Job&) {});
    if (d) say_again(*d);
    return d;
}

WaitReason wait_reason(const Job& job) {
    if (job.completing) return {"completing", {}};
    switch (job.state) {
    case State::Suspended: return {job.files_total == 0 ? "empty" : "suspended", {}};
    case State::Queued: return {"turn", {}};
    case State::Connecting:
    case State::Transferring: return {"running", {}};
    case State::TransientError: return {"retry-delay", job.retry_date};
    case State::Error: return {"needs-resume", {}};
    case State::Transferred: return {"needs-complete", {}};
    case State::Acknowledged:
    case State::Cancelled: return {"ended", {}};
    }
    return {"ended", {}};
}

Outcome outcome_of(const Job& job) {
    return {job.files_transferred, job.files_total - job.files_transferred};
}

} // namespace haulier::job
