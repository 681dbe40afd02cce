// SPDX-License-Identifier: LGPL-2.1-or-later
// Giving finished files their names.
#include "job/outcomes.hpp"
#include "job/transitions.hpp"
#include "job/validation.hpp"

namespace haulier::job {

std::optional<Decision> published(const Job& job, uint32_t index, const File& file, const std::string& name) {
    bool publishes = job.state == State::Publishing || job.state == State::Error;
    if (!publishes || !file.transferred) return std::nullopt;
    Decision d;
    d.job = job;
    File after = file;
    after.completed = true;
    after.clocks.unpublished = false;
    if (file.error && file.error->cause == Cause::FileExists) after.error.reset();
    if (file.spec.existing == Existing::Rename && !name.empty()) take_name(after.spec, name);
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> publish_succeeded(const Job& job, Now now) {
    if (job.state != State::Publishing) return std::nullopt;
    Decision d = touched(job, now);
    apply(d.job, Event::Published, now);
    d.effects = {Effect::DiscardUnfinished};
    const auto& flags = job.notify_flags;
    if (completes_itself(job) && flags.transferred && !flags.disable)
        d.notifications.push_back({NotificationKind::Transferred, NoFile});
    return d;
}

std::optional<Decision> unpublished(const Job& job, uint32_t index, const File& file) {
    if (is_final(job.state) || !file.transferred || is_upload(job.type)) return std::nullopt;
    Decision d;
    d.job = job;
    d.files.emplace(index, file).first->second.clocks.unpublished = true;
    return d;
}

std::optional<Decision> name_taken(const Job& job, uint32_t index, const File& file, const std::string& why) {
    if (is_final(job.state) || !file.transferred || file.completed) return std::nullopt;
    Decision d;
    d.job = job;
    d.files.emplace(index, file).first->second.error = JobError{Cause::FileExists, 0, why, index};
    return d;
}

std::optional<Decision> publish_failed(const Job& job, const Error& why, Now now) {
    if (job.state != State::Publishing) return std::nullopt;
    Decision d = touched(job, now);
    apply(d.job, Event::PublishFailed, now);
    auto cause = why.code == Errc::FileExists ? Cause::FileExists : Cause::LocalFile;
    if (job.auto_complete) reject(d, {cause, 0, why.message, NoFile}, now);
    return d;
}

} // namespace haulier::job
