// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/answer.hpp"

#include "transfer/http_date.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <strings.h>

namespace haulier::transfer {

namespace {

constexpr uint64_t LargestFile = std::numeric_limits<int64_t>::max() - 1;
constexpr int64_t LongestWait = 7 * 24 * 3600;
constexpr size_t LongestValidator = 1024;

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool same_word(std::string_view a, std::string_view b) {
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

} // namespace

std::optional<uint64_t> parse_number(std::string_view digits) {
    uint64_t number = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number > LargestFile)
        return std::nullopt;
    return number;
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
    value = trim(value);
    constexpr std::string_view unit = "bytes ";
    if (value.size() <= unit.size() || !same_word(value.substr(0, unit.size()), unit)) return std::nullopt;
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
    if (value.size() < 2 || value.size() > LongestValidator || value.front() != '"' || value.back() != '"')
        return std::nullopt;
    auto inner = value.substr(1, value.size() - 2);
    if (!std::all_of(inner.begin(), inner.end(), is_etag_character)) return std::nullopt;
    return std::string{value};
}

bool Answer::date_is_strong() const {
    auto modified = parse_http_date(last_modified);
    return modified && date && *modified < *date;
}

void HeadReader::line(std::string_view text) {
    if (text.starts_with("HTTP/")) {
        answer_ = {};
        answer_.status = status_of(text);
        answer_.http1 = text.starts_with("HTTP/1.");
        over_ = full_ = false;
        return keep(trim(text));
    }
    if (over_) return;
    if (trim(text).empty()) over_ = true;
    if (!over_) keep(trim(text));
    auto colon = text.find(':');
    if (colon != std::string_view::npos) field(text.substr(0, colon), trim(text.substr(colon + 1)));
}

/// Once one line does not fit, none that follows is taken: what is kept is the beginning and has no gaps.
void HeadReader::keep(std::string_view line) {
    full_ = full_ || answer_.head.size() + line.size() + 1 > LongestHead;
    if (!full_) answer_.head.append(line).append(1, '\n');
}

void HeadReader::field(std::string_view name, std::string_view value) {
    auto once = [this](std::string& into, std::string_view said) {
        if (!into.empty() && into != said) answer_.contradictory = true;
        into = said;
    };
    if (same_word(name, "etag")) {
        if (auto tag = parse_strong_etag(value)) once(answer_.etag, *tag);
    } else if (same_word(name, "last-modified")) {
        if (parse_http_date(value)) once(answer_.last_modified, value);
    } else if (same_word(name, "content-range")) {
        once(answer_.content_range, value);
    } else if (same_word(name, "content-encoding")) {
        once(answer_.content_encoding, value);
    } else if (same_word(name, "retry-after")) {
        answer_.retry_after = value;
    } else if (same_word(name, "content-length")) {
        auto length = parse_number(value);
        if (!length || (answer_.length && answer_.length != length)) answer_.contradictory = true;
        answer_.length = length;
    } else if (same_word(name, "date")) {
        answer_.date = parse_http_date(value);
    } else if (same_word(name, "accept-ranges")) {
        answer_.no_ranges = same_word(value, "none");
    } else if (same_word(name, "transfer-encoding")) {
        answer_.chunked = true;
    } else if (same_word(name, "location")) {
        answer_.location = value;
    } else {
        tus_field(name, value);
    }
}

void HeadReader::tus_field(std::string_view name, std::string_view value) {
    if (same_word(name, "tus-resumable"))
        answer_.tus.resumable = value;
    else if (same_word(name, "tus-version"))
        answer_.tus.versions = value;
    else if (same_word(name, "tus-extension"))
        answer_.tus.extensions = value;
    else if (same_word(name, "upload-offset"))
        answer_.tus.offset = parse_number(value);
    else if (same_word(name, "upload-length"))
        answer_.tus.length = parse_number(value);
}

uint32_t retry_after_seconds(const Answer& answer, int64_t now) {
    if (answer.retry_after.empty()) return 0;
    int64_t wait = 0;
    if (answer.retry_after.find_first_not_of("0123456789") == std::string::npos)
        wait = static_cast<int64_t>(
            std::min<uint64_t>(parse_number(answer.retry_after).value_or(LongestWait), LongestWait));
    else if (auto date = parse_http_date(answer.retry_after))
        wait = *date - answer.date.value_or(now);
    return static_cast<uint32_t>(std::clamp<int64_t>(wait, 0, LongestWait));
}

} // namespace haulier::transfer
