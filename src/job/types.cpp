// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/types.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

namespace haulier::job {

std::optional<Id> parse_id(std::string_view text) {
    auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (text.size() != 32 || !std::all_of(text.begin(), text.end(), is_hex)) return std::nullopt;
    return Id{std::string{text}};
}

bool has_same_settings(const Job& a, const Job& b) {
    const Settings& settings = a;
    return settings == b && a.owner == b.owner && a.key == b.key;
}

bool is_conditional(const FileSpec& spec) {
    return spec.if_modified_since != WallTime{} || !spec.if_none_match.empty();
}

bool has_arrived(const Job& job, const File& file) {
    return file.transferred && (file.completed || job.publish_files == PublishFiles::Together);
}

std::string directory_of(const std::string& local) {
    auto slash = local.rfind('/');
    return slash == 0 ? "/" : local.substr(0, slash);
}

std::string name_of(const std::string& local) {
    return local.substr(local.rfind('/') + 1);
}

std::string target_of(std::span<const File> files) {
    const File* first = nullptr;
    std::string_view common;
    for (const auto& file : files) {
        if (file.removed) continue;
        if (!first) {
            first = &file;
            common = file.spec.local;
            continue;
        }
        if (common.size() == first->spec.local.size()) common = common.substr(0, common.rfind('/') + 1);
        while (!file.spec.local.starts_with(common))
            common = common.substr(0, common.rfind('/', common.size() - 2) + 1);
    }
    if (!first || common.size() == first->spec.local.size()) return std::string{common};
    return std::string{common.substr(0, common.size() - 1)};
}

std::string temporary_name(const Id& id, uint32_t index, uint64_t part) {
    if (part != 0) return fmt::format(".haulier-{}-{}.{:016x}.part", id.hex, index, part);
    return fmt::format(".haulier-{}-{}.part", id.hex, index);
}

WallTime start_date(const Job& job) {
    if (job.not_before == WallTime{} || job.jitter.count() == 0) return job.not_before;
    uint32_t drawn = 0;
    std::from_chars(job.id.hex.data(), job.id.hex.data() + std::min<size_t>(job.id.hex.size(), 8), drawn, 16);
    double part = drawn / 4294967296.0;
    return job.not_before + std::chrono::duration_cast<Usec>(job.jitter * part);
}

bool completes_itself(const Job& job) {
    return job.auto_complete && job.files_transferred == job.files_total;
}

std::string temporary_directory(const Job& job, const std::string& local) {
    return job.temporary_directory.empty() ? directory_of(local) : job.temporary_directory;
}

std::string temporary_path(const Job& job, const File& file, uint32_t index) {
    if (is_upload(job.type)) return {};
    auto directory = temporary_directory(job, file.spec.local);
    return (directory == "/" ? "/" : directory + "/") + temporary_name(job.id, index, file.part);
}

std::string reply_file(const Job& job, const std::string& local) {
    return job.reply_file_name.empty() ? local + ".reply" : job.reply_file_name;
}

std::string reply_file(const Job& job, std::span<const File> files) {
    return files.empty() ? job.reply_file_name : reply_file(job, files.front().spec.local);
}

std::string reply_temporary(const Job& job, std::span<const File> files) {
    return temporary_name(job.id, ReplyIndex, files.empty() ? 0 : files.front().part);
}

} // namespace haulier::job
