// SPDX-License-Identifier: LGPL-2.1-or-later
// Is what a client wants of requests sane: headers, methods, credentials, proxies?
#pragma once

#include "job/types.hpp"

#include <string>
#include <vector>

namespace haulier::job {

/// All lines together, in bytes (BITS: 16,384 characters).
inline constexpr size_t MaxHeaders = 16384;
/// In characters.
inline constexpr size_t MaxUserName = 300;
/// In bytes.
inline constexpr size_t MaxPassword = 16384;
/// Of all users and passwords of a job together, in bytes: a worker gets them in one packet.
inline constexpr size_t MaxAllCredentials = 32768;
/// Of the list of proxies and of the bypass list, in bytes.
inline constexpr size_t MaxProxyList = 4000;
/// In bytes.
inline constexpr size_t MaxMethod = 64;

/// RFC 9110 5.6.2, what names of headers and methods are made of.
bool is_token(const std::string& text);

/// RFC 9110 5.1 and 5.5, and none of the headers that Haulier itself must say.
Status check_headers(const std::vector<std::string>& lines);
/// Answers the method as it is stored: empty for the default of the type.
Result<std::string> method_for(Type type, const std::string& method);
Status check_credentials(const Credentials& credentials);
/// [protocol=][scheme://]host[:port] ...
Status check_proxy_list(const std::string& list);
Status check_proxy_bypass(const std::string& bypass);

} // namespace haulier::job
