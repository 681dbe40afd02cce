// SPDX-License-Identifier: LGPL-2.1-or-later
// What makes a remote name acceptable, and how it may be spoken of: its host, never its path, query or user.
#pragma once

#include <string>
#include <variant>

namespace haulier::transfer {

inline constexpr size_t LongestUrl = 8000;

struct Url {
    std::string scheme; ///< http or https
    std::string host;
    std::string port;
    /// Names the server for as long as the worker lives.
    [[nodiscard]] std::string origin() const { return scheme + "://" + host + ":" + port; }
};

struct UrlFault {
    bool unsupported = false; ///< a good URL, but nothing Haulier fetches
    std::string sentence;
};

std::variant<Url, UrlFault> parse_url(const std::string& text);

} // namespace haulier::transfer
