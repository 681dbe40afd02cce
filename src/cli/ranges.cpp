// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/ranges.hpp"

#include "cli/i18n.hpp"
#include "cli/measures.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// "0-99", as in the header Range, means the hundred bytes "0:100".
std::string suggestion_for(const std::string& text) {
    auto dash = text.find('-');
    if (dash == std::string::npos) return "";
    auto first = parse_size(text.substr(0, dash));
    auto last = parse_size(text.substr(dash + 1));
    if (!first || !last || *last < *first || *last == ToEnd) return "";
    return translate("; for the bytes {0} to {1} write '{0}:{2}'", *first, *last, *last - *first + 1);
}

} // namespace

Result<Range, Failure> parse_range(const std::string& text) {
    auto colon = text.find(':');
    if (colon == std::string::npos)
        return usage_error(translate("'{}' is not of the form OFFSET:LENGTH{}", text, suggestion_for(text)));
    auto offset = parse_size(text.substr(0, colon));
    if (!offset) return offset.error();
    auto rest = text.substr(colon + 1);
    if (rest.empty()) return Range{*offset, ToEnd};
    auto length = parse_size(rest);
    if (!length) return length.error();
    return Range{*offset, *length};
}

Result<std::vector<Range>, Failure> parse_ranges(const std::vector<std::string>& texts) {
    std::vector<Range> ranges;
    for (const auto& text : texts) {
        auto range = parse_range(text);
        if (!range) return range.error();
        ranges.push_back(*range);
    }
    return ranges;
}

std::string to_text(const Range& range) {
    return range.length == ToEnd ? fmt::format("{}:", range.offset)
                                 : fmt::format("{}:{}", range.offset, range.length);
}

} // namespace haulier::cli
