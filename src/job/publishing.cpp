// SPDX-License-Identifier: LGPL-2.1-or-later
// Giving finished files their names.
#include "job/outcomes.hpp"
#include "job/transitions.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <utility>

namespace haulier::job {

namespace {

/// A file that could not be given its name before no longer counts as failed.
void give_name(Decision& d, uint32_t index, const File& file, const std::string& name) {
    File after = file;
    after.completed = true;
    after.naming = false;
    after.clocks.unpublished = false;
    if (std::exchange(after.failed, false)) d.job.files_failed -= 1;
    if (file.failed || (file.error && file.error->cause == Cause::FileExists)) after.error.reset();
    if (file.spec.existing == Existing::Rename && !name.empty()) take_name(after.spec, name);
    d.files.emplace(index, std::move(after));
    if (d.job.publish_files == PublishFiles::Each) say_file(d, index);
}

Cause cause_of(const Error& why) {
    return why.code == Errc::FileExists ? Cause::FileExists : Cause::LocalFile;
}

/// A job that runs goes on with its other files, where it may, until none is left.
void fail_unnamed(Decision& d, const JobError& error, bool has_more, Now now) {
    if (d.job.state == State::Error) return;
    if (d.job.on_file_error == OnFileError::Stop || (!has_more && !is_active(d.job.state)))
        reject(d, error, now);
}

bool has_unfinished(const Job& job, const std::vector<File>& files) {
    return std::any_of(files.begin(), files.end(),
                       [&](const File& file) { return is_unfinished(job, file); });
}

/// The job has ended, or has failed, if it waited only for this name.
void end_if_last(Decision& d, const std::vector<File>& files, Now now) {
    finish_if_over(d, files, now);
    if (d.job.files_failed > 0 && !has_unfinished(d.job, files)) settle(d, files, {}, now);
}

} // namespace

std::optional<Decision> published(const Job& job, uint32_t index, const File& file, const std::string& name) {
    bool publishes = job.state == State::Publishing || job.state == State::Error;
    if (!publishes || !file.transferred || file.completed) return std::nullopt;
    Decision d;
    d.job = job;
    give_name(d, index, file, name);
    return d;
}

std::optional<Decision> named(const Job& job, uint32_t index, const std::vector<File>& files,
                              const std::string& name, Now now) {
    const File& file = files[index];
    if (is_final(job.state) || !file.naming) return std::nullopt;
    Decision d = touched(job, now);
    give_name(d, index, file, name);
    end_if_last(d, files, now);
    return d;
}

std::optional<Decision> unnamed(const Job& job, uint32_t index, const std::vector<File>& files,
                                const Error& why, Now now) {
    const File& file = files[index];
    if (is_final(job.state) || !file.naming) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    JobError error{cause_of(why), 0, why.message, index};
    after.naming = false;
    after.error = error;
    after.clocks.unpublished = why.code == Errc::LocalFile;
    if (job.publish_files == PublishFiles::Each && is_changeable(job.state)) {
        if (!std::exchange(after.failed, true)) d.job.files_failed += 1;
        fail_unnamed(d, error, has_unfinished(job, files), now);
    }
    d.files.emplace(index, std::move(after));
    end_if_last(d, files, now);
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
    if (job.auto_complete) reject(d, {cause_of(why), 0, why.message, NoFile}, now);
    return d;
}

} // namespace haulier::job
