// SPDX-License-Identifier: LGPL-2.1-or-later
// Tables of values and their words on the bus; private to the module.
#pragma once

#include "base/result.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::job {

template <class Value>
struct EnumName {
    Value value;
    std::string_view word;
};

template <class Rows, class Value>
std::string_view name_in(const Rows& rows, Value value) {
    for (const auto& row : rows)
        if (row.value == value) return row.word;
    return {};
}

template <class Rows>
std::string all_names(const Rows& rows) {
    std::vector<std::string_view> words;
    for (const auto& row : rows)
        words.push_back(row.word);
    return fmt::format("{}", fmt::join(words, ", "));
}

/// `what` is what a person calls the choice, such as "priority".
template <class Rows>
auto value_in(const Rows& rows, std::string_view what, const std::string& word)
    -> Result<decltype(rows.begin()->value)> {
    for (const auto& row : rows)
        if (row.word == word) return row.value;
    return Error{Errc::NotSupported, fmt::format("{} '{}' is not one of {}", what, word, all_names(rows))};
}

/// A set of flags: each row's value is a member of Flags. `flags` begins with all of them down.
template <class Rows, class Flags>
Result<Flags> flags_in(const Rows& rows, std::string_view what, const std::vector<std::string>& words,
                       Flags flags) {
    for (const auto& word : words) {
        auto member = value_in(rows, what, word);
        if (!member) return member.error();
        flags.*(*member) = true;
    }
    return flags;
}

template <class Rows, class Flags>
std::vector<std::string> names_of(const Rows& rows, const Flags& flags) {
    std::vector<std::string> words;
    for (const auto& row : rows)
        if (flags.*(row.value)) words.emplace_back(row.word);
    return words;
}

} // namespace haulier::job
