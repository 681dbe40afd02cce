// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of a job's user names and passwords are offered. curl picks the strongest scheme that a server has,
// but knows one user and one password for all schemes.
#pragma once

#include "transfer/easy.hpp"
#include "worker.pb.h"

#include <string>

namespace haulier::transfer {

struct Login {
    unsigned long schemes = CURLAUTH_NONE; ///< CURLAUTH_ bits
    std::string user;
    std::string password;
    std::string token; ///< bearer; then there is nothing else
    bool operator==(const Login&) const = default;
};

/// For the server, or with `proxy` for the proxy: a token if there is one, else the strongest scheme and all
/// others with the same user and password.
Login choose_login(const wire::Http& http, bool proxy);

void set_server_login(Easy& easy, const wire::Http& http);
void set_proxy_login(Easy& easy, const wire::Http& http);

} // namespace haulier::transfer
