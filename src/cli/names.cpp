// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/names.hpp"

#include "base/text.hpp"
#include "cli/i18n.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/core.h>
#include <pwd.h>

namespace haulier::cli {

namespace {

constexpr size_t ShortId = 8;
constexpr size_t MinPrefix = 4;
constexpr size_t MaxCandidates = 10;
constexpr size_t StateColumns = 15;
constexpr const char* SessionPrefix = "session:";

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool matches_key_or_id(const Candidate& job, const std::string& text) {
    if (job.key == text) return true;
    return text.size() >= MinPrefix && is_hex(text) && job.id.starts_with(ascii_lower(text));
}

bool is_named(const Candidate& job, const std::string& text) {
    return job.name == text;
}

using Matches = bool (*)(const Candidate&, const std::string&);

std::vector<Candidate> select(Matches matches, const std::vector<Candidate>& jobs, const std::string& text) {
    std::vector<Candidate> found;
    std::copy_if(jobs.begin(), jobs.end(), std::back_inserter(found),
                 [&](const Candidate& job) { return matches(job, text); });
    return found;
}

/// Eight digits, or all of them if that is not enough.
std::string distinct_id(const std::vector<Candidate>& jobs, size_t index) {
    auto start = short_id(jobs[index].id);
    auto same = std::count_if(jobs.begin(), jobs.end(),
                              [&](const Candidate& job) { return job.id.starts_with(start); });
    return same > 1 ? jobs[index].id : start;
}

Failure ambiguous(const std::vector<Candidate>& found, const std::string& text) {
    auto message = translate("'{}' is ambiguous; {} jobs match:", text, found.size());
    for (size_t i = 0; i < found.size() && i < MaxCandidates; ++i)
        message += fmt::format("\n  {}  {}  {}  {}", distinct_id(found, i), found[i].owner,
                               padded(state_word(found[i].state), StateColumns), sanitize(found[i].name));
    if (found.size() > MaxCandidates) message += "\n  ...";
    return {Exit::NoSuchJob, message};
}

Failure unknown(const std::string& text) {
    if (text.size() < MinPrefix)
        return {Exit::NoSuchJob,
                translate("there is no job with the key or name '{}'; the beginning of an id needs at "
                          "least {} characters",
                          text, MinPrefix)};
    return {
        Exit::NoSuchJob,
        translate("there is no job '{}'; 'haulierctl list' shows your jobs, and 'haulierctl history' those "
                  "that have ended",
                  text)};
}

/// Number of letters to insert, delete, change or swap with their neighbour.
size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
    for (size_t i = 0; i <= a.size(); ++i)
        d[i][0] = i;
    for (size_t j = 0; j <= b.size(); ++j)
        d[0][j] = j;
    for (size_t i = 1; i <= a.size(); ++i)
        for (size_t j = 1; j <= b.size(); ++j) {
            size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
}

} // namespace

std::string host_of(const std::string& url) {
    auto rest = without_user(url);
    rest.erase(0, rest.find("://") + 3);
    auto end = rest.starts_with('[') ? rest.find(']') + 1 : rest.find_first_of(":/?#");
    return ascii_lower(rest.substr(0, end));
}

bool is_http_url(std::string_view text) {
    auto scheme = ascii_lower(text.substr(0, std::min(text.find("://"), text.size())));
    return text.size() > scheme.size() && (scheme == "http" || scheme == "https");
}

std::optional<std::string> listed_file_name(std::string_view name) {
    name.remove_prefix(name.rfind('/') + 1);
    while (name.starts_with('.'))
        name.remove_prefix(1);
    return safe_file_name(name);
}

std::string without_user(const std::string& url) {
    auto scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    auto begin = scheme + 3;
    auto end = std::min(url.find_first_of("/?#\\", begin), url.size());
    auto at = url.substr(begin, end - begin).rfind('@');
    return at == std::string::npos ? url : url.substr(0, begin) + url.substr(begin + at + 1);
}

Result<Done, Failure> check_utf8(const std::string& text) {
    if (is_utf8(text)) return Done{};
    return usage_error(translate("'{}' is not UTF-8, and haulierd only accepts names that are",
                                 printable(text, text.size())));
}

std::string absolute(const std::string& path, const std::string& directory) {
    if (path.starts_with('/')) return path;
    std::string_view rest = path;
    while (rest.starts_with("./"))
        rest.remove_prefix(2);
    return fmt::format("{}{}{}", directory, directory.ends_with('/') ? "" : "/", rest);
}

Service service_of(const std::string& text, const std::string& path) {
    std::string prefix = text.starts_with(SessionPrefix) ? SessionPrefix : "";
    auto rest = text.substr(prefix.size());
    auto colon = rest.find(':');
    auto name = rest.substr(0, colon);
    Service service{prefix + name, path};
    if (service.path.empty() && colon != std::string::npos) service.path = rest.substr(colon + 1);
    if (!service.path.empty()) return service;
    service.path = "/" + name;
    std::replace(service.path.begin(), service.path.end(), '.', '/');
    std::replace(service.path.begin(), service.path.end(), '-', '_');
    return service;
}

bool is_object_path(const std::string& text) {
    if (text == "/") return true;
    if (!text.starts_with('/') || text.ends_with('/') || text.find("//") != std::string::npos) return false;
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c == '/' || c == '_' || (c < 0x80 && std::isalnum(c) != 0);
    });
}

std::string short_id(const std::string& id) {
    return id.substr(0, ShortId);
}

std::optional<std::string> full_id(const std::string& text) {
    if (text.size() != 32 || !is_hex(text)) return std::nullopt;
    return ascii_lower(text);
}

std::vector<Candidate> matching(const std::vector<Candidate>& jobs, const std::string& text) {
    if (text.empty()) return {};
    auto found = select(matches_key_or_id, jobs, text);
    return found.empty() ? select(is_named, jobs, text) : found;
}

Result<std::string, Failure> pick(const std::vector<Candidate>& jobs, const std::string& text) {
    auto found = matching(jobs, text);
    if (found.empty()) return unknown(text);
    if (found.size() > 1) return ambiguous(found, text);
    return found.front().id;
}

std::optional<std::string> nearest(const std::string& typed, const std::vector<std::string>& words) {
    std::optional<std::string> best;
    size_t least = std::min<size_t>(3, typed.size() / 2 + 1);
    for (const auto& word : words) {
        size_t d = typed.size() > 1 && ascii_lower(word).starts_with(ascii_lower(typed))
                       ? 0
                       : distance(ascii_lower(typed), ascii_lower(word));
        if (d >= least) continue;
        least = d;
        best = word;
    }
    return best;
}

std::string user_name(uint32_t uid) {
    const passwd* user = getpwuid(uid);
    return user ? user->pw_name : std::to_string(uid);
}

} // namespace haulier::cli
