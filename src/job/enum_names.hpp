// SPDX-License-Identifier: LGPL-2.1-or-later
// Values and their words on the bus. Names<T> has the words of an enumeration or of a set of flags, and
// stands beside T; the functions here do the rest.
#pragma once

#include "base/result.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace haulier::job {

template <class Value>
struct EnumName {
    Value value;
    std::string_view word;
};
/// clang 14 does not deduce the arguments of aggregates.
template <class Value>
EnumName(Value, std::string_view) -> EnumName<Value>;

/// Specialised with `what`, as a person calls the choice, and `rows`, an array of EnumName. The values of a
/// set of flags are its members.
template <class T>
struct Names;

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires {
    Names<T>::rows;
};
template <class T>
concept NamedFlags = std::is_class_v<T> && requires {
    Names<T>::rows;
};

/// With the words there are. NotSupported (BITS: E_NOTIMPL), unless the enumeration has another `refusal`.
Error not_a_word(Errc code, std::string_view what, const std::string& word,
                 const std::vector<std::string_view>& all);
template <class T>
constexpr Errc refusal_of() {
    if constexpr (requires { Names<T>::refusal; })
        return Names<T>::refusal;
    else
        return Errc::NotSupported;
}

template <class T>
std::vector<std::string_view> words_of() {
    std::vector<std::string_view> words;
    for (const auto& row : Names<T>::rows)
        words.push_back(row.word);
    return words;
}

template <class T>
auto value_of(const std::string& word) -> Result<decltype(Names<T>::rows.begin()->value)> {
    for (const auto& row : Names<T>::rows)
        if (row.word == word) return row.value;
    return not_a_word(refusal_of<T>(), Names<T>::what, word, words_of<T>());
}

template <NamedEnum T>
std::string_view to_string(T value) {
    for (const auto& row : Names<T>::rows)
        if (row.value == value) return row.word;
    return {};
}

template <NamedEnum T>
Result<T> parse(const std::string& word) {
    return value_of<T>(word);
}

template <NamedFlags T>
std::vector<std::string> to_strings(const T& flags) {
    std::vector<std::string> words;
    for (const auto& row : Names<T>::rows)
        if (flags.*(row.value)) words.emplace_back(row.word);
    return words;
}

template <NamedFlags T>
Result<T> parse(const std::vector<std::string>& words) {
    T flags;
    for (const auto& row : Names<T>::rows)
        flags.*(row.value) = false;
    for (const auto& word : words) {
        auto member = value_of<T>(word);
        if (!member) return member.error();
        flags.*(*member) = true;
    }
    return flags;
}

} // namespace haulier::job
