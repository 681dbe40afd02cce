// SPDX-License-Identifier: LGPL-2.1-or-later
// When an exchange neither reads nor sends: while a limit is reached, after a long turn of the event loop,
// and while the handler takes no bytes.
#include "transfer/http_exchange.hpp"

#include <utility>

namespace haulier::transfer {

namespace {

using std::chrono::milliseconds;

constexpr Usec WakeUpInterval = milliseconds{250};
/// How long one exchange may occupy the event loop.
constexpr auto MaxTurn = milliseconds{20};

} // namespace

/// The response to a request that is sent while a limit is reached would be read before anything can stop it.
void HttpExchange::start() {
    if (curl_.limits().may_move(group_)) return add();
    is_limited_ = true;
    curl_.limits().wait(this, group_, nullptr, [this] { add(); });
}

/// Leaves the bytes to curl until unpause().
size_t HttpExchange::hold() {
    stopped_ = false;
    paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
}

void HttpExchange::count_for_limit() {
    auto* traffic = curl_.traffic_of(handle_.get());
    if (!traffic) return;
    if (!curl_.limits().is_limited(group_)) return traffic->was_unlimited();
    curl_.limits().moved(group_, traffic->take_uncharged(curl_.socket_of(handle_.get())));
}

/// A server that sends faster than we read would keep curl busy for ever with this connection. In a pause
/// curl 7.88 joins the lines of a head, and forgets a transfer whose last bytes have arrived.
void HttpExchange::yield_when_due() {
    bool may_pause = patience_.is_receiving() && !yielded_ && !paused_ && !body_paused_;
    if (!may_pause || !curl_.has_turn_lasted(MaxTurn)) return;
    yielded_ = true;
    set_paused(true);
    continue_ = loop_.defer(
        [this] {
            continue_.reset();
            yielded_ = false;
            if (!curl_.limits().may_move(group_)) stop_receiving();
            if (!paused_) set_paused(false);
            if (!wake_up_) schedule_wake_up();
        },
        EventPriority::Last);
}

/// True if a limit stops reading for now: curl holds the bytes that it has read.
bool HttpExchange::must_wait_to_receive() {
    count_for_limit();
    if (curl_.limits().may_move(group_)) return false;
    wait_to_receive();
    curl_.limits().stop_others(this);
    return true;
}

/// curl may pass bytes also while stopped_ is set, so that the exchange is queued already.
void HttpExchange::wait_to_receive() {
    is_limited_ = true;
    if (std::exchange(is_queued_, true)) return;
    curl_.limits().wait(this, group_, curl_.traffic_of(handle_.get()), [this] {
        is_queued_ = false;
        if (auto code = unpause(); code != CURLE_OK) curl_.end(handle_.get(), code);
        if (!wake_up_) schedule_wake_up();
    });
}

/// Another exchange has reached the limit. With HTTP/2, libcurl 7.88 would read some 60 KB for each of dozens
/// of streams before it returns. A transfer cannot be paused before its request is sent.
void HttpExchange::stop_receiving() {
    stops_when_sent_ = !was_sent();
    bool reads =
        !stops_when_sent_ && !result_ && !paused_ && !yielded_ && !body_paused_ && undelivered_.empty();
    if (!reads) return;
    set_paused(true);
    paused_ = stopped_ = true;
    wait_to_receive();
}

/// True if a limit stops the body for now.
bool HttpExchange::must_wait_to_send() {
    if (curl_.limits().may_move(group_)) return false;
    is_limited_ = true;
    if (!std::exchange(body_paused_, true)) curl_.limits().wait(this, group_, nullptr, [this] { resume(); });
    return true;
}

void HttpExchange::set_paused(bool receiving) {
    curl_easy_pause(handle_.get(), (receiving ? CURLPAUSE_RECV : 0) | (body_paused_ ? CURLPAUSE_SEND : 0));
}

void HttpExchange::resume() {
    if (std::exchange(body_paused_, false) && !paused_) set_paused(yielded_);
    if (undelivered_.empty()) return;
    patience_.resumed();
    bool wanted = deliver(std::exchange(undelivered_, {}));
    if (!undelivered_.empty()) return;
    if (result_) return report(wanted ? *result_ : CURLE_WRITE_ERROR);
    auto code = wanted ? unpause() : CURLE_WRITE_ERROR;
    if (code != CURLE_OK) curl_.end(handle_.get(), code);
}

/// curl delivers the bytes it holds from inside curl_easy_pause(), and all of them are accepted: if the
/// callback pauses again there, curl 8.14 continues to read and loses them when the connection breaks.
/// While curl moves a transfer to another connection, it has none, and curl can neither pause it nor continue
/// it. On the new connection it is not paused.
CURLcode HttpExchange::unpause() {
    bool may_have_moved = std::exchange(stopped_, false);
    if (!std::exchange(paused_, false)) return CURLE_OK;
    unpausing_ = true;
    auto code = curl_easy_pause(handle_.get(), body_paused_ ? CURLPAUSE_SEND : CURLPAUSE_CONT);
    unpausing_ = false;
    return may_have_moved && code == CURLE_BAD_FUNCTION_ARGUMENT ? CURLE_OK : code;
}

/// curl 7.88 forgets a transfer whose last bytes arrived while it was paused: the socket has no more events,
/// and no timer is set. Changing the pause state makes curl check the transfer again.
void HttpExchange::schedule_wake_up() {
    wake_up_ = loop_.after(WakeUpInterval, [this] {
        // Undelivered bytes mean that resume() will follow. Before there is a connection, both calls fail.
        bool reads = undelivered_.empty() && !yielded_ && !paused_;
        if (reads) set_paused(true);
        if (reads && undelivered_.empty()) set_paused(false);
        schedule_wake_up();
    });
}

} // namespace haulier::transfer
