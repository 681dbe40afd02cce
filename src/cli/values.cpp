// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/values.hpp"

#include "base/text.hpp"
#include "cli/i18n.hpp"
#include "cli/measures.hpp"
#include "cli/names.hpp"
#include "cli/properties.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <string_view>

namespace haulier::cli {

namespace {

Failure unknown_property(const std::string& name, const std::vector<std::string>& names) {
    auto message = translate("there is no property '{}' that can be set", name);
    if (auto meant = nearest(name, names)) message += translate(", did you mean '{}'?", *meant);
    return usage_error(message);
}

Result<const Property*, Failure> settable_property(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& property : JobProperties) {
        if (!property.settable) continue;
        if (ascii_lower(property.name) == ascii_lower(name)) return &property;
        names.emplace_back(property.name);
    }
    return unknown_property(name, names);
}

std::vector<std::string> words_in(const std::string& text) {
    std::vector<std::string> words;
    for (size_t begin = 0; begin <= text.size();) {
        auto end = std::min(text.find(',', begin), text.size());
        if (end > begin) words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

/// A time span as a number of `unit`s, which must fit into a D-Bus u. A fraction is rounded up, because 0
/// often has a meaning of its own.
Result<Value, Failure> parse_count(const std::string& text, uint64_t unit) {
    auto span = parse_span(text, unit);
    if (!span) return span.error();
    auto count = *span / unit + (*span % unit == 0 ? 0 : 1);
    if (count > UINT32_MAX) return usage_error(translate("'{}' is too long", text));
    return Value{static_cast<uint32_t>(count)};
}

template <class T>
Result<Value, Failure> wrapped(const Result<T, Failure>& value) {
    if (!value) return value.error();
    return Value{*value};
}

Result<Value, Failure> parse_bytes(const Property& property, const std::string& text) {
    bool none = is_one_of(ascii_lower(text), {"none", "unlimited"}) && !property.none.is_null();
    if (none) return Value{property.none.get<uint64_t>()};
    return wrapped(parse_size(text));
}

Result<Done, Failure> check_word(const Property& property, const std::string& word) {
    const auto& known = property.words;
    if (known.empty() || std::find(known.begin(), known.end(), word) != known.end()) return Done{};
    return usage_error(translate("'{}' is not one of {}", word, fmt::format("{}", fmt::join(known, ", "))));
}

/// A value whose unit does not say how it is written.
Result<Value, Failure> parse_plain(const Property& property, const std::string& text) {
    if (property.type == "b") return wrapped(parse_flag(text));
    auto words = property.type == "as" ? words_in(text) : std::vector<std::string>{text};
    for (const auto& word : words)
        if (auto known = check_word(property, word); !known) return known.error();
    if (property.type == "as") return Value{words};
    return Value{text};
}

Result<Value, Failure> parse_value(const Property& property, const std::string& text, uint64_t now_usec) {
    switch (property.unit) {
    case Unit::Bytes:
    case Unit::BytesPerSecond: return parse_bytes(property, text);
    case Unit::Seconds: return parse_count(text, 1'000'000);
    case Unit::Milliseconds: return parse_count(text, 1'000);
    case Unit::DateUsec: return wrapped(parse_date(text, now_usec));
    case Unit::None:
    case Unit::Uid:
    case Unit::Path: return parse_plain(property, text);
    }
    return parse_plain(property, text);
}

} // namespace

Result<bool, Failure> parse_flag(const std::string& text) {
    if (is_one_of(ascii_lower(text), {"yes", "true", "on", "1"})) return true;
    if (is_one_of(ascii_lower(text), {"no", "false", "off", "0"})) return false;
    return usage_error(translate("'{}' is neither yes nor no", text));
}

Result<std::pair<std::string, Value>, Failure> parse_assignment(const std::string& text, uint64_t now_usec) {
    auto equals = text.find('=');
    if (equals == std::string::npos)
        return usage_error(translate("'{}' is not of the form Name=value", text));
    auto property = settable_property(text.substr(0, equals));
    if (!property) return property.error();
    auto value = parse_value(**property, text.substr(equals + 1), now_usec);
    if (!value) return usage_error(fmt::format("{}: {}", (*property)->name, value.error().message));
    return std::pair{std::string{(*property)->name}, *value};
}

Result<Values, Failure> parse_assignments(const std::vector<std::string>& texts, uint64_t now_usec) {
    Values values;
    for (const auto& text : texts) {
        auto one = parse_assignment(text, now_usec);
        if (!one) return one.error();
        values.insert_or_assign(one->first, one->second);
    }
    return values;
}

} // namespace haulier::cli
