// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/create.hpp"

#include <filesystem>
#include <fmt/core.h>
#include <utility>

namespace haulier::cli {

namespace {

namespace fs = std::filesystem;

bool names_directory(const std::string& file) {
    std::error_code unknown;
    return file.empty() || file.ends_with('/') || fs::is_directory(file, unknown);
}

std::string last_segment(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

Outcome<NewFile> new_file(const std::string& url, const std::string& file) {
    std::error_code failed;
    auto here = fs::current_path(failed).string();
    if (failed)
        return Failure{Exit::Failed, fmt::format("the current directory is not there: {}", failed.message())};
    if (!names_directory(file)) return NewFile{url, absolute(file, here), {}};
    auto name = file_name_of(url);
    if (!name)
        return Failure{Exit::Usage,
                       fmt::format("'{}' does not end with a name for the file; say which FILE", url)};
    return NewFile{url, absolute(*name, file.empty() ? here : absolute(file, here)), {}};
}

Outcome<NewJob> new_job(const JobOptions& options, std::vector<NewFile> files) {
    NewJob job;
    job.name = options.name.empty() ? last_segment(files.front().local) : options.name;
    job.files = std::move(files);
    job.key = options.key;
    job.description = options.description;
    job.notify_flags = options.notify_flags;
    if (options.notify_service.empty()) {
        if (!options.notify_path.empty())
            return Failure{Exit::Usage, "--notify-path says nothing without --notify-service"};
        return job;
    }
    job.notify_service = service_of(options.notify_service, options.notify_path);
    if (!is_object_path(job.notify_service->path))
        return Failure{Exit::Usage, fmt::format("'{}' is not an object path such as /org/example/App",
                                                job.notify_service->path)};
    return job;
}

} // namespace haulier::cli
