// SPDX-License-Identifier: LGPL-2.1-or-later
// The URLs that the worker requests. Messages and logs name the host only, never the path, the query or the
// user. Host names may be Unicode; curl translates them. Other characters outside ASCII are percent-encoded,
// but spaces and control characters are rejected, because the caller almost certainly forgot to escape them.
#pragma once

#include "base/result.hpp"

#include <string>

namespace haulier::transfer {

struct Url {
    std::string scheme; ///< http or https
    std::string host;   ///< in lower case; an IPv6 address has brackets
    std::string port;   ///< never empty
    std::string text;   ///< the whole URL, as it is sent
    /// Scheme, host and port (RFC 6454).
    [[nodiscard]] std::string origin() const { return scheme + "://" + host + ":" + port; }
};

/// What identifies the owner at `first` may also be sent to `other`: it has the same origin, or is the same
/// host with https in place of http, both on their default ports.
bool is_same_server(const Url& first, const Url& other);

/// `url` on the server of `server`: its scheme, host and port.
Url on_server(const Url& url, const Url& server);

struct UrlError {
    bool unsupported = false; ///< a valid URL with a scheme other than http and https
    bool has_user = false;    ///< it contains a user name or password
    std::string message;
};

/// `text` has at most MaxUrl bytes.
Result<Url, UrlError> parse_url(const std::string& text);

/// The target of a redirect from `base` (RFC 3986 5). More lenient than parse_url: spaces are escaped.
Result<Url, UrlError> resolve(const Url& base, const std::string& location);

} // namespace haulier::transfer
