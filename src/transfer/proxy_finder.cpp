// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy_finder.hpp"

#include <proxy.h>
#include <string>
#include <utility>
#include <vector>

namespace haulier::transfer {

/// Created by the first query: it loads modules for all desktops, and most jobs need none.
struct ProxyFinder::Library {
    struct Deleter {
        void operator()(pxProxyFactory* factory) const { px_proxy_factory_free(factory); }
        void operator()(char** proxies) const { px_proxy_factory_free_proxies(proxies); }
    };
    std::unique_ptr<pxProxyFactory, Deleter> factory;

    std::vector<std::string> query(const std::string& url) {
        if (!factory) factory.reset(px_proxy_factory_new());
        if (!factory) return {};
        std::unique_ptr<char*, Deleter> proxies{px_proxy_factory_get_proxies(factory.get(), url.c_str())};
        std::vector<std::string> result;
        for (char** proxy = proxies.get(); proxy && *proxy; ++proxy)
            result.emplace_back(*proxy);
        return result;
    }
};

ProxyFinder::ProxyFinder(DiskPool& disk) : disk_(disk), library_(std::make_shared<Library>()) {}

void ProxyFinder::find(const Url& url, std::function<void(Routes)> found) {
    // A PAC script is untrusted code: for https it sees the server only.
    auto visible = url.scheme == "https" ? url.origin() + "/" : url.text;
    disk_.run(
        {.path = "proxies"}, [library = library_, visible] { return library->query(visible); },
        [found = std::move(found)](const std::vector<std::string>& result) {
            found(routes_from_libproxy(result));
        });
}

} // namespace haulier::transfer
