// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy_finder.hpp"

#include <proxy.h>
#include <string>
#include <utility>
#include <vector>

namespace haulier::transfer {

/// Made at the first question: it loads modules for all desktops, and most jobs need none.
struct ProxyFinder::Library {
    struct Freed {
        void operator()(pxProxyFactory* factory) const { px_proxy_factory_free(factory); }
        void operator()(char** proxies) const { px_proxy_factory_free_proxies(proxies); }
    };
    std::unique_ptr<pxProxyFactory, Freed> factory;

    std::vector<std::string> ask(const std::string& url) {
        if (!factory) factory.reset(px_proxy_factory_new());
        if (!factory) return {};
        std::unique_ptr<char*, Freed> proxies{px_proxy_factory_get_proxies(factory.get(), url.c_str())};
        std::vector<std::string> answers;
        for (char** proxy = proxies.get(); proxy && *proxy; ++proxy)
            answers.emplace_back(*proxy);
        return answers;
    }
};

ProxyFinder::ProxyFinder(DiskThread& disk) : disk_(disk), library_(std::make_shared<Library>()) {}

void ProxyFinder::find(const Url& url, std::function<void(Routes)> found) {
    // A PAC script is a stranger's program: with https it learns the server and nothing more.
    auto asked = url.scheme == "https" ? url.origin() + "/" : url.text;
    disk_.run([library = library_, asked] { return library->ask(asked); },
              [found = std::move(found)](const std::vector<std::string>& answers) {
                  found(routes_of_answers(answers));
              });
}

} // namespace haulier::transfer
