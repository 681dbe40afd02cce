// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_response.hpp"

#include "base/limits.hpp"
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

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

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

void set_length(HttpResponse& response, std::string_view value) {
    auto length = parse_number(value);
    if (!length || (response.length && response.length != length)) response.contradictory = true;
    response.length = length;
}

struct Field {
    std::string_view name;
    void (*read)(HttpResponse& response, std::string_view value);
};

constexpr std::array Fields{
    Field{"accept-ranges",
          [](HttpResponse& r, std::string_view v) { r.no_ranges = equals_ignoring_case(v, "none"); }},
    Field{"content-encoding",
          [](HttpResponse& r, std::string_view v) { set_once(r, r.content_encoding, v); }},
    Field{"content-length", &set_length},
    Field{"content-range", [](HttpResponse& r, std::string_view v) { set_once(r, r.content_range, v); }},
    Field{"date", [](HttpResponse& r, std::string_view v) { r.date = parse_http_date(v); }},
    Field{"etag",
          [](HttpResponse& r, std::string_view v) {
              if (auto tag = parse_strong_etag(v)) set_once(r, r.etag, *tag);
          }},
    Field{"last-modified",
          [](HttpResponse& r, std::string_view v) {
              if (parse_http_date(v)) set_once(r, r.last_modified, v);
          }},
    Field{"location", [](HttpResponse& r, std::string_view v) { r.location = v; }},
    Field{"retry-after", [](HttpResponse& r, std::string_view v) { r.retry_after = v; }},
    Field{"transfer-encoding", [](HttpResponse& r, std::string_view) { r.chunked = true; }},
    Field{"tus-extension", [](HttpResponse& r, std::string_view v) { r.tus.extensions = v; }},
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
    value = trim(value);
    constexpr std::string_view unit = "bytes ";
    if (value.size() <= unit.size() || !equals_ignoring_case(value.substr(0, unit.size()), unit))
        return std::nullopt;
    value = trim(value.substr(unit.size()));
    auto slash = value.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto range = trim(value.substr(0, slash));
    auto total = trim(value.substr(slash + 1));

    ContentRange parsed;
    if (total != "*" && !(parsed.total = parse_number(total))) return std::nullopt;
    if (range == "*") return parsed.total ? std::optional{parsed} : std::nullopt;
    parsed.span = parse_span(range);
    if (!parsed.span || (parsed.total && parsed.span->last >= *parsed.total)) return std::nullopt;
    return parsed;
}

std::optional<std::string> parse_strong_etag(std::string_view value) {
    value = trim(value);
    if (value.size() < 2 || value.size() > MaxValidator || value.front() != '"' || value.back() != '"')
        return std::nullopt;
    auto inner = value.substr(1, value.size() - 2);
    if (!std::all_of(inner.begin(), inner.end(), is_etag_character)) return std::nullopt;
    return std::string{value};
}

bool HttpResponse::date_is_strong() const {
    auto modified = parse_http_date(last_modified);
    return modified && date && *modified < *date;
}

void HeadReader::line(std::string_view text) {
    if (text.starts_with("HTTP/")) {
        response_ = {};
        response_.status = status_of(text);
        response_.http1 = text.starts_with("HTTP/1.");
        over_ = full_ = false;
        return keep(trim(text));
    }
    if (over_) return;
    if (trim(text).empty()) over_ = true;
    if (!over_) keep(trim(text));
    auto colon = text.find(':');
    if (colon != std::string_view::npos)
        read_field(response_, text.substr(0, colon), trim(text.substr(colon + 1)));
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
