// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_loop.hpp"

#include <stdexcept>
#include <sys/epoll.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// Network data has the lowest priority: the daemon's messages, disk completions and timers are rare, while
/// the socket of a fast server is always readable and would starve them.
constexpr EventPriority NetworkPriority = EventPriority::Last;

uint32_t epoll_events(int what) {
    if (what == CURL_POLL_IN) return EPOLLIN;
    if (what == CURL_POLL_OUT) return EPOLLOUT;
    return EPOLLIN | EPOLLOUT;
}

int curl_events(uint32_t events) {
    int bits = 0;
    if (events & EPOLLIN) bits |= CURL_CSELECT_IN;
    if (events & EPOLLOUT) bits |= CURL_CSELECT_OUT;
    if (events & (EPOLLERR | EPOLLHUP)) bits |= CURL_CSELECT_ERR;
    return bits;
}

} // namespace

CurlLoop::CurlLoop(Loop& loop) : loop_(loop), multi_(curl_multi_init()) {
    if (!multi_) throw std::runtime_error("curl_multi_init");
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
}

CurlLoop::~CurlLoop() {
    for (auto& [easy, transfer] : running_)
        curl_multi_remove_handle(multi_.get(), easy);
}

void CurlLoop::limit_connections(uint32_t per_host) {
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, long{per_host});
}

void CurlLoop::add(CURL* easy, std::function<void(End)> done) {
    watch_.set_active(true);
    auto [entry, is_new] = running_.emplace(easy, Transfer{*this, std::move(done)});
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &CurlLoop::on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, &entry->second);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &CurlLoop::on_open);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, this);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlLoop::on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
    if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) end(easy, CURLE_FAILED_INIT);
}

void CurlLoop::remove(CURL* easy) {
    if (running_.erase(easy) == 0) return;
    ended_by_us_.erase(easy);
    curl_multi_remove_handle(multi_.get(), easy);
    if (running_.empty()) watch_.set_active(false);
}

void CurlLoop::end(CURL* easy, CURLcode code) {
    if (running_.contains(easy)) ended_by_us_.emplace(easy, code);
    drain_soon();
}

bool CurlLoop::has_turn_lasted(std::chrono::milliseconds time) const {
    return std::chrono::steady_clock::now() - turn_began_ > time;
}

int CurlLoop::socket_of(CURL* easy) const {
    auto found = running_.find(easy);
    return found == running_.end() ? -1 : found->second.connection.socket;
}

std::shared_ptr<Traffic> CurlLoop::traffic_of(CURL* easy) const {
    auto found = running_.find(easy);
    return found == running_.end() ? nullptr : found->second.connection.traffic;
}

int CurlLoop::on_open(void* self, curl_socket_t fd, curlsocktype) noexcept {
    static_cast<CurlLoop*>(self)->watch_.opened(fd);
    return CURL_SOCKOPT_OK;
}

int CurlLoop::on_close(void* self, curl_socket_t fd) noexcept {
    static_cast<CurlLoop*>(self)->watch_.close(fd);
    return 0;
}

int CurlLoop::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept {
    auto& loop = *static_cast<CurlLoop*>(self);
    if (what == CURL_POLL_REMOVE) {
        loop.sockets_.erase(fd);
    } else if (auto found = loop.sockets_.find(fd); found != loop.sockets_.end()) {
        found->second.watch(epoll_events(what));
    } else {
        auto ready = [&loop, fd](uint32_t events) { loop.act(fd, curl_events(events)); };
        loop.sockets_.emplace(fd, loop.loop_.on_io(fd, epoll_events(what), ready, NetworkPriority));
    }
    return 0;
}

int CurlLoop::on_timer(CURLM*, long milliseconds, void* self) noexcept {
    auto& loop = *static_cast<CurlLoop*>(self);
    loop.timer_.reset();
    auto expire = [&loop] { loop.act(CURL_SOCKET_TIMEOUT, 0); };
    // While a transfer pauses, curl 8.14 may ask for a turn at once again and again.
    if (milliseconds == 0)
        loop.timer_ = loop.loop_.defer(expire, NetworkPriority);
    else if (milliseconds > 0)
        loop.timer_ = loop.loop_.after(std::chrono::milliseconds{milliseconds}, expire);
    return 0;
}

int CurlLoop::on_connected(void* raw, char*, char*, int remote_port, int local_port) noexcept {
    auto& transfer = *static_cast<Transfer*>(raw);
    auto& loop = transfer.loop;
    // libcurl says only after a transfer which socket it used.
    transfer.connection = loop.watch_.find(local_port, remote_port);
    if (transfer.connection.is_new && loop.running_.size() > 1 && !loop.wake_)
        loop.wake_ = loop.loop_.defer([&loop] { loop.wake_waiting_transfers(); });
    return CURL_PREREQFUNC_OK;
}

/// Transfers with CURLOPT_PIPEWAIT wait to learn whether the connection can be multiplexed. If it cannot,
/// curl 8.14 does not wake them until a handle is removed, so an empty one is added and removed.
void CurlLoop::wake_waiting_transfers() {
    wake_.reset();
    std::unique_ptr<CURL, void (*)(CURL*)> empty{curl_easy_init(), &curl_easy_cleanup};
    curl_easy_setopt(empty.get(), CURLOPT_NOSIGNAL, 1L); // the multi handle takes this from the latest handle
    if (curl_multi_add_handle(multi_.get(), empty.get()) == CURLM_OK)
        curl_multi_remove_handle(multi_.get(), empty.get());
}

void CurlLoop::act(curl_socket_t fd, int events) {
    int still_running = 0;
    turn_began_ = std::chrono::steady_clock::now();
    watch_.turn_begins();
    curl_multi_socket_action(multi_.get(), fd, events, &still_running);
    watch_.turn_ends();
    if (static_cast<size_t>(still_running) < running_.size()) drain_soon();
}

void CurlLoop::drain_soon() {
    if (!drain_) drain_ = loop_.defer([this] { drain_one(); });
}

void CurlLoop::drain_one() {
    drain_.reset();
    if (!ended_by_us_.empty()) {
        auto [easy, code] = *ended_by_us_.begin();
        drain_soon();
        return finish(easy, code);
    }
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        if (left > 0) drain_soon();
        return finish(message->easy_handle, message->data.result);
    }
}

void CurlLoop::finish(CURL* easy, CURLcode code) {
    auto found = running_.find(easy);
    if (found == running_.end()) return;
    auto transfer = std::move(found->second);
    remove(easy);
    const auto& traffic = transfer.connection.traffic;
    transfer.done({.code = code, .cut_off = code != CURLE_OK && traffic && traffic->is_cut_off()});
}

} // namespace haulier::transfer
