// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy_finder.hpp"

#include "transfer/proxy_command.hpp"

#include <proxy.h>
#include <string>
#include <utility>
#include <vector>

namespace haulier::transfer {

/// Created by the first query: it loads modules for all desktops, and most jobs need none.
struct ProxyFinder::Library {
    struct Deleter {
        void operator()(pxProxyFactory* made) const { px_proxy_factory_free(made); }
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

namespace {

constexpr std::chrono::minutes AdviceLasts{5};
/// A program that has failed is asked again soon.
constexpr std::chrono::seconds SilenceLasts{30};
constexpr size_t MaxAdvice = 1000;

} // namespace

ProxyFinder::ProxyFinder(DiskPool& disk) : disk_(disk), library_(std::make_shared<Library>()) {}

void ProxyFinder::use_command(const std::string& program) {
    if (program == command_) return;
    command_ = program;
    for (auto& [server, advice] : advice_)
        advice.until = {};
}

/// The path and the query of a URL may be secret, and other users see the arguments of programs.
void ProxyFinder::ask_command(const Url& url, const std::function<void(const Routes&)>& found) {
    auto server = url.origin();
    if (advice_.size() >= MaxAdvice)
        std::erase_if(advice_, [](const auto& known) { return known.second.waiting.empty(); });
    auto& advice = advice_[server];
    bool is_running = !advice.waiting.empty();
    if (!is_running && std::chrono::steady_clock::now() < advice.until) {
        const auto routes = advice.routes;
        return found(routes);
    }
    advice.waiting.push_back(found);
    if (is_running) return;
    disk_.run(
        {.path = "proxy command", .name = server},
        [program = command_, server] { return run_proxy_command(program, server + "/"); },
        [this, program = command_, server](const std::string& output) {
            advised(program, server, routes_from_command(output));
        });
}

void ProxyFinder::advised(const std::string& program, const std::string& server, Routes routes) {
    auto& advice = advice_[server];
    auto lasts = routes.empty() ? std::chrono::seconds{SilenceLasts} : std::chrono::seconds{AdviceLasts};
    if (program == command_) advice.until = std::chrono::steady_clock::now() + lasts;
    advice.routes = routes;
    for (const auto& found : std::exchange(advice.waiting, {}))
        found(routes);
}

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
