// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the description of a new job from the options of a command.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

#include <string>

namespace haulier::cli {

/// Microseconds since the epoch.
uint64_t now_usec();
/// `path`, relative to the current directory, as an absolute path.
Result<std::string, Failure> absolute_path(const std::string& path);
/// Refuses targets that a finished file cannot replace: a job outlives the pipes and the terminal of this
/// command, and a device would be replaced by a file.
Result<Done, Failure> check_target(const std::string& file);
/// Refuses everything but http and https.
Result<Done, Failure> check_url(const std::string& url);
/// If `file` is empty or an existing directory, the file is named after the URL.
Result<NewFile, Failure> new_file(const std::string& url, const std::string& file);
Result<NewFile, Failure> new_file(const std::string& url, const std::string& file,
                                  const FileOptions& options);
/// What --no-clobber and -J say about any file.
void choose_names(NewFile& file, const FileOptions& options);
/// The default name is that of the first file. The proxy is that of the environment, unless the options say
/// something else.
Result<NewJob, Failure> new_job(const JobOptions& options, std::vector<NewFile> files);
/// As new_job, for downloads. A file that fails does not stop the others, and the files get the permissions
/// that the user's own programs would give them, unless the options say otherwise.
Result<NewJob, Failure> new_download(const JobOptions& options, std::vector<NewFile> files);

} // namespace haulier::cli
