// SPDX-License-Identifier: LGPL-2.1-or-later
// The methods that act on several files, CompleteFiles and RemoveFiles, and OpenFile.
#include "job/decide.hpp"
#include "job/file_state.hpp"
#include "job/transitions.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

Status check_indexes(const Job& job, const std::vector<uint32_t>& indexes) {
    if (indexes.empty())
        return Error{Errc::InvalidArgument, "the list of files is empty, at least one is needed"};
    for (auto index : indexes)
        if (auto number = file_number(job, index); !number) return number.error();
    return Done{};
}

Status check_removal(const std::vector<File>& files, const std::vector<uint32_t>& indexes) {
    for (auto index : indexes)
        if (!files[index].removed)
            if (auto ok = not_named(index, files[index]); !ok) return ok;
    return Done{};
}

/// The file is finished: it counts as if it had been completed.
void remove(Job& job, File& file) {
    if (!file.transferred) job.files_transferred += 1;
    if (std::exchange(file.failed, false)) job.files_failed -= 1;
    job.files_removed += 1;
    auto folder = file.folder; // where its temporary file is looked for once more
    discard_progress(file);
    file.folder = folder;
    reset_failures(file);
    file.total = 0;
    file.wanted.clear();
    file.clocks = {};
    file.removed = file.transferred = file.completed = true;
}

/// Nothing is left in the job.
void empty(Decision& d, Now now) {
    bool has_ended = d.job.state == State::Error || d.job.state == State::Transferred;
    if (has_ended) apply(d.job, Event::Resume, now);
    apply(d.job, Event::Suspend, now);
    d.job.transferred_at = {};
    d.job.error.reset();
    reset_failures(d.job);
    clear_retry(d.job);
    d.revoked.end = true;
    d.effects = {Effect::StopTransfers};
}

/// The job may now be able to do what the removed files have prevented.
void go_on(Decision& d, const std::vector<File>& files, Now now) {
    if (d.job.state == State::Transferred) return;
    if (is_over(d, files)) {
        d.revoked.end = true;
        if (d.job.state == State::Error) apply(d.job, Event::Resume, now);
        d.effects = {Effect::StopTransfers};
        return finish(d, now);
    }
    if (d.job.state != State::TransientError) return;
    apply(d.job, Event::RetryDue, now);
    clear_retry(d.job);
}

} // namespace

Status not_named(uint32_t index, const File& file) {
    if (file.removed) return Error{Errc::InvalidState, fmt::format("file {} has been removed", index)};
    if (file.completed)
        return Error{Errc::InvalidState, fmt::format("file {} has been completed, it has its name", index)};
    if (file.naming) return Error{Errc::InvalidState, fmt::format("file {} is being completed", index)};
    return Done{};
}

Error pending(uint32_t index) {
    return {Errc::Pending, fmt::format("file {} is not transferred yet", index)};
}

Status check_open(const Job& job, const std::vector<File>& files, uint32_t index) {
    if (auto ok = downloads_only(job, "OpenFile"); !ok) return ok;
    if (auto number = file_number(job, index); !number) return number.error();
    const auto& file = files[index];
    if (file.removed) return not_named(index, file);
    if (!file.transferred) return pending(index);
    if (!file.not_modified) return Done{};
    return Error{Errc::InvalidState,
                 fmt::format("file {} has not been modified on the server, nothing was downloaded", index)};
}

Result<Decision> complete_files(const Job& job, const std::vector<File>& files,
                                const std::vector<uint32_t>& indexes, Now now) {
    if (auto ok = downloads_only(job, "CompleteFiles"); !ok) return ok.error();
    if (auto ok = check_indexes(job, indexes); !ok) return ok.error();
    for (auto index : indexes) {
        if (files[index].removed) return not_named(index, files[index]).error();
        if (!files[index].transferred) return pending(index);
    }
    Decision d = touched(job, now);
    for (auto index : indexes) {
        if (files[index].completed || files[index].naming || d.files.contains(index)) continue;
        File after = files[index];
        start_naming(d.job, after);
        d.files.emplace(index, std::move(after));
    }
    return d;
}

Result<Decision> remove_files(const Job& job, const std::vector<File>& files,
                              const std::vector<uint32_t>& indexes, Now now) {
    if (auto ok = downloads_only(job, "RemoveFiles"); !ok) return ok.error();
    if (auto ok = check_indexes(job, indexes); !ok) return ok.error();
    if (auto ok = check_removal(files, indexes); !ok) return ok.error();
    Decision d = touched(job, now);
    for (auto index : indexes) {
        if (files[index].removed || d.files.contains(index)) continue;
        File after = files[index];
        remove(d.job, after);
        d.files.emplace(index, std::move(after));
        d.revoked.files.push_back(index);
    }
    if (d.files.empty()) return d;
    if (listed_files(d.job) == 0)
        empty(d, now);
    else
        go_on(d, files, now);
    return d;
}

} // namespace haulier::job
