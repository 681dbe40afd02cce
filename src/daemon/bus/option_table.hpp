// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads dictionaries of options: a table pairs each name with the type that its value must have and the place
// where it goes. Unknown names are refused.
#pragma once

#include "base/result.hpp"
#include "daemon/bus/codec.hpp"
#include "daemon/bus/written_values.hpp"

#include <fmt/core.h>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace haulier::bus {

template <class T>
Result<T> value_of(const std::string& name, const sdbus::Variant& value) {
    if (value.containsValueOfType<T>()) return value.get<T>();
    if (auto written = Written<T>::in(value)) return *written;
    return Error{Errc::InvalidArgument, fmt::format("'{}' has type '{}', '{}' is needed", name,
                                                    value.peekValueType(), signature_of<T>())};
}

/// Takes one option into a command of type C.
template <class C>
using Taker = std::function<Status(C&, const std::string&, const sdbus::Variant&)>;
template <class C>
using Takers = std::map<std::string, Taker<C>>;

/// A taker that hands a value of the right D-Bus type to `assign`.
template <class T, class C, class Assign>
Taker<C> taking(Assign assign) {
    return [assign](C& command, const std::string& name, const sdbus::Variant& variant) -> Status {
        auto value = value_of<T>(name, variant);
        if (!value) return value.error();
        return assign(command, *value);
    };
}

/// A taker that stores the value as it is.
template <class T, class C, class Place>
Taker<C> keeping(Place C::*place) {
    return taking<T, C>([place](C& command, const T& value) -> Status {
        command.*place = value;
        return Done{};
    });
}

/// Assigns a parsed value, or passes its error on.
template <class T, class Place>
Status keep(Result<T> parsed, Place& place) {
    if (!parsed) return parsed.error();
    place = std::move(*parsed);
    return Done{};
}

template <class C>
Status take(C& command, const std::string& name, const sdbus::Variant& value, const Takers<C>& takers,
            const char* what) {
    if (auto taker = takers.find(name); taker != takers.end()) return taker->second(command, name, value);
    std::string known;
    for (const auto& [other, unused] : takers)
        known += (known.empty() ? "" : ", ") + other;
    return Error{Errc::NotSupported, fmt::format("unknown {} '{}'; known are {}", what, name, known)};
}

template <class C>
Status take_all(C& command, const Options& options, const Takers<C>& takers, const char* what) {
    for (const auto& [name, value] : options)
        if (auto ok = take(command, name, value, takers, what); !ok) return ok;
    return Done{};
}

} // namespace haulier::bus
