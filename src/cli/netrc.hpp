// SPDX-License-Identifier: LGPL-2.1-or-later
// User names and passwords for hosts, from a file in the format of netrc(5).
#pragma once

#include "cli/failure.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::cli {

struct Login {
    std::string user;
    std::string password;
    bool operator==(const Login&) const = default;
};

/// The first entry for `host` that has a user. "default" is ignored: it would be sent to any server.
std::optional<Login> netrc_login(std::string_view text, const std::string& host);

struct Netrc {
    std::string path;
    std::string text;
    bool is_private = true; ///< no other user can read it
};
/// Reads the file that $NETRC names, otherwise .netrc in the home directory; the result has no text if no
/// such file can be read.
Result<Netrc, Failure> read_netrc(const std::function<const char*(const char*)>& lookup);

} // namespace haulier::cli
