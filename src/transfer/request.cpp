// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/request.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr uint32_t MostRedirects = 10;

bool is_redirect(const Answer& answer) {
    int s = answer.status;
    return (s == 301 || s == 302 || s == 303 || s == 307 || s == 308) && !answer.location.empty();
}

/// What browsers made of these statuses has become the rule (RFC 9110 15.4).
void change_method(Question& question, int status) {
    bool forget = status == 303 || ((status == 301 || status == 302) && question.method == "POST");
    if (!forget || question.method.empty() || question.method == "HEAD") return;
    question.method = "GET";
    question.body = nullptr;
}

/// The proxy is to blame, or whoever stands at the route's end; another route may lead there.
bool never_arrived(const Answer& answer, const Ending& ending) {
    if (answer.status != 0 || ending.stalled) return false;
    return ending.code == CURLE_COULDNT_CONNECT || ending.code == CURLE_COULDNT_RESOLVE_PROXY ||
           ending.code == CURLE_COULDNT_RESOLVE_HOST || ending.code == CURLE_PROXY ||
           ending.code == CURLE_OPERATION_TIMEDOUT;
}

} // namespace

Request::Request(Network& network, Question question, Receiver& receiver)
    : network_(network), question_(std::move(question)), receiver_(receiver),
      self_(std::make_shared<Request*>(this)) {
    auto url = parse_url(question_.url);
    if (auto* good = std::get_if<Url>(&url)) {
        first_ = here_ = std::move(*good);
        begin_hop();
    } else {
        later_ = network_.loop.defer([this] { give_up({}, CURLE_URL_MALFORMAT); });
    }
}

void Request::resume() {
    if (exchange_) exchange_->resume();
}

void Request::begin_hop() {
    exchange_.reset();
    if (!needs_search(question_.http, here_, &std::getenv))
        return take_routes(routes_without_search(question_.http, here_));
    network_.proxies.find(here_, [self = std::weak_ptr{self_}](Routes routes) {
        if (auto request = self.lock()) (*request)->take_routes(std::move(routes));
    });
}

void Request::take_routes(Routes routes) {
    routes_ = std::move(routes);
    if (!routes_.empty()) return take_next_route();
    later_ = network_.loop.defer([this] { receiver_.ended({}, {.code = CURLE_PROXY, .bad_proxy = true}); });
}

void Request::take_next_route() {
    const Route route = std::move(routes_.front());
    routes_.erase(routes_.begin());
    Receiver& self = *this;
    exchange_.reset();
    exchange_ = std::make_unique<Exchange>(
        network_.loop, network_.curl, network_.settings, question_,
        Errand{.url = here_, .route = route, .first_server = here_.origin() == first_.origin()}, self);
}

Receiver::Take Request::body(const Answer& answer, std::string_view bytes) noexcept {
    if (is_redirect(answer)) return Take::Taken;
    return receiver_.body(answer, bytes);
}

void Request::ended(const Answer& answer, const Ending& ending) {
    if (never_arrived(answer, ending) && !routes_.empty()) return take_next_route();
    if (ending.code != CURLE_OK || !is_redirect(answer)) return receiver_.ended(answer, ending);
    if (question_.http.redirect() != wire::Http::DISALLOW) return follow(answer);
    auto told = ending;
    auto target = resolve(here_, answer.location);
    if (auto* url = std::get_if<Url>(&target)) told.redirect = url->text;
    receiver_.ended(answer, told);
}

void Request::follow(const Answer& answer) {
    if (++hops_ > MostRedirects) return give_up(answer, CURLE_TOO_MANY_REDIRECTS);
    auto target = resolve(here_, answer.location);
    if (auto* fault = std::get_if<UrlFault>(&target)) {
        if (fault->has_user) return give_up(answer, CURLE_LOGIN_DENIED);
        return give_up(answer, fault->unsupported ? CURLE_UNSUPPORTED_PROTOCOL : CURLE_URL_MALFORMAT);
    }
    auto& url = std::get<Url>(target);
    bool lowers_its_guard = here_.scheme == "https" && url.scheme == "http";
    if (lowers_its_guard && !question_.http.allow_https_to_http())
        return give_up(answer, CURLE_UNSUPPORTED_PROTOCOL);
    change_method(question_, answer.status);
    if (question_.body && !question_.body->rewind()) return give_up(answer, CURLE_SEND_FAIL_REWIND);
    here_ = std::move(url);
    redirected_to_ = here_.text;
    begin_hop();
}

void Request::give_up(const Answer& answer, CURLcode code) {
    receiver_.ended(answer, {.code = code});
}

} // namespace haulier::transfer
