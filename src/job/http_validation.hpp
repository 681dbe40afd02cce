// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of what a client chooses for HTTP requests: headers, method, credentials and proxies.
#pragma once

#include "job/types.hpp"

#include <string>
#include <vector>

namespace haulier::job {

/// Bytes in all header lines together (BITS: 16,384 characters).
inline constexpr size_t MaxHeaders = 16384;
/// Code points in a user name.
inline constexpr size_t MaxUserName = 300;
/// Bytes in a password or token.
inline constexpr size_t MaxPassword = 16384;
/// Bytes in all user names and passwords of a job together: one packet to a worker holds them all.
inline constexpr size_t MaxAllCredentials = 32768;
/// Bytes in a method.
inline constexpr size_t MaxMethod = 64;

/// A token of RFC 9110 5.6.2, as the names of headers and methods are.
bool is_token(const std::string& text);

/// Each line is "Name: value" (RFC 9110 5.1 and 5.5), and no name is one of the headers that Haulier sets
/// itself. InvalidArgument or StringTooLong otherwise.
Status check_headers(const std::vector<std::string>& lines);
/// The method as it is stored: empty for the default, which is GET for downloads and PUT for uploads.
/// NotSupported if jobs of this type cannot use it.
Result<std::string> method_for(Type type, const std::string& method);
/// RFC 7617 for basic, RFC 6750 for bearer; the other schemes need a user name or take that of the process.
Status check_credentials(const Credentials& credentials);
/// Items of the form [protocol=][scheme://]host[:port], separated by white space.
Status check_proxy_list(const std::string& list);
/// Host names, with or without a port, `*.domain`, `*` or `<local>`, separated by white space.
Status check_proxy_bypass(const std::string& bypass);

} // namespace haulier::job
