// SPDX-License-Identifier: LGPL-2.1-or-later
// Looks at the paths of jobs on threads. A path on a file server that is gone, or on a FUSE file system whose
// program hangs, may block for ever, and on the event loop it would stop everything that the agent shows.
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
    Usec moment{250'000};      ///< what the loop may wait
    Usec patience{15'000'000}; ///< what a person may wait who has pressed a button
};

class Inspector {
public:
    explicit Inspector(Loop& loop, Inspect inspect = desktop::inspect, InspectionLimits limits = {});
    ~Inspector();
    Inspector(const Inspector&) = delete;
    Inspector& operator=(const Inspector&) = delete;

    /// Waits for a moment. A path that does not respond until then is as good as gone, and so are others in
    /// its directory as long as the thread hangs.
    TargetKind look(const std::string& path);
    /// Waits longer, but not on the loop.
    void look(const std::string& path, std::function<void(TargetKind)> found);

private:
    struct Question;
    struct Asker {
        std::shared_ptr<Question> question;
        std::function<void(TargetKind)> found;
        Source timer;
    };
    using Askers = std::list<Asker>;
    /// Nothing if it would only hang.
    std::shared_ptr<Question> begin(const std::string& path);
    void on_answers();
    void end(Askers::iterator asker, TargetKind kind);

    Loop& loop_;
    Inspect inspect_;
    InspectionLimits limits_;
    std::shared_ptr<Fd> wakeup_; ///< eventfd; also of the threads, which may outlive this object
    Source answers_;
    Askers askers_;
    std::map<std::string, std::shared_ptr<Question>> open_; ///< by directory
};

} // namespace haulier::desktop
