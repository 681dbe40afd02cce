// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/values.hpp"

#include "cli/names.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <optional>
#include <string_view>

namespace haulier::cli {

namespace {

/// How the value of a property is written, and the type that the bus wants.
enum class Kind {
    Text,         ///< s
    Words,        ///< as
    Flag,         ///< b
    Seconds,      ///< u
    Milliseconds, ///< u
    Size,         ///< t, 0 is said as "none"
    Limit,        ///< t, 2^64-1 is said as "none"
    Date,         ///< t
};

struct Property {
    std::string_view name;
    Kind kind;
};

/// All that the contract calls readwrite.
constexpr std::array Properties{
    Property{"DisplayName", Kind::Text},
    Property{"Description", Kind::Text},
    Property{"Priority", Kind::Text},
    Property{"NotifyFlags", Kind::Words},
    Property{"MinimumNotificationInterval", Kind::Milliseconds},
    Property{"MinimumRetryDelay", Kind::Seconds},
    Property{"NoProgressTimeout", Kind::Seconds},
    Property{"MaximumDownloadTime", Kind::Seconds},
    Property{"MaximumDownloadSize", Kind::Limit},
    Property{"AutoComplete", Kind::Flag},
    Property{"DynamicContent", Kind::Flag},
    Property{"HighPerformance", Kind::Flag},
    Property{"OnDemand", Kind::Flag},
    Property{"NetworkCost", Kind::Text},
    Property{"PowerPolicy", Kind::Text},
    Property{"BandwidthLimit", Kind::Size},
    Property{"NotBefore", Kind::Date},
    Property{"ProxyMode", Kind::Text},
    Property{"ProxyList", Kind::Text},
    Property{"ProxyBypass", Kind::Text},
    Property{"HttpMethod", Kind::Text},
    Property{"SecurityFlags", Kind::Words},
    Property{"RedirectPolicy", Kind::Text},
    Property{"ClientCertificate", Kind::Text},
    Property{"ReplyFileName", Kind::Text},
};

Failure misused(std::string message) {
    return {Exit::Usage, std::move(message)};
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

bool is_any(const std::string& text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), lower(text)) != words.end();
}

Outcome<Property> find_property(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& property : Properties) {
        if (lower(property.name) == lower(name)) return property;
        names.emplace_back(lower(property.name));
    }
    auto meant = nearest(lower(name), names);
    if (!meant) return misused(fmt::format("there is no property '{}' that can be set", name));
    auto row = std::find_if(Properties.begin(), Properties.end(),
                            [&](const Property& p) { return lower(p.name) == *meant; });
    return misused(
        fmt::format("there is no property '{}' that can be set, did you mean '{}'?", name, row->name));
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

/// A span as the number of `unit`s that a D-Bus u can hold.
Outcome<Value> parse_count(const std::string& text, uint64_t unit) {
    auto span = parse_span(text, unit);
    if (!span) return span.error();
    if (*span / unit > UINT32_MAX) return misused(fmt::format("'{}' is too long", text));
    return Value{static_cast<uint32_t>(*span / unit)};
}

Outcome<Value> parse_limit(const std::string& text, uint64_t none) {
    if (is_any(text, {"none", "unlimited"})) return Value{none};
    auto size = parse_size(text);
    if (!size) return size.error();
    return Value{*size};
}

template <class T>
Outcome<Value> wrapped(const Outcome<T>& value) {
    if (!value) return value.error();
    return Value{*value};
}

Outcome<Value> parse_value(Kind kind, const std::string& text, uint64_t now_usec) {
    switch (kind) {
    case Kind::Text: return Value{text};
    case Kind::Words: return Value{words_in(text)};
    case Kind::Flag: return wrapped(parse_flag(text));
    case Kind::Seconds: return parse_count(text, 1'000'000);
    case Kind::Milliseconds: return parse_count(text, 1'000);
    case Kind::Size: return parse_limit(text, 0);
    case Kind::Limit: return parse_limit(text, ~uint64_t{0});
    case Kind::Date: return wrapped(parse_date(text, now_usec));
    }
    return misused(fmt::format("'{}' cannot be understood", text));
}

} // namespace

Outcome<bool> parse_flag(const std::string& text) {
    if (is_any(text, {"yes", "true", "on", "1"})) return true;
    if (is_any(text, {"no", "false", "off", "0"})) return false;
    return misused(fmt::format("'{}' is neither yes nor no", text));
}

Outcome<std::pair<std::string, Value>> parse_assignment(const std::string& text, uint64_t now_usec) {
    auto equals = text.find('=');
    if (equals == std::string::npos) return misused(fmt::format("'{}' is not of the form Name=value", text));
    auto property = find_property(text.substr(0, equals));
    if (!property) return property.error();
    auto value = parse_value(property->kind, text.substr(equals + 1), now_usec);
    if (!value) return misused(fmt::format("{}: {}", property->name, value.error().message));
    return std::pair{std::string{property->name}, *value};
}

Outcome<Values> parse_assignments(const std::vector<std::string>& texts, uint64_t now_usec) {
    Values values;
    for (const auto& text : texts) {
        auto one = parse_assignment(text, now_usec);
        if (!one) return one.error();
        values.insert_or_assign(one->first, one->second);
    }
    return values;
}

Outcome<Piece> parse_piece(const std::string& text) {
    auto colon = text.find(':');
    if (colon == std::string::npos)
        return misused(fmt::format("'{}' is not of the form OFFSET:LENGTH", text));
    auto offset = parse_size(text.substr(0, colon));
    if (!offset) return offset.error();
    auto rest = text.substr(colon + 1);
    if (rest.empty()) return Piece{*offset, ToEnd};
    auto length = parse_size(rest);
    if (!length) return length.error();
    return Piece{*offset, *length};
}

Outcome<std::vector<Piece>> parse_pieces(const std::vector<std::string>& texts) {
    std::vector<Piece> pieces;
    for (const auto& text : texts) {
        auto piece = parse_piece(text);
        if (!piece) return piece.error();
        pieces.push_back(*piece);
    }
    return pieces;
}

std::string to_text(const Piece& piece) {
    return piece.length == ToEnd ? fmt::format("{}:", piece.offset)
                                 : fmt::format("{}:{}", piece.offset, piece.length);
}

} // namespace haulier::cli
