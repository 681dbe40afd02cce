// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_response.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "transfer/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <strings.h>

namespace haulier::transfer {

namespace {

constexpr int64_t MaxRetryAfter = 7 * 24 * 3600;
constexpr size_t MaxValidator = 1024;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool is_etag_character(unsigned char c) {
    return c == 0x21 || (c >= 0x23 && c <= 0x7e) || c >= 0x80;
}

/// `HTTP/1.1 206 Partial Content` or `HTTP/2 206`.
int status_of(std::string_view line) {
    auto space = line.find(' ');
    if (space == std::string_view::npos) return 0;
    return static_cast<int>(parse_number(line.substr(space + 1, 3)).value_or(0));
}

/// Tags that say nothing about the content.
bool is_placeholder(std::string_view tag) {
    constexpr std::array<std::string_view, 6> words{"null", "(null)", "nil", "none", "undefined", "nan"};
    auto lower = ascii_lower(tag);
    bool says_something = std::any_of(lower.begin(), lower.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c >= 0x80;
    });
    return !says_something || std::find(words.begin(), words.end(), lower) != words.end();
}

/// Reproducible builds and archives date all of their files to the beginning of 1970 or 1980.
bool is_placeholder(int64_t modified) {
    constexpr int64_t day = 24 * 3600;
    constexpr int64_t begin_of_1980 = 315'532'800;
    return modified <= day || (modified >= begin_of_1980 - day && modified <= begin_of_1980 + day);
}

std::optional<ContentRange::Span> parse_span(std::string_view text) {
    auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    auto first = parse_number(text.substr(0, dash));
    auto last = parse_number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return ContentRange::Span{*first, *last};
}

void set_once(HttpResponse& response, std::string& field, std::string_view value) {
    if (!field.empty() && field != value) response.contradictory = true;
    field = value;
}

/// Calls `each` for the items of a comma-separated list.
template <class F>
void for_each_item(std::string_view list, F each) {
    for (size_t at = 0; at <= list.size();) {
        auto comma = std::min(list.find(',', at), list.size());
        each(trimmed(list.substr(at, comma - at)));
        at = comma + 1;
    }
}

/// A proxy may have joined repeated fields to `5, 5` (RFC 9112 6.3).
void set_length(HttpResponse& response, std::string_view value) {
    for_each_item(value, [&](std::string_view item) {
        auto length = parse_number(item);
        if (!length || (response.length && response.length != length)) response.contradictory = true;
        response.length = length;
    });
}

/// Two different validators prove nothing.
void set_validator(std::string& field, bool& twice, std::string_view value) {
    twice = twice || (!field.empty() && field != value);
    field = twice ? std::string_view{} : value;
}

void add_coding(HttpResponse& response, std::string_view value) {
    if (!response.content_encoding.empty()) response.content_encoding += ", ";
    response.content_encoding += value;
}

/// Only a well-formed type is kept, without its parameters.
void set_content_type(HttpResponse& response, std::string_view value) {
    constexpr size_t longest = 127;
    auto type = ascii_lower(trimmed(value.substr(0, value.find(';'))));
    bool is_sound = type.size() <= longest && std::count(type.begin(), type.end(), '/') == 1 &&
                    std::all_of(type.begin(), type.end(),
                                [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '"'; });
    response.content_type = is_sound ? type : std::string{};
}

void set_ranges(HttpResponse& response, std::string_view value) {
    response.no_ranges = equals_ignoring_case(value, "none");
    response.has_ranges = equals_ignoring_case(value, "bytes");
}

/// Zero stands for no limit on some servers.
std::optional<uint64_t> parse_max_size(std::string_view value) {
    auto size = parse_number(value);
    return size == uint64_t{0} ? std::nullopt : size;
}

struct Field {
    std::string_view name;
    void (*read)(HttpResponse& response, std::string_view value);
};

constexpr std::array Fields{
    Field{"accept-ranges", &set_ranges},
    Field{"content-disposition", [](HttpResponse& r, std::string_view v) { r.content_disposition = v; }},
    Field{"content-encoding", &add_coding},
    Field{"content-length", &set_length},
    Field{"content-range", [](HttpResponse& r, std::string_view v) { set_once(r, r.content_range, v); }},
    Field{"content-type", &set_content_type},
    Field{"date", [](HttpResponse& r, std::string_view v) { r.date = parse_http_date(v); }},
    Field{"etag",
          [](HttpResponse& r, std::string_view v) {
              if (auto tag = parse_strong_etag(v)) set_validator(r.etag, r.two_etags, *tag);
          }},
    Field{"last-modified",
          [](HttpResponse& r, std::string_view v) {
              if (parse_http_date(v)) set_validator(r.last_modified, r.two_dates, v);
          }},
    Field{"location", [](HttpResponse& r, std::string_view v) { r.location = v; }},
    Field{"retry-after", [](HttpResponse& r, std::string_view v) { r.retry_after = v; }},
    Field{"transfer-encoding",
          [](HttpResponse& r, std::string_view v) {
              if (!equals_ignoring_case(v, "identity")) r.chunked = true;
          }},
    Field{"tus-extension", [](HttpResponse& r, std::string_view v) { r.tus.extensions = v; }},
    Field{"tus-max-size", [](HttpResponse& r, std::string_view v) { r.tus.max_size = parse_max_size(v); }},
    Field{"tus-resumable", [](HttpResponse& r, std::string_view v) { r.tus.resumable = v; }},
    Field{"tus-version", [](HttpResponse& r, std::string_view v) { r.tus.versions = v; }},
    Field{"upload-length", [](HttpResponse& r, std::string_view v) { r.tus.length = parse_number(v); }},
    Field{"upload-offset", [](HttpResponse& r, std::string_view v) { r.tus.offset = parse_number(v); }},
};

void read_field(HttpResponse& response, std::string_view name, std::string_view value) {
    const auto* field = std::find_if(Fields.begin(), Fields.end(),
                                     [&](const Field& f) { return equals_ignoring_case(f.name, name); });
    if (field != Fields.end()) field->read(response, value);
}

} // namespace

