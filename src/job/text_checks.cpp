// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/text_checks.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

Error invalid_argument(std::string message) {
    return {Errc::InvalidArgument, std::move(message)};
}

size_t length_of(const std::string& utf8) {
    return static_cast<size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Status characters_at_most(std::string_view what, const std::string& text, size_t limit) {
    if (auto n = length_of(text); n > limit)
        return Error{Errc::StringTooLong,
                     fmt::format("{} has {} characters, at most {} are allowed", what, n, limit)};
    return Done{};
}

Status bytes_at_most(std::string_view what, const std::string& text, size_t limit) {
    if (text.size() > limit)
        return Error{Errc::StringTooLong,
                     fmt::format("{} has {} bytes, at most {} are allowed", what, text.size(), limit)};
    return Done{};
}

} // namespace haulier::job
