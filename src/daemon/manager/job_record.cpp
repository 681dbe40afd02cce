// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_record.hpp"

#include "job/conditions.hpp"
#include "job/mirrors.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

bool is_far(const job::File& file) {
    auto far = [](const std::string& url) { return !job::is_loopback(url); };
    const auto& spec = file.spec;
    return far(spec.remote) || std::any_of(spec.mirrors.begin(), spec.mirrors.end(), far);
}

bool has_same_sources(const job::FileSpec& a, const job::FileSpec& b) {
    return a.remote == b.remote && a.mirrors == b.mirrors;
}

} // namespace

void note_sources(JobRecord& entry) {
    entry.needs_network = std::any_of(entry.files.begin(), entry.files.end(), is_far);
}

Arrivals adopt_files(JobRecord& entry, const std::map<uint32_t, job::File>& files) {
    Arrivals news;
    bool moved = false;
    for (const auto& [index, file] : files) {
        if (index >= entry.files.size()) entry.files.resize(index + 1);
        auto& before = entry.files[index];
        moved = moved || !has_same_sources(before.spec, file.spec);
        if (file.transferred && !before.transferred) news.files.push_back(index);
        if (auto filled = job::missing(file.filled, before.filled); !filled.empty())
            news.ranges[index] = std::move(filled);
        before = file;
        entry.cursor = std::min<size_t>(entry.cursor, index);
    }
    if (moved) note_sources(entry);
    return news;
}

uint64_t memory_size(const JobRecord& entry, const std::map<uint32_t, job::File>& files) {
    auto text = job::memory_size(entry.job);
    for (const auto& [index, file] : files)
        if (index < entry.files.size()) text += job::memory_size(entry.files[index]);
    return text;
}

uint64_t transferred_of(const JobRecord& entry, uint32_t index) {
    const auto& file = entry.files[index];
    auto transfer = entry.transfers.find(index);
    if (transfer == entry.transfers.end()) return file.offset;
    return std::max(file.offset, transfer->second.before + transfer->second.moved);
}

Tally tally_of(const JobRecord& entry) {
    Tally tally;
    for (uint32_t i = 0; i < entry.files.size(); ++i) {
        uint64_t size = job::size_of(entry.files[i]);
        bool unknown = size == job::UnknownSize || tally.total == job::UnknownSize;
        tally.total = unknown ? job::UnknownSize : tally.total + size;
        tally.transferred += transferred_of(entry, i);
    }
    return tally;
}

} // namespace haulier::daemon
