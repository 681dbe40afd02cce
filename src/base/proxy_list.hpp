// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists of proxies, and of hosts for which none is used, as clients give them (ProxyList, ProxyBypass).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace haulier {

/// The largest size in bytes of either list.
inline constexpr size_t MaxProxyList = 4000;

/// One entry, `[protocol=][scheme://]address`, in lower case; missing parts are empty.
struct ListedProxy {
    std::string protocol; ///< of the URLs for which it is used
    std::string scheme;
    std::string address; ///< `host[:port]`
};
std::vector<ListedProxy> split_proxy_list(std::string_view list);

/// Whether a list of hosts without a proxy may have this entry: a host, perhaps with a port, `*.domain`,
/// `<local>`, or `*` for all.
bool is_bypass_pattern(std::string_view entry);

/// Whether `host` is reached without a proxy. `bypass` has names, `*.domain`, and `<local>` for names without
/// a dot.
bool bypasses(std::string_view bypass, std::string_view host);

/// The entries of the environment variable no_proxy, which blanks or commas separate, in lower case.
std::vector<std::string> split_no_proxy(std::string_view no_proxy);

} // namespace haulier
