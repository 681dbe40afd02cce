// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports of the scheduler and of workers.
#include "job/outcomes.hpp"

#include "base/limits.hpp"
#include "job/file_state.hpp"
#include "job/peers.hpp"
#include "job/transitions.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

/// A download that has just begun gets the name that the server gives it. One that goes on keeps its name.
void take_server_name(File& file, const std::string& name) {
    if (!file.spec.server_name || name.empty() || file.offset != 0) return;
    take_name(file.spec, name);
}

/// Open-ended segments get the end that the server reported.
std::vector<Segment> bounded(std::vector<Segment> segments, uint64_t total) {
    for (auto& s : segments)
        if (s.length == ToEnd && total != UnknownSize) s.length = total - std::min(total, s.remote);
    return segments;
}

/// Adds durable ranges to an on-demand file.
void fill(File& file, const std::vector<Segment>& segments, uint64_t offset) {
    auto filled = file.filled.get();
    auto fresh = first_bytes(bounded(segments, file.total), offset);
    filled.insert(filled.end(), fresh.begin(), fresh.end());
    file.filled = merged(std::move(filled));
    file.offset = length_of(file.filled);
    std::erase_if(file.wanted.edit(),
                  [&](const Range& r) { return missing(within({r}, file.total), file.filled).empty(); });
}

/// Any byte is progress, but a server that sends a few and hangs up is not asked again and again at once.
void note_progress(File& file, bool advanced) {
    if (advanced)
        reset_failures(file);
    else
        reset_no_progress(file);
}

/// The size that a peer announces is ignored, because a wrong one must not end the job.
uint64_t credible_total(const File& file, const Report& report) {
    return asks_peer(file) ? file.spec.size : report.total;
}

void take_report(File& file, const Job& job, const Report& report, const std::vector<Segment>& segments) {
    file.validators = report.validators;
    file.total = credible_total(file, report);
    file.from_peers = file.from_peers || (asks_peer(file) && report.offset > 0);
    if (job.on_demand)
        fill(file, segments, report.offset);
    else
        file.offset = report.offset;
    file.pieces = report.pieces;
}

/// Whether the pieces are sorted, lie in the file, and together have `offset` bytes.
bool are_credible(const std::vector<Range>& pieces, const Report& report) {
    if (pieces.empty()) return true;
    bool inside = std::all_of(pieces.begin(), pieces.end(), [&](const Range& piece) {
        return piece.offset <= report.total && piece.length <= report.total - piece.offset;
    });
    return report.total != UnknownSize && inside && pieces.size() <= MaxPieces &&
           pieces.front().offset == 0 && merged(pieces) == pieces && length_of(pieces) == report.offset;
}

/// No file is larger than this; a worker that reports more is wrong.
bool is_credible(const Report& report) {
    return report.offset <= MaxFileSize && (report.total == UnknownSize || report.total <= MaxFileSize) &&
           are_credible(report.pieces, report);
}

void restart_from_zero(File& file) {
    file.offset = 0;
    file.from_peers = false;
    file.pieces.clear();
    requeue_filled(file);
    file.restarts += 1;
}

/// A worker that continues with fewer bytes than are stored has given up the pieces behind them.
void keep_at_most(File& file, uint64_t offset) {
    if (offset < file.offset) file.pieces.clear();
    file.offset = std::min(file.offset, offset);
}

/// Why a file that has just begun cannot go on.
std::optional<JobError> fault_of(const Job& job, uint32_t index, const File& file, const Limits& limits) {
    if (file.restarts > limits.restarts)
        return JobError{Cause::RemoteFileChanged, 0,
                        fmt::format("the remote file changed {} times while it was fetched", file.restarts),
                        index};
    auto size = local_size(file.spec, file.total);
    if (!job.on_demand && size != UnknownSize && size > job.maximum_download_size.value_or(UnknownSize))
        return JobError{
            Cause::MaxDownloadSize, 0,
            fmt::format("the file has {} bytes, the job may have {}", size, *job.maximum_download_size),
            index};
    return std::nullopt;
}

