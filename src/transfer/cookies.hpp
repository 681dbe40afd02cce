// SPDX-License-Identifier: LGPL-2.1-or-later
// Cookies (RFC 6265). They live for one request and its redirects: curl keeps them by its own rules, with the
// public suffix list, and they move from the exchange of one redirect to that of the next. None is stored.
#pragma once

#include "transfer/curl_handle.hpp"
#include "worker.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

/// One cookie each, in curl's own format.
using Cookies = std::vector<std::string>;

/// Lets curl keep cookies, beginning with `cookies`.
void set_cookies(CurlHandle& handle, const Cookies& cookies);
Cookies cookies_of(const CurlHandle& handle);

/// A header line `Cookie: ...`.
bool is_cookie_header(std::string_view line);
/// The client's own cookies, from its Cookie headers. curl sends them in one field with the others.
std::string own_cookies(const wire::Http& http);

} // namespace haulier::transfer
