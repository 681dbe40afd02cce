// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/progress_news.hpp"

#include "job/segments.hpp"

#include <algorithm>
#include <utility>

namespace haulier::notify {

void ProgressNews::modified(BootTime now, Usec interval) {
    if (!modification_due_) modification_due_ = std::max(now, modification_sent_ + interval);
}

void ProgressNews::ranges_filled(uint32_t file, const std::vector<job::Range>& ranges, BootTime now,
                                 Usec interval) {
    if (ranges.empty()) return;
    if (files_.empty()) ranges_due_ = std::max(now, ranges_sent_ + interval);
    ranges_interval_ = interval;
    auto& known = files_[file];
    known.insert(known.end(), ranges.begin(), ranges.end());
    known = job::merged(std::move(known));
}

void ProgressNews::clear() {
    modification_due_.reset();
    files_.clear();
}

bool ProgressNews::ranges_come_first() const {
    return !files_.empty() && (!modification_due_ || ranges_due_ < *modification_due_);
}

std::optional<BootTime> ProgressNews::due() const {
    return ranges_come_first() ? ranges_due_ : modification_due_;
}

ProgressNews::Files::iterator ProgressNews::next_file() {
    auto next = files_.upper_bound(last_file_);
    return next == files_.end() ? files_.begin() : next;
}

Content ProgressNews::take(BootTime now) {
    if (!ranges_come_first()) {
        modification_due_.reset();
        modification_sent_ = now;
        return JobModified{};
    }
    auto next = next_file();
    FileRangesTransferred content{next->first, std::move(next->second)};
    files_.erase(next);
    last_file_ = content.file;
    ranges_sent_ = now;
    ranges_due_ = now + ranges_interval_;
    return content;
}

} // namespace haulier::notify
