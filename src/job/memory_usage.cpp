// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/memory_usage.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <limits>

namespace haulier::job {

namespace {

/// What has a fixed size counts with the job.
template <class T>
uint64_t text_in(const T& /*value*/) {
    return 0;
}

uint64_t text_in(const std::string& text) {
    return text.size();
}

uint64_t text_in(const NotifyService& service) {
    return service.name.size() + service.path.size();
}

uint64_t text_in(const std::vector<std::string>& texts) {
    uint64_t all = 0;
    for (const auto& text : texts)
        all += sizeof(text) + text.size();
    return all;
}

uint64_t text_in(const std::vector<Credentials>& credentials) {
    uint64_t all = 0;
    for (const auto& c : credentials)
        all += sizeof(c) + c.user.size() + c.password.size() + c.only_for.size();
    return all;
}

uint64_t text_in(const std::vector<Range>& ranges) {
    return ranges.size() * sizeof(Range);
}

uint64_t text_in(const std::optional<Grants>& grants) {
    uint64_t all = 0;
    for (const auto& grant : grants.value_or(Grants{}))
        all += sizeof(grant) + grant.path.size() + grant.host.size();
    return all;
}

Status check_text(std::string_view whose, uint64_t have, uint64_t more, uint64_t limit) {
    if (more <= limit - std::min(have, limit)) return Done{};
    return Error{Errc::TooLarge,
                 fmt::format("{} hold {} bytes of names, URLs, headers and their like, and {} more are over "
                             "the limit of {}; complete or cancel some",
                             whose, have, more, limit)};
}

} // namespace

uint64_t memory_size(const Job& job) {
    uint64_t all = JobOverhead + job.key.size() + job.app_id.size() + text_in(job.grants) +
                   (job.error ? job.error->message.size() : 0);
    for_each_setting([&](const auto& row) { all += text_in(row.in(job)); });
    return all;
}

uint64_t memory_size(const FileSpec& spec) {
    return FileOverhead + spec.remote.size() + spec.local.size() + text_in(spec.mirrors.get()) +
           text_in(spec.peers.get()) + text_in(spec.ranges.get()) + spec.if_none_match.size() +
           (spec.checksum ? spec.checksum->hex.size() : 0);
}

uint64_t memory_size(const File& file) {
    return memory_size(file.spec) + text_in(file.wanted.get()) + text_in(file.filled.get()) +
           text_in(file.pieces.get()) + file.validators.etag.size() + file.validators.last_modified.size() +
           file.validators.content_type.size() + file.named_remote.size() + file.secrets_for.size() +
           file.response_headers.size() + file.upload_url.size() +
           (file.error ? file.error->message.size() : 0) + file.source_statuses.size() * sizeof(SourceStatus);
}

Status check_usage(const Usage& own, const Usage& all, const Usage& more, const Limits& limits) {
    if (more.jobs > 0 && all.jobs >= limits.jobs)
        return Error{Errc::TooManyJobs,
                     fmt::format("there are {} jobs, the limit is {}", all.jobs, limits.jobs)};
    if (more.jobs > 0 && own.jobs >= limits.jobs_per_user)
        return Error{Errc::TooManyJobs,
                     fmt::format("you have {} jobs, the limit is {}; complete or cancel some", own.jobs,
                                 limits.jobs_per_user)};
    if (more.text == 0) return Done{};
    if (auto ok = check_text("your jobs", own.text, more.text, limits.text_per_user); !ok) return ok;
    return check_text("all jobs together", all.text, more.text, limits.text);
}

Status check_files(uint32_t have, size_t more, const Limits& limits) {
    if (more <= limits.files_per_job - std::min(have, limits.files_per_job)) return Done{};
    return Error{Errc::TooManyFiles,
                 fmt::format("{} files and {} more are over the limit of {} files in a job", have, more,
                             limits.files_per_job)};
}

Limits unlimited(Limits limits) {
    limits.jobs = limits.jobs_per_user = limits.files_per_job = std::numeric_limits<uint32_t>::max();
    limits.text = limits.text_per_user = std::numeric_limits<uint64_t>::max();
    return limits;
}

} // namespace haulier::job
