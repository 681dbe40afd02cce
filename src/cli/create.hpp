// SPDX-License-Identifier: LGPL-2.1-or-later
// From the words of a command line to a job to be made.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

#include <string>

namespace haulier::cli {

/// The date, in microseconds since the epoch.
uint64_t now_usec();
/// `path`, absolute.
Outcome<std::string> from_here(const std::string& path);
/// `url` to `file`: an existing directory, or nothing, means that the URL names the file.
Outcome<NewFile> new_file(const std::string& url, const std::string& file);
Outcome<NewFile> new_file(const std::string& url, const std::string& file, const FileOptions& about);
/// Without a name in `options` the first file gives it.
Outcome<NewJob> new_job(const JobOptions& options, std::vector<NewFile> files);

} // namespace haulier::cli
