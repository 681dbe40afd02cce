// SPDX-License-Identifier: LGPL-2.1-or-later
// Which files of a job may be started now: those that are due, whose server may be asked, and for which there
// is room.
#pragma once

#include "daemon/manager/host_tracker.hpp"
#include "daemon/manager/manager_context.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace haulier::daemon {

/// Which files of a job could be started.
struct Prospect {
    bool is_full = false;         ///< a file waits until other requests to its server have ended
    std::optional<BootTime> next; ///< when the first file that waits for a date may be started
    void note(std::optional<BootTime> when) {
        if (when && (!next || *when < *next)) next = when;
    }
};

class FileChooser {
public:
    FileChooser(const ManagerContext& context, const HostTracker& hosts) : context_(context), hosts_(hosts) {}

    /// Calls `launch` for each file of a running job that may be started now.
    Prospect choose(const JobRecord& record, const std::function<void(uint32_t)>& launch) const;
    /// Whether a file could be started. If not, the prospect says why.
    [[nodiscard]] bool has_any(const JobRecord& record, Prospect& prospect) const;

private:
    /// Whether file `index` may be started now.
    bool consider(const JobRecord& record, uint32_t index, Prospect& prospect, Now now) const;

    const ManagerContext& context_;
    const HostTracker& hosts_;
};

} // namespace haulier::daemon
