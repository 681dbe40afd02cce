// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/lists.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>
#include <fmt/ranges.h>

namespace haulier::store {

namespace {

/// Digits and nothing else.
template <class T>
std::optional<T> number(std::string_view text) {
    T value{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<job::Range> range_from_word(std::string_view word) {
    auto plus = word.find('+');
    if (plus == std::string_view::npos) return std::nullopt;
    auto offset = number<uint64_t>(word.substr(0, plus));
    if (!offset || *offset > MaxFileSize) return std::nullopt;
    if (plus + 1 == word.size()) return job::Range{*offset, job::ToEnd};
    auto length = number<uint64_t>(word.substr(plus + 1));
    if (!length || *length == 0 || *length > MaxFileSize - *offset) return std::nullopt;
    return job::Range{*offset, *length};
}

std::optional<job::SourceStatus> status_from_word(std::string_view word) {
    bool excluded = !word.empty() && word.back() == '!';
    if (excluded) word.remove_suffix(1);
    auto failures = number<uint32_t>(word);
    if (!failures) return std::nullopt;
    return job::SourceStatus{*failures, excluded};
}

/// All words of `text`, each made a value by `parse`, or nothing.
template <class T>
std::optional<std::vector<T>> parse_words(std::string_view text,
                                          std::optional<T> (*parse)(std::string_view)) {
    std::vector<T> values;
    for (const auto& word : split(text, ' ')) {
        auto value = parse(word);
        if (!value) return std::nullopt;
        values.push_back(*value);
    }
    return values;
}

bool touch(const job::Range& range, const job::Range& next) {
    return range.length == job::ToEnd || next.offset <= range.offset + range.length;
}

} // namespace

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> pieces;
    for (size_t at = 0; at <= text.size();) {
        auto end = std::min(text.find(separator, at), text.size());
        pieces.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return pieces;
}

std::string to_text(const std::vector<job::Range>& ranges) {
    std::vector<std::string> words;
    words.reserve(ranges.size());
    for (const auto& r : ranges)
        words.push_back(r.length == job::ToEnd ? fmt::format("{}+", r.offset)
                                               : fmt::format("{}+{}", r.offset, r.length));
    return fmt::format("{}", fmt::join(words, " "));
}

std::optional<std::vector<job::Range>> ranges_from_text(std::string_view text) {
    return parse_words(text, range_from_word);
}

std::optional<std::vector<job::Range>> merged_ranges_from_text(std::string_view text) {
    auto ranges = ranges_from_text(text);
    if (ranges && std::adjacent_find(ranges->begin(), ranges->end(), touch) != ranges->end())
        return std::nullopt;
    return ranges;
}

std::string to_text(const std::vector<job::SourceStatus>& statuses) {
    std::vector<std::string> words;
    words.reserve(statuses.size());
    for (const auto& status : statuses)
        words.push_back(fmt::format("{}{}", status.failures, status.excluded ? "!" : ""));
    return fmt::format("{}", fmt::join(words, " "));
}

std::optional<std::vector<job::SourceStatus>> source_statuses_from_text(std::string_view text) {
    return parse_words(text, status_from_word);
}

std::string words_to_text(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> words_from_text(std::string_view text) {
    return text.empty() ? std::vector<std::string>{} : split(text, ' ');
}

std::string to_text(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "\n"));
}

std::optional<std::vector<std::string>> lines_from_text(std::string_view text) {
    auto lines = split(text, '\n');
    if (std::find(lines.begin(), lines.end(), "") != lines.end()) return std::nullopt;
    return lines;
}

std::optional<std::string> to_text(const job::Grants& grants) {
    std::vector<std::string> lines;
    for (const auto& grant : grants)
        for (const auto& line : {std::string{job::to_string(grant.access)}, grant.path, grant.host})
            lines.push_back(line);
    auto text = to_text(lines);
    return grants_from_text(text) == grants ? std::optional{text} : std::nullopt;
}

std::optional<job::Grants> grants_from_text(std::string_view text) {
    auto lines = split(text, '\n');
    if (lines.size() % 3 != 0) return std::nullopt;
    job::Grants grants;
    for (size_t i = 0; i < lines.size(); i += 3) {
        auto access = job::parse<job::Grant::Access>(lines[i]);
        if (!access || !lines[i + 1].starts_with('/') || !lines[i + 2].starts_with('/')) return std::nullopt;
        grants.push_back({lines[i + 1], lines[i + 2], *access});
    }
    return grants;
}

} // namespace haulier::store
