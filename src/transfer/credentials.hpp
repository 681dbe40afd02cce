// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of a job's credentials are offered to a server or proxy. curl chooses the strongest scheme that the
// other side supports, but has one user name and one password for all schemes.
#pragma once

#include "transfer/curl_handle.hpp"
#include "worker.pb.h"

#include <string>

namespace haulier::transfer {

struct Login {
    unsigned long schemes = CURLAUTH_NONE; ///< CURLAUTH_ bits
    std::string user;
    std::string password;
    std::string token; ///< for bearer; the other members are then empty
    bool operator==(const Login&) const = default;
};

/// For the server, or with `proxy` for the proxy: the token if there is one, otherwise the strongest scheme
/// and all others with the same user name and password.
Login choose_login(const wire::Http& http, bool proxy);

void set_server_login(CurlHandle& handle, const wire::Http& http);
void set_proxy_login(CurlHandle& handle, const wire::Http& http);

} // namespace haulier::transfer
