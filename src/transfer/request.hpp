// SPDX-License-Identifier: LGPL-2.1-or-later
// A question and its answer, by way of the right proxy and past redirects. Redirects are followed here and
// not by curl: each may need another proxy, and what identifies the job's owner (headers, passwords,
// certificate) is for the first server alone.
#pragma once

#include "transfer/curl_loop.hpp"
#include "transfer/exchange.hpp"
#include "transfer/proxy.hpp"
#include "transfer/proxy_finder.hpp"
#include "transfer/question.hpp"
#include "transfer/url.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

/// The ways out of this process.
struct Network {
    Loop& loop;
    CurlLoop& curl;
    ProxyFinder& proxies;
    NetworkSettings settings;
};

class Request final : private Receiver {
public:
    /// `network` and `receiver` must outlive it. The receiver hears the last answer only.
    Request(Network& network, Question question, Receiver& receiver);
    /// Drops the exchange; nothing is told any more.
    ~Request() override = default;
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    /// After Hold. The receiver may be called before this returns.
    void resume();
    /// Bytes of the question's body that have left.
    [[nodiscard]] uint64_t sent() const { return exchange_ ? exchange_->sent() : 0; }
    /// Where redirects have led; empty if there was none.
    [[nodiscard]] const std::string& redirected_to() const { return redirected_to_; }

private:
    Take body(const Answer& answer, std::string_view bytes) noexcept override;
    void ended(const Answer& answer, const Ending& ending) override;
    void begin_hop();
    void take_routes(std::vector<Route> routes);
    void take_next_route();
    void follow(const Answer& answer);
    void give_up(const Answer& answer, CURLcode code);

    Network& network_;
    Question question_;
    Receiver& receiver_;
    Url first_;
    Url here_;
    std::string redirected_to_;
    uint32_t hops_ = 0;
    std::vector<Route> routes_; ///< still to be tried
    std::unique_ptr<Exchange> exchange_;
    Source later_;
    std::shared_ptr<Request*> self_; ///< a search for proxies that ends late sees that it is gone
};

} // namespace haulier::transfer
