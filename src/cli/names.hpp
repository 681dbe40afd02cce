// SPDX-License-Identifier: LGPL-2.1-or-later
// What things are called: files after their URL, jobs after a part of their id, commands after what was
// meant.
#pragma once

#include "cli/failure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

/// The last segment of the URL's path, decoded and made safe to be a file name: no slash, control character
/// or foreign encoding, not hidden, at most 255 bytes. Nothing when the path ends with a slash.
std::optional<std::string> file_name_of(std::string_view url);

/// `url` as the daemon stores it: without what stands before an '@' in front of the host.
std::string without_user(const std::string& url);

/// `path` as seen from `directory`, absolute.
std::string absolute(const std::string& path, const std::string& directory);

/// What `text` after --notify-service means: NAME or NAME:PATH, where NAME may begin with "session:", which
/// says on which bus it is. Without a path it is made from the name in the way GApplication does it:
/// org.example.App has /org/example/App.
struct Service {
    std::string name;
    std::string path;
    bool operator==(const Service&) const = default;
};
Service service_of(const std::string& text, const std::string& path);
/// As the D-Bus specification has it: "/", or elements of [A-Za-z0-9_] each after a slash.
bool is_object_path(const std::string& text);

/// As much of an id as people are shown.
std::string short_id(const std::string& id);

/// The id that `text` is, if it is a whole one and needs no search.
std::optional<std::string> whole_id(const std::string& text);

/// What is needed to find a job, and to tell it from others.
struct Candidate {
    std::string id;
    std::string key;
    std::string name;
    std::string state;
    std::string owner;
};
/// Finds the one job whose key is `text` or whose id begins with it (four characters or more), or else the
/// one whose name it is, and answers its id.
Outcome<std::string> pick(const std::vector<Candidate>& jobs, const std::string& text);

/// The word that was probably meant, if any is near enough.
std::optional<std::string> nearest(const std::string& typed, const std::vector<std::string>& words);

} // namespace haulier::cli
