// SPDX-License-Identifier: LGPL-2.1-or-later
// Values of types other than the documented ones: many bindings choose the type of a value in a variant
// themselves, and callers cannot change it. A value is accepted if its meaning is unambiguous.
#pragma once

#include "daemon/bus/codec.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <systemd/sd-bus.h>
#include <utility>
#include <vector>

namespace haulier::bus {

template <class T, class Written>
void take_number(const sdbus::Variant& value, std::optional<T>& out) {
    if (!value.containsValueOfType<Written>()) return;
    if (auto number = value.get<Written>(); std::in_range<T>(number)) out = static_cast<T>(number);
}

/// A number of any type, including a whole double, if T can hold it.
template <class T>
std::optional<T> number_in(const sdbus::Variant& value) {
    constexpr double Exact = 9007199254740992.0; // a double can represent every whole number up to this one
    std::optional<T> out;
    take_number<T, uint8_t>(value, out);
    take_number<T, int16_t>(value, out);
    take_number<T, uint16_t>(value, out);
    take_number<T, int32_t>(value, out);
    take_number<T, uint32_t>(value, out);
    take_number<T, int64_t>(value, out);
    take_number<T, uint64_t>(value, out);
    if (!value.containsValueOfType<double>()) return out;
    auto number = value.get<double>();
    if (number != std::floor(number) || std::abs(number) > Exact) return out;
    if (auto whole = static_cast<int64_t>(number); std::in_range<T>(whole)) out = static_cast<T>(whole);
    return out;
}

inline std::optional<sdbus::ObjectPath> path_in(const std::string& text) {
    if (sd_bus_object_path_is_valid(text.c_str()) <= 0) return std::nullopt;
    return sdbus::ObjectPath{text};
}

/// Other types in which a T may be written.
template <class T>
struct Written {
    static std::optional<T> in(const sdbus::Variant& /*value*/) { return std::nullopt; }
};

template <>
struct Written<uint32_t> {
    static std::optional<uint32_t> in(const sdbus::Variant& value) { return number_in<uint32_t>(value); }
};

template <>
struct Written<uint64_t> {
    static std::optional<uint64_t> in(const sdbus::Variant& value) { return number_in<uint64_t>(value); }
};

template <>
struct Written<sdbus::ObjectPath> {
    static std::optional<sdbus::ObjectPath> in(const sdbus::Variant& value) {
        if (!value.containsValueOfType<std::string>()) return std::nullopt;
        return path_in(value.get<std::string>());
    }
};

/// Also as (ss).
template <>
struct Written<NameAndPath> {
    static std::optional<NameAndPath> in(const sdbus::Variant& value) {
        using Texts = sdbus::Struct<std::string, std::string>;
        if (!value.containsValueOfType<Texts>()) return std::nullopt;
        auto texts = value.get<Texts>();
        auto path = path_in(std::get<1>(texts));
        if (!path) return std::nullopt;
        return NameAndPath{std::get<0>(texts), *path};
    }
};

/// Also as av with only strings; some bindings write an empty list as av.
template <>
struct Written<std::vector<std::string>> {
    static std::optional<std::vector<std::string>> in(const sdbus::Variant& value) {
        if (!value.containsValueOfType<std::vector<sdbus::Variant>>()) return std::nullopt;
        std::vector<std::string> words;
        for (const auto& word : value.get<std::vector<sdbus::Variant>>()) {
            if (!word.containsValueOfType<std::string>()) return std::nullopt;
            words.push_back(word.get<std::string>());
        }
        return words;
    }
};

/// Also as pairs of numbers of other types.
template <>
struct Written<std::vector<RangeTuple>> {
    static std::optional<std::vector<RangeTuple>> in(const sdbus::Variant& value) {
        if (auto pairs = pairs_in<int64_t>(value)) return pairs;
        if (auto pairs = pairs_in<uint32_t>(value)) return pairs;
        return pairs_in<int32_t>(value);
    }

private:
    template <class Number>
    static std::optional<std::vector<RangeTuple>> pairs_in(const sdbus::Variant& value) {
        using Pairs = std::vector<sdbus::Struct<Number, Number>>;
        if (!value.containsValueOfType<Pairs>()) return std::nullopt;
        std::vector<RangeTuple> ranges;
        for (const auto& pair : value.get<Pairs>()) {
            const auto& [offset, length] = members_of(pair);
            if (!std::in_range<uint64_t>(offset) || !std::in_range<uint64_t>(length)) return std::nullopt;
            ranges.emplace_back(static_cast<uint64_t>(offset), static_cast<uint64_t>(length));
        }
        return ranges;
    }
};

/// Without options also as a(ss), or as aas with two strings each.
template <>
struct Written<std::vector<FileArgument>> {
    static std::optional<std::vector<FileArgument>> in(const sdbus::Variant& value) {
        using Pair = sdbus::Struct<std::string, std::string>;
        using List = std::vector<std::string>;
        std::vector<FileArgument> files;
        if (value.containsValueOfType<std::vector<Pair>>()) {
            for (const auto& names : value.get<std::vector<Pair>>())
                files.emplace_back(std::get<0>(names), std::get<1>(names), Options{});
            return files;
        }
        if (!value.containsValueOfType<std::vector<List>>()) return std::nullopt;
        for (const auto& names : value.get<std::vector<List>>()) {
            if (names.size() != 2) return std::nullopt;
            files.emplace_back(names[0], names[1], Options{});
        }
        return files;
    }
};

} // namespace haulier::bus
