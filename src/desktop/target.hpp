// SPDX-License-Identifier: LGPL-2.1-or-later
// What may be done with the file or directory of a job.
#pragma once

#include <functional>
#include <string>

namespace haulier::desktop {

enum class TargetKind {
    Gone, ///< there is no such file, or its path is not absolute
    Folder,
    File,
    Program, ///< must not be opened: it runs, makes something else run, or cannot be looked at
};

TargetKind inspect(const std::string& path);
/// For tests without a file system.
using Inspect = std::function<TargetKind(const std::string&)>;

/// "/a/b" of "/a/b/c".
std::string folder_of(const std::string& path);
/// "file:///a%20b" of "/a b".
std::string file_url(const std::string& path);

} // namespace haulier::desktop
