// SPDX-License-Identifier: LGPL-2.1-or-later
// Examines the paths of jobs on threads. A path on an unreachable file server, or on a FUSE file system whose
// program hangs, may block for ever. On the event loop, it would block everything that the agent shows.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"
#include "desktop/target.hpp"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace haulier::desktop {

struct InspectionLimits {
    Usec moment{250'000};      ///< how long the event loop may wait
    Usec patience{15'000'000}; ///< how long a user may wait who has pressed a button
};

class Inspector {
public:
    explicit Inspector(Loop& loop, Inspect inspect = desktop::inspect, InspectionLimits limits = {});
    ~Inspector();
    Inspector(const Inspector&) = delete;
    Inspector& operator=(const Inspector&) = delete;

    /// Waits for `moment`. A path that does not respond in that time is treated as missing, and so are other
    /// paths in its directory as long as the thread hangs.
    TargetKind look(const std::string& path);
    /// Waits for `patience`, but without blocking the event loop.
    void look(const std::string& path, std::function<void(TargetKind)> found);

private:
    struct Question;
    struct Asker {
        std::shared_ptr<Question> question;
        std::function<void(TargetKind)> found;
        Source timer;
    };
    using Askers = std::list<Asker>;
    /// Returns nothing if the thread would only hang.
    std::shared_ptr<Question> begin(const std::string& path);
    void on_answers();
    void end(Askers::iterator asker, TargetKind kind);

    Loop& loop_;
    Inspect inspect_;
    InspectionLimits limits_;
    std::shared_ptr<Fd> wakeup_; ///< eventfd, shared with the threads, which may outlive this object
    Source answers_;
    Askers askers_;
    std::map<std::string, std::shared_ptr<Question>> open_; ///< by directory
};

} // namespace haulier::desktop
