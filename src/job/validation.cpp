// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/validation.hpp"

#include "base/text.hpp"
#include "job/notify_service.hpp"
#include "job/segments.hpp"
#include "job/url.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/core.h>

namespace haulier::job {

namespace {

struct Algorithm {
    Checksum::Kind kind;
    std::string_view word;
    size_t digits;
};

constexpr std::array Algorithms{
    Algorithm{Checksum::Kind::Sha256, "sha256", 64},
    Algorithm{Checksum::Kind::Sha512, "sha512", 128},
    Algorithm{Checksum::Kind::Sha1, "sha1", 40},
    Algorithm{Checksum::Kind::Md5, "md5", 32},
};

/// D-Bus specification, "Bus names": two or more elements of [A-Za-z0-9_-], none beginning with a digit.
bool is_well_known_name(const std::string& name) {
    if (name.size() > 255 || name.find('.') == std::string::npos) return false;
    char before = '.';
    for (char c : name) {
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
        if (c == '.' ? before == '.' : !(letter || (digit && before != '.'))) return false;
        before = c;
    }
    return before != '.';
}

/// The characters of RFC 9110 8.8.3, without those that are not text.
bool take_entity_tag(std::string_view& rest) {
    if (rest.starts_with("W/")) rest.remove_prefix(2);
    if (!rest.starts_with('"')) return false;
    auto end = rest.find('"', 1);
    auto inside = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    bool is_sound =
        std::all_of(inside.begin(), inside.end(), [](unsigned char c) { return c > ' ' && c != 0x7f; });
    if (end == std::string_view::npos || !is_sound) return false;
    rest.remove_prefix(end + 1);
    return true;
}

/// Skips the comma and the spaces around it.
bool take_comma(std::string_view& rest) {
    auto next = rest.find_first_not_of(" \t");
    if (next == std::string_view::npos || rest[next] != ',') return false;
    rest.remove_prefix(next + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    return true;
}

Status check_conditions(const FileSpec& spec) {
    // The last year that a date in a header can have.
    constexpr Usec end{int64_t{253'402'300'800} * 1'000'000};
    if (spec.if_modified_since.since_epoch >= end)
        return invalid_argument("IfModifiedSince is after the year 9999");
    if (is_conditional(spec) && !spec.ranges.empty())
        return invalid_argument("a file with Ranges cannot have IfModifiedSince or IfNoneMatch");
    return spec.if_none_match.empty() ? Status{Done{}} : check_entity_tags(spec.if_none_match);
}

} // namespace

Status check_key(const std::string& key) {
    return characters_at_most("the key", key, MaxKey);
}

Status check_app_id(const std::string& id) {
    if (auto ok = bytes_at_most("the AppId", id, MaxFileName); !ok) return ok;
    bool is_sound = !id.starts_with('.') && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '-' || c == '_';
    });
    if (is_sound) return Done{};
    return invalid_argument(
        fmt::format("AppId '{}' is not the name of a .desktop file, such as org.example.App", id));
}

Status check_remote(const std::string& remote) {
    if (auto ok = bytes_at_most("the remote name", remote, MaxUrl); !ok) return ok;
    if (has_control_character(remote)) return invalid_argument("the remote name has a control character");
    auto authority = authority_of(remote);
    if (!authority || authority->scheme.empty())
        return invalid_argument(
            fmt::format("remote name '{}' is not a URL such as https://host/path", remote));
    if (authority->scheme != "http" && authority->scheme != "https")
        return Error{Errc::NotSupported,
                     fmt::format("scheme '{}' is not supported, only http and https are", authority->scheme)};
    if (authority->host.empty()) return invalid_argument(fmt::format("remote name '{}' has no host", remote));
    return Done{};
}

Status check_sources(const FileSpec& spec) {
    if (auto ok = check_remote(spec.remote); !ok) return ok;
    size_t bytes = spec.remote.size();
    for (const auto* urls : {&spec.mirrors, &spec.peers})
        for (const auto& url : *urls) {
            if (auto ok = check_remote(url); !ok) return ok;
            bytes += url.size();
        }
    if (bytes > MaxSources)
        return Error{
            Errc::StringTooLong,
            fmt::format("the remote name, Mirrors and Peers have {} bytes together, at most {} are allowed",
                        bytes, MaxSources)};
    return Done{};
}

Status check_path(std::string_view what, const std::string& local) {
    if (local.empty() || local.front() != '/')
        return invalid_argument(fmt::format("{} '{}' is not an absolute path", what, local));
    if (auto ok = bytes_at_most(fmt::format("the {}", what), local, MaxLocalName); !ok) return ok;
    if (has_control_character(local))
        return invalid_argument(fmt::format("{} '{}' has a control character", what, local));
    auto name = name_of(local);
    if (name.empty() || name == "." || name == "..")
        return invalid_argument(fmt::format("{} '{}' names a directory, not a file", what, local));
    return bytes_at_most("the file name", name, MaxFileName);
}

Status check_file(const FileSpec& spec) {
    if (auto ok = check_sources(spec); !ok) return ok;
    if (auto ok = check_path("local name", spec.local); !ok) return ok;
    if (spec.size != UnknownSize && spec.size > MaxFileSize)
        return invalid_argument(fmt::format("size {} is larger than a file can be", spec.size));
    if (spec.mode && *spec.mode > 0777)
        return invalid_argument(
            fmt::format("mode {:o} has bits other than the permissions 0 to 0777", *spec.mode));
    if (spec.server_name && spec.existing == Existing::Replace)
        return invalid_argument("ServerName needs Existing 'keep' or 'rename', so that a server cannot "
                                "choose which file is replaced");
    if (auto ok = check_conditions(spec); !ok) return ok;
    auto size = local_size(spec, UnknownSize);
    if (spec.size != UnknownSize && size != UnknownSize && size != spec.size)
        return invalid_argument(fmt::format("size {} is not the size of the ranges, {}", spec.size, size));
    return Done{};
}

Status check_files(const std::vector<FileSpec>& specs) {
    for (size_t i = 0; i < specs.size(); ++i)
        if (auto ok = check_file(specs[i]); !ok) return about_file(ok.error(), i, specs.size());
    return Done{};
}

Status check_entity_tags(const std::string& tags) {
    if (auto ok = bytes_at_most("IfNoneMatch", tags, MaxEntityTags); !ok) return ok;
    std::string_view rest = tags;
    bool sound = take_entity_tag(rest);
    while (sound && !rest.empty())
        sound = take_comma(rest) && take_entity_tag(rest);
    if (sound) return Done{};
    return invalid_argument(
        fmt::format("IfNoneMatch '{}' is not a list of entity tags such as '\"abc\"'", tags));
}

void take_name(FileSpec& spec, const std::string& name) {
    if (name.find('/') != std::string::npos) return;
    auto local = spec.local.substr(0, spec.local.rfind('/') + 1) + name;
    if (check_path("local name", local)) spec.local = local;
}

Error about_file(const Error& error, size_t index, size_t count) {
    if (count == 1) return error;
    return {error.code, fmt::format("file {} of {}: {}", index + 1, count, error.message)};
}

Result<Checksum> parse_checksum(const std::string& text) {
    for (const auto& a : Algorithms) {
        if (text.rfind(std::string{a.word} + ":", 0) != 0) continue;
        std::string hex = ascii_lower(text.substr(a.word.size() + 1));
        if (hex.size() == a.digits && hex.find_first_not_of("0123456789abcdef") == std::string::npos)
            return Checksum{a.kind, hex};
        return invalid_argument(
            fmt::format("checksum '{}' needs {} hex digits after '{}:'", text, a.digits, a.word));
    }
    return Error{Errc::NotSupported,
                 fmt::format("checksum '{}' does not begin with sha256:, sha512:, sha1: or md5:", text)};
}

std::string_view to_string(Checksum::Kind kind) {
    for (const auto& a : Algorithms)
        if (a.kind == kind) return a.word;
    return {};
}

std::string to_text(const Checksum& checksum) {
    return fmt::format("{}:{}", to_string(checksum.kind), checksum.hex);
}

Status check_reply(const Job& job, const std::string& local) {
    if (job.type != Type::UploadReply) return Done{};
    auto reply = reply_file(job, local);
    if (auto ok = check_path("reply file", reply); !ok)
        return Error{ok.error().code, ok.error().message + ": choose another ReplyFileName"};
    using std::filesystem::path;
    if (path{reply}.lexically_normal() == path{local}.lexically_normal())
        return invalid_argument(fmt::format("the reply file '{}' is the file that is sent", reply));
    return Done{};
}

Result<NotifyService> parse_notify_service(const std::string& name, const std::string& path) {
    if (name.empty()) return NotifyService{};
    auto service = notify_service_of(name, path);
    if (!is_well_known_name(service.name))
        return invalid_argument(
            fmt::format("notify service '{}' is not a well-known bus name such as org.example.App, "
                        "or session:org.example.App for one on the owner's session bus",
                        name));
    if (service.name == "org.freedesktop.DBus" || service.name == "org.haulier.Haulier1")
        return invalid_argument(
            fmt::format("'{}' is not a program that could be told; name a service of the client", name));
    if (auto ok = characters_at_most("the path of the notify service", path, MaxObjectPath); !ok)
        return ok.error();
    return service;
}

} // namespace haulier::job
