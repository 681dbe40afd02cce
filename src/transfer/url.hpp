// SPDX-License-Identifier: LGPL-2.1-or-later
// What makes a remote name acceptable, and how it may be spoken of: its host, never its path, query or user.
// Names of hosts may be Unicode; curl translates them. Elsewhere what is not ASCII gets percent signs, while
// spaces and control characters are refused: whoever sends them has forgotten to quote.
#pragma once

#include <string>
#include <variant>

namespace haulier::transfer {

inline constexpr size_t LongestUrl = 8000;

struct Url {
    std::string scheme; ///< http or https
    std::string host;   ///< in lower case; IPv6 with brackets
    std::string port;
    std::string text; ///< all of it, as it is sent
    /// Names the server for as long as the worker lives.
    [[nodiscard]] std::string origin() const { return scheme + "://" + host + ":" + port; }
};

struct UrlFault {
    bool unsupported = false; ///< a good URL, but nothing Haulier fetches
    bool has_user = false;
    std::string message;
};

std::variant<Url, UrlFault> parse_url(const std::string& text);

/// Where a redirect from `base` leads. More is forgiven than to clients: spaces are quoted.
std::variant<Url, UrlFault> resolve(const Url& base, const std::string& location);

} // namespace haulier::transfer
