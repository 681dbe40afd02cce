// SPDX-License-Identifier: LGPL-2.1-or-later
// As much of a URL as decisions need: who is asked, and whose name stands in it. Whether the rest is sane is
// for the worker, which has a real parser.
#pragma once

#include "job/options.hpp"

#include <optional>
#include <string>

namespace haulier::job {

/// Where in a URL its parts stand; offsets into the text.
struct Authority {
    std::string scheme;    ///< lower case
    size_t begin = 0;      ///< behind "://"
    size_t host_begin = 0; ///< behind the user info and its '@', if there is one
    size_t end = 0;        ///< of host and port
    std::string host;      ///< lower case, with brackets if it is an IPv6 address
    std::string port;      ///< the scheme's own if none is written
    [[nodiscard]] bool has_user() const { return host_begin != begin; }
    [[nodiscard]] std::string server() const { return host + ":" + port; }
};
std::optional<Authority> authority_of(const std::string& url);

/// Cuts "user:password@" out of `url` and makes credentials for that server of it. Nothing: there is none.
std::optional<Credentials> take_user(std::string& url);

/// Same scheme, host and port; false where one is no URL.
bool is_same_server(const std::string& a, const std::string& b);

} // namespace haulier::job
