// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/entry.hpp"

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

void note_sources(Entry& entry) {
    entry.needs_network = std::any_of(entry.files.begin(), entry.files.end(), is_far);
}

Arrivals adopt_files(Entry& entry, const std::map<uint32_t, job::File>& files) {
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

uint64_t text_of(const Entry& entry, const std::map<uint32_t, job::File>& files) {
    auto text = job::text_of(entry.job);
    for (const auto& [index, file] : files)
        if (index < entry.files.size()) text += job::text_of(entry.files[index]);
    return text;
}

uint64_t transferred_of(const Entry& entry, uint32_t index) {
    const auto& file = entry.files[index];
    auto flight = entry.flights.find(index);
    if (flight == entry.flights.end()) return file.offset;
    return std::max(file.offset, flight->second.before + flight->second.moved);
}

Tally tally_of(const Entry& entry) {
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