/// With PublishFiles `each`, the client is notified when the file has its name.
void arrive(Decision& d, uint32_t index, File& file) {
    file.wanted.clear();
    d.job.files_transferred += 1;
    if (d.job.publish_files == PublishFiles::Each && !file.completed)
        start_naming(d.job, file);
    else
        say_file(d, index);
}

/// On demand: does any file still lack requested ranges? File `index` is as in `after`.
bool lacks_anything(const std::vector<File>& files, uint32_t index, const File& after) {
    for (uint32_t i = 0; i < files.size(); ++i)
        if (lacks_ranges(i == index ? after : files[i])) return true;
    return false;
}

/// All requested ranges are here, but not the whole file (BITS 1.7).
void settle_ranges(Decision& d, bool wanted, Now now) {
    d.job.ranges_wanted = wanted;
    if (wanted || !next(d.job.state, Event::RangesFilled)) return;
    apply(d.job, Event::RangesFilled, now);
    d.job.error.reset();
    clear_retry(d.job);
}

bool is_whole(const Job& job, const File& file) {
    if (job.on_demand) return is_filled(file);
    auto size = local_size(file.spec, file.total);
    return size == UnknownSize || file.offset >= size;
}

/// The end of the stream tells the size, if it was not known before.
void learn_total(const Job& job, File& file, const std::vector<Segment>& segments) {
    if (file.total != UnknownSize) return;
    bool to_end =
        std::any_of(segments.begin(), segments.end(), [](const Segment& s) { return s.length == ToEnd; });
    if (!job.on_demand && file.spec.ranges.empty()) file.total = file.offset;
    if (job.on_demand && to_end && !file.filled.empty())
        file.total = file.filled->back().offset + file.filled->back().length;
}

bool may_be_fetched(const Job& job, const File& file, const Fetched& fetched) {
    return is_changeable(job.state) && !file.transferred && is_credible(fetched.report);
}

/// `d` and `after` are the state before the report.
void take_fetched(Decision& d, uint32_t index, File&& after, const std::vector<File>& files,
                  const Fetched& fetched, const std::vector<Segment>& segments, Now now) {
    take_report(after, d.job, fetched.report, segments);
    learn_total(d.job, after, segments);
    after.inode = fetched.inode;
    if (!fetched.headers.empty()) after.response_headers = fetched.headers;
    after.validation = Validation::None;
    // The checksum of a sparse file is checked in one more transfer, with an order without segments.
    bool judged = !d.job.on_demand || !after.spec.checksum || segments.empty();
    after.transferred = judged && is_whole(d.job, after);
    reset_failures(d.job);
    reset_failures(after);
    if (fetched.reply) d.job.reply_total = d.job.reply_transferred = *fetched.reply;
    if (after.transferred) arrive(d, index, after);
    const auto& file = d.files.insert_or_assign(index, std::move(after)).first->second;
    if (d.job.files_transferred == d.job.files_total)
        finish_if_over(d, files, now);
    else if (d.job.on_demand)
        settle_ranges(d, lacks_anything(files, index, file), now);
}

} // namespace

std::optional<Decision> granted(const Job& job, Now now) {
    if (!next(job.state, Event::Granted)) return std::nullopt;
    Decision d = untouched(job, now);
    apply(d.job, Event::Granted, now);
    return d;
}

std::optional<Decision> interrupted(const Job& job, Now now) {
    if (!is_running(job.state)) return std::nullopt;
    Decision d = untouched(job, now);
    cut_off(d, now);
    return d;
}

