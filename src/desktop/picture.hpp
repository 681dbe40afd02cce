// SPDX-License-Identifier: LGPL-2.1-or-later
// What people are to see: a view of each job, or of all jobs of an app, while it moves, and notices.
#pragma once

#include "base/clock.hpp"
#include "desktop/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::desktop {

/// All texts in it are free of control characters and directional marks, and short enough to be shown.
struct View {
    std::string id;
    std::string app;  ///< AppId
    std::string icon; ///< of the job; empty = that of the app
    std::string title;
    std::string info;   ///< why it does not move; empty if it does
    std::string folder; ///< where the files will be; empty if it is not to be opened
    bool suspended = false;
    uint64_t done = 0;
    std::optional<uint64_t> total;
    uint64_t rate = 0;
    uint64_t files = 0;
    uint64_t files_done = 0;
    std::vector<JobKey> jobs;
    bool operator==(const View&) const = default;

    /// Of a hundred.
    [[nodiscard]] std::optional<uint32_t> percent() const;
};

enum class Ending {
    Finished,
    Failed,
    Quiet, ///< not to be mentioned: cancelled, paused for long, or not shown any more
};

struct EndedView {
    std::string id;
    Ending ending = Ending::Quiet;
    std::string sentence; ///< why it failed
};

enum class NoticeKind { Finished, Failed, Waiting };
enum class NoticeAction { Open, ShowInFolder, TryAgain, UseNetwork };

struct Notice {
    NoticeKind kind = NoticeKind::Finished;
    std::string view;      ///< that has ended with it; empty if there is none
    bool had_view = false; ///< that view was shown
    std::string app;
    std::string icon;
    std::string summary;
    std::string body;
    std::vector<NoticeAction> actions;
    std::string target; ///< absolute path for Open and ShowInFolder
    std::vector<JobKey> jobs;
};

/// What has changed.
struct Update {
    std::vector<View> views; ///< all that are to be shown now
    std::vector<EndedView> ended;
    std::vector<Notice> notices;
    std::optional<BootTime> next; ///< when something changes by itself
};

} // namespace haulier::desktop
