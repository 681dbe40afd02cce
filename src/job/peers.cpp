// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/peers.hpp"

#include "job/mirrors.hpp"
#include "job/transitions.hpp"
#include "job/url.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::job {

namespace {

bool proves_content(const std::optional<Checksum>& checksum) {
    return checksum && (checksum->kind == Checksum::Kind::Sha256 || checksum->kind == Checksum::Kind::Sha512);
}

/// The property with which peers cannot be used, if any: they get a plain request for a known file.
std::string_view obstacle_in(const Job& job, const FileSpec& spec) {
    if (is_upload(job.type)) return "uploads";
    if (job.on_demand) return "OnDemand";
    if (job.dynamic_content) return "DynamicContent";
    if (!job.http.method.empty()) return "HttpMethod";
    if (!spec.ranges.empty()) return "Ranges";
    if (spec.server_name) return "ServerName";
    if (is_conditional(spec)) return "IfModifiedSince and IfNoneMatch";
    return {};
}

bool has_user(const std::string& url) {
    auto authority = authority_of(url);
    return authority && authority->has_user();
}

/// The last part of the path of a URL.
std::string_view last_part(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    auto host = url.find("://");
    auto slash = url.rfind('/');
    if (host == std::string_view::npos || slash == std::string_view::npos || slash < host + 3) return {};
    return url.substr(slash + 1);
}

/// Returns nothing if the file has no such value.
std::optional<std::string> value_of(std::string_view name, const FileSpec& spec) {
    bool is_sha256 = spec.checksum && spec.checksum->kind == Checksum::Kind::Sha256;
    if (name == "name" && !last_part(spec.remote).empty()) return std::string{last_part(spec.remote)};
    if (name == "sha256" && is_sha256) return spec.checksum->hex;
    if (name == "sha512" && !is_sha256 && spec.checksum) return spec.checksum->hex;
    if (name == "size" && spec.size != UnknownSize) return std::to_string(spec.size);
    return std::nullopt;
}

/// Replaces `{name}` and the like; nothing if the template does not fit the file.
std::optional<std::string> filled_in(std::string_view pattern, const FileSpec& spec) {
    std::string url;
    while (!pattern.empty()) {
        auto begin = std::min(pattern.find('{'), pattern.size());
        url += pattern.substr(0, begin);
        pattern.remove_prefix(begin);
        if (pattern.empty()) break;
        auto end = pattern.find('}');
        if (end == std::string_view::npos) return std::nullopt;
        auto value = value_of(pattern.substr(1, end - 1), spec);
        if (!value) return std::nullopt;
        url += *value;
        pattern.remove_prefix(end + 1);
    }
    return url;
}

bool is_wrong_content(Cause cause) {
    return cause == Cause::ChecksumMismatch || cause == Cause::ValidationFailed;
}

} // namespace

bool asks_peer(const File& file) {
    return file.peer < file.spec.peers.size();
}

Status check_peers(const Job& job, const FileSpec& spec) {
    if (spec.peers.empty()) return Done{};
    if (auto obstacle = obstacle_in(job, spec); !obstacle.empty())
        return Error{Errc::NotSupported, fmt::format("{} and Peers cannot be used together", obstacle)};
    if (!proves_content(spec.checksum))
        return invalid_argument("a file with Peers needs a Checksum with sha256 or sha512");
    if (spec.size == UnknownSize)
        return invalid_argument("a file with Peers needs a Size, so that a peer cannot send more than that");
    if (std::any_of(spec.peers.begin(), spec.peers.end(), has_user))
        return invalid_argument("the URLs of Peers cannot have user names: peers get no credentials");
    if (spec.peers.size() <= MaxPeers) return Done{};
    return invalid_argument(
        fmt::format("the file has {} Peers, at most {} are allowed", spec.peers.size(), MaxPeers));
}

void add_configured_peers(const Job& job, FileSpec& spec, const Limits& limits) {
    bool is_known = proves_content(spec.checksum) && spec.size != UnknownSize;
    if (!job.use_peers || !is_known || !obstacle_in(job, spec).empty()) return;
    for (const auto& pattern : limits.peer_sources) {
        auto url = filled_in(pattern, spec);
        if (!url || has_user(*url) || spec.peers.size() == MaxPeers) continue;
        spec.peers.edit().push_back(*url);
        if (!check_sources(spec)) spec.peers.edit().pop_back();
    }
}

bool blames_peer(const File& file, const Failure& failure) {
    auto cause = failure.error.cause;
    if (is_wrong_content(cause)) return asks_peer(file) || file.from_peers;
    bool is_fault_of_source =
        blames_source(cause) || cause == Cause::MaxDownloadSize || cause == Cause::Proxy;
    return asks_peer(file) && !failure.storage && is_fault_of_source;
}

void leave_peer(File& file, const Failure& failure) {
    bool is_wrong = is_wrong_content(failure.error.cause);
    if (is_wrong || failure.void_offset) discard_progress(file);
    file.peer = is_wrong ? static_cast<uint32_t>(file.spec.peers.size()) : file.peer + 1;
    // Another source may send the rest: the checksum shows whether it fits.
    file.validators = {};
    file.total = file.spec.size;
    file.restarts = 0;
    file.clocks.server.clear();
}

} // namespace haulier::job