std::optional<uint64_t> parse_number(std::string_view digits) {
    uint64_t number = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number > MaxFileSize)
        return std::nullopt;
    return number;
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
    value = trimmed(value);
    constexpr std::string_view unit = "bytes";
    if (equals_ignoring_case(value.substr(0, unit.size()), unit)) value.remove_prefix(unit.size());
    // Some servers write `bytes=0-99/1000`, `bytes: 0-99/1000`, or leave the unit out.
    if (!value.empty() && (value.front() == '=' || value.front() == ':')) value.remove_prefix(1);
    value = trimmed(value);
    auto slash = value.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto range = trimmed(value.substr(0, slash));
    auto total = trimmed(value.substr(slash + 1));

    ContentRange parsed;
    if (total != "*" && !(parsed.total = parse_number(total))) return std::nullopt;
    if (range == "*") return parsed.total ? std::optional{parsed} : std::nullopt;
    parsed.span = parse_span(range);
    if (!parsed.span || (parsed.total && parsed.span->last >= *parsed.total)) return std::nullopt;
    return parsed;
}

std::optional<std::string> parse_strong_etag(std::string_view value) {
    value = trimmed(value);
    if (value.size() < 2 || value.size() > MaxValidator || value.front() != '"' || value.back() != '"')
        return std::nullopt;
    auto inner = value.substr(1, value.size() - 2);
    if (!std::all_of(inner.begin(), inner.end(), is_etag_character) || is_placeholder(inner))
        return std::nullopt;
    return std::string{value};
}

bool HttpResponse::date_is_strong() const {
    auto modified = parse_http_date(last_modified);
    return modified && date && *modified < *date && !is_placeholder(*modified);
}

void HeadReader::line(std::string_view text) {
    if (text.starts_with("HTTP/")) {
        response_ = {};
        response_.status = status_of(text);
        response_.http1 = text.starts_with("HTTP/1.");
        over_ = full_ = false;
        return keep(trimmed(text));
    }
    if (over_) return;
    if (trimmed(text).empty()) over_ = true;
    if (!over_) keep(trimmed(text));
    auto colon = text.find(':');
    if (colon != std::string_view::npos)
        read_field(response_, text.substr(0, colon), trimmed(text.substr(colon + 1)));
}

/// Once a line does not fit, no later one is kept, so that the text has no gaps.
void HeadReader::keep(std::string_view line) {
    full_ = full_ || response_.head.size() + line.size() + 1 > MaxHead;
    if (!full_) response_.head.append(line).append(1, '\n');
}

uint32_t retry_after_seconds(const HttpResponse& response, int64_t now) {
    if (response.retry_after.empty()) return 0;
    int64_t wait = 0;
    if (response.retry_after.find_first_not_of("0123456789") == std::string::npos)
        wait = static_cast<int64_t>(
            std::min<uint64_t>(parse_number(response.retry_after).value_or(MaxRetryAfter), MaxRetryAfter));
    else if (auto date = parse_http_date(response.retry_after))
        wait = *date - response.date.value_or(now);
    return static_cast<uint32_t>(std::clamp<int64_t>(wait, 0, MaxRetryAfter));
}

} // namespace haulier::transfer
