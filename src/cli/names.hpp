// SPDX-License-Identifier: LGPL-2.1-or-later
// Names: of files, as they are stored; of jobs, found by parts of their ids; of users and services.
#pragma once

#include "base/file_name.hpp"
#include "cli/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

/// In lower case, IPv6 addresses in brackets.
std::string host_of(const std::string& url);
/// Whether `text` begins with http:// or https://.
bool is_http_url(std::string_view text);

/// A name from a list of files, made safe; directories and leading dots are removed. Nothing if no more is
/// left.
std::optional<std::string> listed_file_name(std::string_view name);

/// `url` as the daemon stores it: without user name and password.
std::string without_user(const std::string& url);

/// Names go over D-Bus, which carries only UTF-8.
Result<Done, Failure> check_utf8(const std::string& text);

/// `path`, which is relative to `directory`, as an absolute path.
std::string absolute(const std::string& path, const std::string& directory);

/// The argument of --notify-service: NAME or NAME:PATH, where NAME may begin with "session:" for the session
/// bus. The default path is derived from the name as GApplication does it: org.example.App has
/// /org/example/App.
struct Service {
    std::string name;
    std::string path;
    bool operator==(const Service&) const = default;
};
Service service_of(const std::string& text, const std::string& path);
/// As the D-Bus specification defines it: "/", or elements of [A-Za-z0-9_], each after a slash.
bool is_object_path(const std::string& text);

/// The part of an id that is shown.
std::string short_id(const std::string& id);

/// The id in lower case if `text` is a full id.
std::optional<std::string> full_id(const std::string& text);

/// What identifies a job for a user.
struct Candidate {
    std::string id;
    std::string key;
    std::string name;
    std::string state;
    std::string owner;
};
/// The jobs whose key is `text` or whose id begins with it (at least four characters); if there is none, the
/// jobs with that name.
std::vector<Candidate> matching(const std::vector<Candidate>& jobs, const std::string& text);
/// The id of the matching job, which must be the only one.
Result<std::string, Failure> pick(const std::vector<Candidate>& jobs, const std::string& text);

/// The word that was probably meant, ignoring case; nothing if none is similar enough.
std::optional<std::string> nearest(const std::string& typed, const std::vector<std::string>& words);

/// The name of the user, or the number if there is none.
std::string user_name(uint32_t uid);

} // namespace haulier::cli
