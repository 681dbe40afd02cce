// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/create.hpp"

#include <chrono>
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

/// A job outlives this command with its pipes and its terminal, and the finished file takes the place of what
/// is there, also that of a device.
Outcome<Done> check_target(const std::string& file) {
    if (file == "-" || file == "/dev/stdout" || file.starts_with("/dev/fd/"))
        return Failure{Exit::Usage,
                       "a job outlives standard output and cannot write there; name a file, as './-'"};
    std::error_code unknown;
    auto kind = fs::status(file, unknown).type();
    if (kind == fs::file_type::not_found || kind == fs::file_type::none || kind == fs::file_type::regular ||
        kind == fs::file_type::directory)
        return Done{};
    return Failure{Exit::Usage,
                   fmt::format("'{}' is no ordinary file, and a file would take its place", file)};
}

/// DisplayName is an argument of CreateJob, not an option.
std::string take_name(Values& properties) {
    auto name = properties.extract("DisplayName");
    return name.empty() ? "" : std::get<std::string>(name.mapped());
}

std::string last_segment(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

uint64_t now_usec() {
    using namespace std::chrono;
    auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch());
    return static_cast<uint64_t>(now.count());
}

Outcome<std::string> from_here(const std::string& path) {
    std::error_code failed;
    auto here = fs::current_path(failed).string();
    if (failed)
        return Failure{Exit::Failed, fmt::format("the current directory is not there: {}", failed.message())};
    return absolute(path, here);
}

Outcome<NewFile> new_file(const std::string& url, const std::string& file) {
    if (auto possible = check_target(file); !possible) return possible.error();
    if (url.find("://") == std::string::npos)
        return Failure{Exit::Usage, fmt::format("'{}' is not a URL such as https://host/path", url)};
    auto name = names_directory(file) ? file_name_of(url) : std::string{};
    if (!name)
        return Failure{Exit::Usage,
                       fmt::format("'{}' does not end with a name for the file; say which FILE", url)};
    auto local = from_here(name->empty() || file.empty() ? file + *name : absolute(*name, file));
    if (!local) return local.error();
    return NewFile{url, *local, {}, {}, {}};
}

Outcome<NewFile> new_file(const std::string& url, const std::string& file, const FileOptions& about) {
    auto pieces = parse_pieces(about.pieces);
    if (!pieces) return pieces.error();
    auto made = new_file(url, file);
    if (!made) return made;
    made->checksum = about.checksum;
    made->mirrors = about.mirrors;
    made->pieces = *pieces;
    return made;
}

Outcome<NewJob> new_job(const JobOptions& options, std::vector<NewFile> files) {
    NewJob job;
    job.files = std::move(files);
    job.key = options.key;
    job.headers = options.headers;
    auto properties = parse_assignments(options.properties, now_usec());
    if (!properties) return properties.error();
    job.properties = *properties;
    job.name = take_name(job.properties);
    if (!options.name.empty()) job.name = options.name;
    if (job.name.empty()) job.name = last_segment(job.files.front().local);
    // The options of their own win.
    if (!options.description.empty()) job.properties["Description"] = options.description;
    if (!options.priority.empty()) job.properties["Priority"] = options.priority;
    if (!options.notify_flags.empty()) job.properties["NotifyFlags"] = options.notify_flags;
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
