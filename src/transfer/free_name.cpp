// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/free_name.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::transfer {

namespace {

constexpr size_t MaxExtension = 16;

/// Where the extension begins, with its dot; the end if there is none.
size_t extension_of(const std::string& name) {
    auto dot = name.rfind('.');
    if (dot == std::string::npos || dot == 0 || name.size() - dot > MaxExtension) return name.size();
    constexpr std::string_view tar = ".tar";
    bool is_archive = dot > tar.size() && name.compare(dot - tar.size(), tar.size(), tar) == 0;
    return is_archive ? dot - tar.size() : dot;
}

} // namespace

std::string numbered_name(const std::string& name, uint32_t number, size_t longest) {
    auto dot = extension_of(name);
    auto rest = fmt::format(" ({}){}", number, name.substr(dot));
    auto length = std::min(dot, longest - std::min(rest.size(), longest));
    while (length > 0 && length < dot && continues_character(name[length]))
        --length;
    return name.substr(0, length) + rest;
}

} // namespace haulier::transfer
