// SPDX-License-Identifier: LGPL-2.1-or-later
// apt starts one method for each host and scheme, and several of them may use the same job. The last one that
// ends lets the jobs go on that any of them has suspended.
#pragma once

#include "base/fd.hpp"

#include <set>
#include <string>

namespace haulier::apt {

/// Notes of the methods that run now, in a file in the staging folder. Failures are std::system_error.
class Suspensions {
public:
    /// From now on, this method is one of them.
    explicit Suspensions(const std::string& folder);
    /// To be called before the job is suspended.
    void add(const std::string& job);
    /// This method is no longer one of them. If it was the last one, returns the jobs that have been
    /// suspended, and no other method begins before this object is destroyed.
    std::set<std::string> leave();

private:
    void lock_folder();
    std::set<std::string> read();

    Fd folder_; ///< locked while a method begins or ends
    Fd file_;   ///< has a shared lock of every method
};

} // namespace haulier::apt
