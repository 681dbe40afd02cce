// SPDX-License-Identifier: LGPL-2.1-or-later
// By which way a URL is asked: what the job, the environment or the desktop's settings say, made a list of
// routes. Pure functions; who must be asked first is in proxy_finder.
#pragma once

#include "transfer/url.hpp"
#include "worker.pb.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

struct Route {
    enum class Kind {
        Direct,
        Via,
        Environment, ///< as curl reads http_proxy and its like
    } kind = Kind::Direct;
    std::string proxy; ///< scheme://host:port, of Via
    bool operator==(const Route&) const = default;
};

/// In the order in which they are to be tried; none = what is configured cannot be used.
using Routes = std::vector<Route>;

/// Of a list `[protocol=][scheme://]host[:port] ...`. Where no entry is for the URL's scheme: direct.
Routes routes_of_list(std::string_view list, const Url& url);

/// Is `host` to be asked directly? `bypass`: names, `*.domain`, `<local>` for names without a dot.
bool bypasses(std::string_view bypass, std::string_view host);

/// Of what libproxy answers: `direct://`, `http://host:port`, `socks://host:port`.
Routes routes_of_answers(const std::vector<std::string>& answers);

/// Does the environment name a proxy for this scheme? Then curl does the rest, no_proxy included.
bool environment_has_proxy(std::string_view scheme, const std::function<const char*(const char*)>& lookup);

/// Must the desktop's settings be asked, and are not needed for this machine itself?
bool needs_search(const wire::Http& http, const Url& url,
                  const std::function<const char*(const char*)>& lookup);

/// All that can be said without asking the desktop.
Routes routes_without_search(const wire::Http& http, const Url& url);

} // namespace haulier::transfer