std::optional<Decision> progressed(const Job& job, uint32_t index, const File& file, bool advanced, Now now) {
    bool job_stalls = job.failures > 0 || job.clocks.stalled_since;
    bool file_stalls = file.clocks.stalled_since || (advanced && (file.failures > 0 || file.renewal_asked));
    if (!job_stalls && !file_stalls) return std::nullopt;
    Decision d = untouched(job, now);
    reset_failures(d.job);
    if (!file_stalls) return d;
    File after = file;
    note_progress(after, advanced);
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> begun(const Job& job, uint32_t index, const File& file, const Begun& begun,
                              const Limits& limits, Now now) {
    if (!is_running(job.state) || file.transferred || !is_credible(begun.report)) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    after.validators = begun.report.validators;
    after.total = credible_total(file, begun.report);
    after.response_headers = begun.headers;
    rename_source(after, begun.remote);
    if (after.spec.remote != file.spec.remote && file.named_remote.empty())
        after.named_remote = file.spec.remote;
    after.error.reset();
    clear_retry(after);
    if (!begun.origin.empty() && !asks_peer(file))
        after.clocks.server = server_of(begun.origin, job.http.proxy);
    if (begun.folder.number != 0) after.folder = begun.folder;
    after.clocks.other_folder = false;
    if (!begun.upload_url.empty()) after.upload_url = begun.upload_url;
    if (begun.stamp) after.stamp = begun.stamp;
    if (begun.restarted)
        restart_from_zero(after);
    else if (is_upload(job.type))
        after.offset = begun.report.offset;
    else if (!job.on_demand)
        keep_at_most(after, begun.report.offset);
    take_server_name(after, begun.name);
    d.job.reply_total = UnknownSize;
    d.job.reply_transferred = 0;
    if (auto fault = fault_of(job, index, after, limits)) {
        count_error(d.job);
        if (is_cause_of_job(fault->cause))
            fail_for_good(d, std::move(*fault), now);
        else
            fail_file(d, index, after, std::move(*fault), now);
    } else {
        apply(d.job, Event::Connected, now);
        d.job.error.reset();
    }
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> checkpointed(const Job& job, uint32_t index, const File& file, const Report& report,
                                     const std::vector<Segment>& segments, Now now) {
    if (is_final(job.state) || file.transferred || !is_credible(report)) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    take_report(after, job, report, segments);
    if (after.offset > file.offset) {
        reset_failures(d.job);
        note_progress(after, report.advanced);
    }
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> not_modified(const Job& job, uint32_t index, const std::vector<File>& files,
                                     Now now) {
    const File& file = files[index];
    if (!is_changeable(job.state) || file.transferred || !is_conditional(file.spec)) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    after.not_modified = after.transferred = after.completed = true;
    after.total = after.offset = 0;
    after.pieces.clear();
    after.inode = {};
    reset_failures(d.job);
    reset_failures(after);
    arrive(d, index, after);
    d.files.emplace(index, std::move(after));
    finish_if_over(d, files, now);
    return d;
}

std::optional<Decision> fetched(const Job& job, uint32_t index, const std::vector<File>& files,
                                const Fetched& fetched, const std::vector<Segment>& segments,
                                const Limits& limits, Now now) {
    std::optional<Decision> d;
    if (fetched.begun) d = begun(job, index, files[index], *fetched.begun, limits, now);
    if (!may_be_fetched(d ? d->job : job, d ? d->files.at(index) : files[index], fetched)) return d;
    File after = d ? std::move(d->files.at(index)) : files[index];
    if (!d) d = touched(job, now);
    take_fetched(*d, index, std::move(after), files, fetched, segments, now);
    return d;
}

std::optional<Decision> settled(const Job& job, const std::vector<File>& files, Now now) {
    if (!job.on_demand || !is_running(job.state) || job.files_transferred == job.files_total)
        return std::nullopt;
    if (std::any_of(files.begin(), files.end(), lacks_ranges)) return std::nullopt;
    Decision d = untouched(job, now);
    settle_ranges(d, false, now);
    return d;
}

std::optional<Decision> replied(const Job& job, uint64_t total, uint64_t transferred) {
    if (!is_running(job.state)) return std::nullopt;
    if (job.reply_total == total && job.reply_transferred == transferred) return std::nullopt;
    Decision d;
    d.job = job;
    d.job.reply_total = total;
    d.job.reply_transferred = transferred;
    return d;
}

} // namespace haulier::job
