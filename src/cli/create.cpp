// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/create.hpp"

#include "cli/i18n.hpp"
#include "cli/input.hpp"
#include "cli/login.hpp"
#include "cli/names.hpp"
#include "cli/proxy_environment.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <sys/stat.h>
#include <utility>

namespace haulier::cli {

namespace {

namespace fs = std::filesystem;

bool names_directory(const std::string& file) {
    std::error_code unknown;
    return file.empty() || file.ends_with('/') || fs::is_directory(file, unknown);
}

/// DisplayName is an argument of CreateJob, not an option.
std::string take_name(Values& properties) {
    auto name = properties.extract("DisplayName");
    return name.empty() ? "" : std::get<std::string>(name.mapped());
}

void set_proxy(NewJob& job, const EnvironmentProxy& proxy) {
    job.properties["ProxyMode"] = std::string{"override"};
    job.properties["ProxyList"] = proxy.list;
    job.properties["ProxyBypass"] = proxy.bypass;
    if (proxy.credentials) job.credentials.push_back(*proxy.credentials);
}

/// The daemon has an environment of its own, but users expect that the proxy of theirs is used.
Result<Done, Failure> take_proxy(NewJob& job, const std::string& option) {
    if (!option.empty()) {
        auto proxy = proxy_of_option(option);
        if (!proxy) return proxy.error();
        set_proxy(job, *proxy);
        return Done{};
    }
    for (const char* name : {"ProxyMode", "ProxyList", "ProxyBypass"})
        if (job.properties.count(name) != 0) return Done{};
    std::vector<std::string> urls;
    for (const auto& file : job.files) {
        urls.push_back(file.remote);
        urls.insert(urls.end(), file.mirrors.begin(), file.mirrors.end());
    }
    auto proxy = proxy_of_environment(urls, [](const char* name) { return std::getenv(name); });
    if (!proxy) return proxy.error();
    if (*proxy) set_proxy(job, **proxy);
    return Done{};
}

Result<Done, Failure> take_authority(NewJob& job, const std::string& file) {
    if (file.empty()) return Done{};
    if (auto readable = check_readable(file); !readable) return readable;
    auto path = absolute_path(file);
    if (!path) return path.error();
    job.properties["CertificateAuthority"] = *path;
    return Done{};
}

std::string last_segment(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

/// Without a name in the URL, that of the server or this one is used.
constexpr const char* NamelessFile = "download";

Result<NewFile, Failure> file_to_be_named(const std::string& url, const std::string& place) {
    if (!names_directory(place))
        return usage_error(translate(
            "'{}' is a name already; with -J the server names the file, so name a directory", place));
    auto directory = place.empty() || place.ends_with('/') ? place : place + '/';
    return new_file(url, file_name_of(url) ? place : directory + NamelessFile);
}

/// The umask can only be read by setting it.
uint32_t own_umask() {
    auto mask = umask(0);
    umask(mask);
    return mask;
}

/// "example.org/x" is probably a URL without its scheme; "film.iso" and "dir/film.iso" are files.
bool looks_like_host(const std::string& word) {
    auto host = word.substr(0, word.find('/'));
    std::error_code unknown;
    return host.size() < word.size() && host.find('.') != std::string::npos && !host.starts_with('.') &&
           !fs::exists(word, unknown);
}

} // namespace

Result<Done, Failure> check_target(const std::string& file) {
    if (file == "-" || file == "/dev/stdout" || file.starts_with("/dev/fd/"))
        return Failure{Exit::Usage,
                       _("a job outlives this command and cannot write to its standard output; to name a "
                         "file '-', write './-'")};
    std::error_code unknown;
    auto kind = fs::status(file, unknown).type();
    if (kind == fs::file_type::not_found || kind == fs::file_type::none || kind == fs::file_type::regular ||
        kind == fs::file_type::directory)
        return Done{};
    return Failure{Exit::Usage, translate("'{}' is not a regular file and would be replaced by one", file)};
}

Result<Done, Failure> check_url(const std::string& url) {
    if (is_http_url(url)) return Done{};
    auto scheme = url.find("://");
    if (scheme != std::string::npos)
        return usage_error(
            translate("'{}' is not supported, only http and https are", url.substr(0, scheme + 3)));
    auto message = translate("'{}' is not a URL such as https://host/path", url);
    if (looks_like_host(url)) message += translate("; did you mean 'https://{}'?", url);
    return usage_error(message);
}

uint64_t now_usec() {
    using namespace std::chrono;
    auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch());
    return static_cast<uint64_t>(now.count());
}

Result<std::string, Failure> absolute_path(const std::string& path) {
    if (path.starts_with('/')) return path;
    std::error_code failed;
    auto here = fs::current_path(failed).string();
    if (failed)
        return Failure{Exit::Failed, translate("cannot find the current directory: {}", failed.message())};
    if (auto valid = check_utf8(here); !valid) return valid.error();
    return absolute(path, here);
}

Result<NewFile, Failure> new_file(const std::string& url, const std::string& file) {
    if (auto possible = check_target(file); !possible) return possible.error();
    if (auto valid = check_url(url); !valid) return valid.error();
    auto name = names_directory(file) ? file_name_of(url) : std::string{};
    if (!name)
        return usage_error(translate("'{}' does not end with a file name; add FILE", without_user(url)));
    auto local = absolute_path(name->empty() || file.empty() ? file + *name : absolute(*name, file));
    if (!local) return local.error();
    return NewFile{url, *local, {}, {}, {}};
}

Result<NewFile, Failure> new_file(const std::string& url, const std::string& file,
                                  const FileOptions& options) {
    auto ranges = parse_ranges(options.ranges);
    if (!ranges) return ranges.error();
    auto made = options.server_name ? file_to_be_named(url, file) : new_file(url, file);
    if (!made) return made;
    choose_names(*made, options);
    made->checksum = options.checksum;
    made->mirrors = options.mirrors;
    made->ranges = *ranges;
    return made;
}

void choose_names(NewFile& file, const FileOptions& options) {
    file.server_name = options.server_name;
    if (options.no_clobber)
        file.existing = "keep";
    else if (options.server_name)
        file.existing = "rename";
}

Result<NewJob, Failure> new_job(const JobOptions& options, std::vector<NewFile> files) {
    NewJob job;
    job.files = std::move(files);
    job.key = options.key;
    job.headers = options.headers;
    auto properties = parse_assignments(options.properties, now_usec());
    if (!properties) return properties.error();
    job.properties = *properties;
    if (!options.limit_rate.empty()) {
        auto limit = parse_assignment("BandwidthLimit=" + options.limit_rate, 0);
        if (!limit) return usage_error("--limit-rate: " + limit.error().message);
        job.properties.insert_or_assign(limit->first, limit->second);
    }
    if (options.connections) job.properties.insert_or_assign("Connections", *options.connections);
    if (auto taken = take_proxy(job, options.proxy); !taken) return taken.error();
    if (auto taken = take_authority(job, options.authority); !taken) return taken.error();
    if (auto taken = take_login(job, options); !taken) return taken.error();
    job.name = take_name(job.properties);
    if (!options.name.empty()) job.name = options.name;
    if (job.name.empty()) job.name = last_segment(job.files.front().local);
    // These options have precedence over --set.
    if (!options.description.empty()) job.properties["Description"] = options.description;
    if (!options.priority.empty()) {
        auto priority = parse_assignment("Priority=" + options.priority, 0);
        if (!priority) return priority.error();
        job.properties.insert_or_assign(priority->first, priority->second);
    }
    if (!options.notify_flags.empty()) job.properties["NotifyFlags"] = options.notify_flags;
    if (options.notify_service.empty()) {
        if (!options.notify_path.empty())
            return Failure{Exit::Usage, _("--notify-path requires --notify-service")};
        return job;
    }
    job.notify_service = service_of(options.notify_service, options.notify_path);
    if (!is_object_path(job.notify_service->path))
        return Failure{Exit::Usage, translate("'{}' is not an object path such as /org/example/App",
                                              job.notify_service->path)};
    return job;
}

Result<NewJob, Failure> new_download(const JobOptions& options, std::vector<NewFile> files) {
    auto job = new_job(options, std::move(files));
    if (!job) return job;
    if (job->files.size() > 1) job->properties.try_emplace("OnFileError", std::string{"continue"});
    job->properties.try_emplace("Umask", own_umask());
    return job;
}

} // namespace haulier::cli
