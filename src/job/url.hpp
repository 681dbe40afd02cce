// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of a URL that decisions need: scheme, server and user. The worker, which has a full parser,
// checks the rest.
#pragma once

#include "job/options.hpp"

#include <optional>
#include <string>

namespace haulier::job {

/// The authority of a URL (RFC 3986 3.2). The positions are offsets into the URL.
struct Authority {
    std::string scheme;    ///< lower case
    size_t begin = 0;      ///< after "://"
    size_t host_begin = 0; ///< after the user information and its '@', if there is any
    size_t end = 0;        ///< of the authority
    std::string host;      ///< lower case, with brackets if it is an IPv6 address
    std::string port;      ///< the default port of the scheme if the URL has none
    [[nodiscard]] bool has_user() const { return host_begin != begin; }
    [[nodiscard]] std::string server() const { return host + ":" + port; }
};
/// Nothing if `url` has no "://".
std::optional<Authority> authority_of(const std::string& url);

/// Removes "user:password@" from `url` and returns it, percent-decoded, as credentials for that server alone.
/// Nothing if the URL has no user.
std::optional<Credentials> take_user(std::string& url);

/// What identifies the owner at `first` may also be sent to `other`: both have the same scheme, host and
/// port, or `other` has https in place of http, both on their default ports. False if one of them is not a
/// URL.
bool is_same_server(const std::string& first, const std::string& other);

} // namespace haulier::job
