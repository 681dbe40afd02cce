// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_loop.hpp"

#include <algorithm>
#include <cstdint>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// Network data has the lowest priority: the daemon's messages, disk completions and timers are rare, while
/// the socket of a fast server is always readable and would starve them.
constexpr EventPriority NetworkPriority = EventPriority::Last;

/// How long the connections of a job without transfers stay open.
constexpr Usec KeepUnused{5'000'000};
constexpr Usec HoldInterval{100'000};
constexpr Usec ShortestWait{1'000};
/// Then other events are handled first.
constexpr int MostFinishedAtOnce = 16;
/// The largest window of a background connection. If it is set before the connection is established, the
/// kernel chooses a scale in which windows can be set in steps of 128 bytes; in the scale for larger windows,
/// the smallest window is more than a packet.
constexpr int LargestBackgroundWindow = 0xffff << 7;
/// On a limited connection, so that its window opens in small steps on networks with large segments, too.
constexpr int LimitedSegment = 1448;

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

CurlLoop::Multi::Multi(CurlLoop& curl_loop, const RateGroup& whose)
    : loop(curl_loop), group(whose), handle(curl_multi_init()) {
    if (!handle) throw std::runtime_error("curl_multi_init");
    curl_multi_setopt(handle.get(), CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(handle.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(handle.get(), CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    curl_multi_setopt(handle.get(), CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(handle.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(handle.get(), CURLMOPT_MAX_HOST_CONNECTIONS, loop.connections_per_host_);
}

size_t CurlLoop::Multi::connections() const {
    return std::max<size_t>(std::min(running, open.size()), 1);
}

CurlLoop::CurlLoop(Loop& loop) : loop_(loop) {
    multi_for({}); // fails now rather than later
}

CurlLoop::~CurlLoop() {
    for (auto& [easy, transfer] : running_)
        curl_multi_remove_handle(transfer.multi.handle.get(), easy);
}

void CurlLoop::limit_connections(uint32_t per_host) {
    connections_per_host_ = long{per_host};
    for (auto& [group, multi] : multis_)
        curl_multi_setopt(multi.handle.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connections_per_host_);
}

void CurlLoop::set_limits(const wire::Limits& limits) {
    limits_.set(limits);
    hold_windows();
    for (auto& [group, multi] : multis_)
        if (multi.pause) resume(multi);
}

void CurlLoop::set_other_workers(const wire::OtherWorkers& other_workers) {
    std::map<std::pair<std::string, bool>, yield::OtherWorkers> shares;
    for (const auto& share : other_workers.shares())
        shares[{share.link().interface(), share.link().sends()}] = {
            share.workers(), static_cast<double>(share.link().bytes_per_second())};
    ticker_.set_other_workers(std::move(shares));
}

void CurlLoop::report_use(const std::vector<LinkUse>& uses) {
    wire::Yielding message;
    for (const auto& use : uses) {
        auto* link = message.add_links();
        link->set_interface(use.interface);
        link->set_sends(use.sends);
        link->set_bytes_per_second(static_cast<uint64_t>(use.rate));
    }
    report_(message);
}

CurlLoop::Multi& CurlLoop::multi_for(const RateGroup& group) {
    RateGroup key{limits_.has_own(group.job) ? group.job : std::string{}, group.background};
    return multis_.try_emplace(key, *this, key).first->second;
}

/// Closes the separate connections of limited jobs.
void CurlLoop::drop_unused() {
    drop_.reset();
    std::erase_if(multis_,
                  [](const auto& entry) { return entry.second.running == 0 && !entry.first.job.empty(); });
}

void CurlLoop::add(CURL* easy, const RateGroup& group, Direction direction, std::function<void(End)> done) {
    watch_.set_active(true);
    auto& multi = multi_for(group);
    bool yields = group.background && background_yields_;
    auto [entry, is_new] = running_.emplace(easy, Transfer{multi, std::move(done), direction, yields});
    ++multi.running;
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &CurlLoop::on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, &entry->second);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &CurlLoop::on_open);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, &multi);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlLoop::on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &multi);
    if (curl_multi_add_handle(multi.handle.get(), easy) != CURLM_OK) end(easy, CURLE_FAILED_INIT);
    if (!hold_) hold_windows();
}

void CurlLoop::remove(CURL* easy) {
    auto found = running_.find(easy);
    if (found == running_.end()) return;
    auto& multi = found->second.multi;
    if (found->second.yields) ticker_.end(found->second.connection.socket);
    running_.erase(found);
    ended_by_us_.erase(easy);
    curl_multi_remove_handle(multi.handle.get(), easy);
    if (--multi.running == 0 && !multi.group.job.empty() && !drop_)
        drop_ = loop_.after(KeepUnused, [this] { drop_unused(); });
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

Traffic* CurlLoop::traffic_of(CURL* easy) const {
    auto found = running_.find(easy);
    return found == running_.end() ? nullptr : found->second.connection.traffic.get();
}

bool CurlLoop::is_yielding(CURL* easy) const {
    auto socket = socket_of(easy);
    return socket >= 0 && ticker_.is_yielding(socket);
}

size_t CurlLoop::most_to_send(CURL* easy) const {
    auto window = ticker_.sending_window_of(socket_of(easy));
    return window ? static_cast<size_t>(std::max(*window, LeastSendBuffer)) : SIZE_MAX;
}

int CurlLoop::on_open(void* raw, curl_socket_t fd, curlsocktype) noexcept {
    auto& multi = *static_cast<Multi*>(raw);
    multi.loop.watch_.opened(fd);
    multi.open.insert(fd);
    if (auto rate = multi.loop.limits_.rate(multi.group); rate > 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &LimitedSegment, sizeof LimitedSegment);
        // Others are probably about to connect as well.
        limit_first_buffer(fd, first_window_for(rate, multi.running));
    }
    if (multi.group.background && multi.loop.background_yields_)
        setsockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &LargestBackgroundWindow,
                   sizeof LargestBackgroundWindow);
    return CURL_SOCKOPT_OK;
}

int CurlLoop::on_close(void* raw, curl_socket_t fd) noexcept {
    auto& multi = *static_cast<Multi*>(raw);
    multi.open.erase(fd);
    multi.used.erase(fd);
    multi.sockets.erase(fd);
    multi.loop.ticker_.close(fd);
    multi.loop.watch_.close(fd);
    return 0;
}

int CurlLoop::on_socket(CURL*, curl_socket_t fd, int what, void* raw, void*) noexcept {
    auto& multi = *static_cast<Multi*>(raw);
    bool is_removed = what == CURL_POLL_REMOVE;
    // on_close() is not called for other sockets, such as those of the resolver.
    if (is_removed && !multi.open.contains(fd)) {
        multi.sockets.erase(fd);
    } else if (auto found = multi.sockets.find(fd); found != multi.sockets.end()) {
        auto& socket = found->second;
        socket.is_idle = is_removed;
        if (!is_removed) socket.source.watch(socket.events = epoll_events(what));
    } else if (!is_removed) {
        auto events = epoll_events(what);
        multi.sockets.emplace(fd, Socket{events, multi.loop.watch(multi, fd, events)});
    }
    return 0;
}

Source CurlLoop::watch(Multi& multi, curl_socket_t fd, uint32_t events) {
    auto ready = [&multi, fd](uint32_t what) { multi.loop.ready(multi, fd, what); };
    return loop_.on_io(fd, events, ready, NetworkPriority);
}

/// An event of an idle connection is ignored: curl examines the connection when it needs one.
void CurlLoop::ready(Multi& multi, curl_socket_t fd, uint32_t events) {
    auto& socket = multi.sockets.at(fd);
    if (socket.is_idle)
        multi.sockets.erase(fd);
    else if (multi.used.contains(fd) && must_pause(multi))
        socket.source.reset(); // the kernel would report an error or the end again and again
    else
        act(multi, fd, curl_events(events));
}

/// While a limit is reached, curl is not called: it would read also for streams that are paused. Connections
/// are established nevertheless.
bool CurlLoop::must_pause(Multi& multi) {
    auto wait = limits_.time_to_move(multi.group);
    if (wait == Usec{}) return false;
    if (!multi.pause)
        multi.pause = loop_.after(std::max(wait, ShortestWait), [this, &multi] { resume(multi); });
    return true;
}

void CurlLoop::resume(Multi& multi) {
    multi.pause.reset();
    if (must_pause(multi)) return;
    for (auto& [fd, socket] : multi.sockets)
        if (!socket.source) socket.source = watch(multi, fd, socket.events);
    act(multi, CURL_SOCKET_TIMEOUT, 0);
}

/// Also then, curl may read.
void CurlLoop::on_time(Multi& multi) {
    multi.turn.reset();
    if (!must_pause(multi)) act(multi, CURL_SOCKET_TIMEOUT, 0);
}

int CurlLoop::on_timer(CURLM*, long milliseconds, void* raw) noexcept {
    auto& multi = *static_cast<Multi*>(raw);
    auto& loop = multi.loop;
    multi.deadline.reset();
    // While a transfer pauses, curl 8.14 may ask for a turn at once again and again.
    if (milliseconds == 0 && !multi.turn) {
        multi.turn = loop.loop_.defer([&multi] { multi.loop.on_time(multi); }, NetworkPriority);
    } else if (milliseconds > 0) {
        multi.turn.reset();
        multi.deadline = loop.clock_.now().boot + std::chrono::milliseconds{milliseconds};
        loop.set_timer(multi);
    } else if (milliseconds < 0) {
        multi.turn.reset();
    }
    return 0;
}

/// Each request moves the deadline, mostly to a later date, so a timer that expires earlier is kept.
void CurlLoop::set_timer(Multi& multi) {
    if (multi.timer && multi.timer_at <= *multi.deadline) return;
    multi.timer_at = *multi.deadline;
    multi.timer = loop_.at(multi.timer_at, [&multi] { multi.loop.expire(multi); });
}

void CurlLoop::expire(Multi& multi) {
    multi.timer.reset();
    if (!multi.deadline) return;
    if (clock_.now().boot < *multi.deadline) return set_timer(multi);
    multi.deadline.reset();
    on_time(multi);
}

int CurlLoop::on_connected(void* raw, char*, char*, int remote_port, int local_port) noexcept {
    auto& transfer = *static_cast<Transfer*>(raw);
    auto& multi = transfer.multi;
    auto& loop = multi.loop;
    // Called for each request: a transfer that has to authenticate makes two, perhaps on two connections.
    if (transfer.yields) loop.ticker_.end(transfer.connection.socket);
    // libcurl says only after a transfer which socket it used.
    transfer.connection = loop.watch_.find(local_port, remote_port);
    if (transfer.connection.traffic) multi.used[transfer.connection.socket] = transfer.connection.traffic;
    if (transfer.yields)
        loop.ticker_.begin(transfer.connection.socket, transfer.direction == Direction::Sends);
    loop.hold_windows(multi);
    if (transfer.connection.is_new && multi.running > 1 && !multi.wake)
        multi.wake = loop.loop_.defer([&multi] { wake_waiting_transfers(multi); });
    return CURL_PREREQFUNC_OK;
}

/// Transfers with CURLOPT_PIPEWAIT wait to learn whether the connection can be multiplexed. If it cannot,
/// curl 8.14 does not wake them until a handle is removed, so an empty one is added and removed.
void CurlLoop::wake_waiting_transfers(Multi& multi) {
    multi.wake.reset();
    std::unique_ptr<CURL, void (*)(CURL*)> empty{curl_easy_init(), &curl_easy_cleanup};
    curl_easy_setopt(empty.get(), CURLOPT_NOSIGNAL, 1L); // the multi handle takes this from the latest handle
    if (curl_multi_add_handle(multi.handle.get(), empty.get()) == CURLM_OK)
        curl_multi_remove_handle(multi.handle.get(), empty.get());
}

/// Is repeated while there are limits.
void CurlLoop::hold_windows() {
    hold_.reset();
    bool any = false;
    for (auto& [group, multi] : multis_) {
        hold_windows(multi);
        any = any || (multi.is_clamped && multi.running > 0);
    }
    if (any) hold_ = loop_.after(HoldInterval, [this] { hold_windows(); });
}

/// Without a limit, windows that were clamped are released once.
void CurlLoop::hold_windows(Multi& multi) {
    auto rate = limits_.rate(multi.group);
    if (rate == 0 && !std::exchange(multi.is_clamped, false)) return;
    multi.is_clamped = rate > 0;
    for (auto socket : multi.open)
        hold_window(multi, socket);
}

/// The one place that sets windows: what a limit allows, or what yielding does if that is less. Nothing is
/// clamped before a connection is established.
void CurlLoop::hold_window(const Multi& multi, int socket) {
    auto rate = limits_.rate(multi.group);
    auto limited = window_for(socket, rate / multi.connections());
    if (!limited) return;
    auto window = ticker_.window_of(socket);
    if (rate > 0) window = std::min(limited->bytes, window.value_or(limited->bytes));
    clamp_window(socket, window);
    limit_buffer(socket, rate > 0 ? limited->buffer : std::nullopt);
}

void CurlLoop::hold_window(int socket) {
    for (const auto& [group, multi] : multis_)
        if (multi.open.contains(socket)) hold_window(multi, socket);
}

void CurlLoop::act(Multi& multi, curl_socket_t fd, int events) {
    int still_running = 0;
    if (fd == CURL_SOCKET_TIMEOUT) multi.turn.reset();
    turn_began_ = std::chrono::steady_clock::now();
    watch_.turn_begins();
    curl_multi_socket_action(multi.handle.get(), fd, events, &still_running);
    watch_.turn_ends();
    count_for_limit(multi);
    ticker_.on_activity();
    if (static_cast<size_t>(still_running) < multi.running) drain();
}

/// libcurl also reads bytes that it does not pass on yet, such as those of a stream that is paused.
void CurlLoop::count_for_limit(const Multi& multi) {
    if (!limits_.is_limited(multi.group)) return;
    for (const auto& [socket, traffic] : multi.used)
        if (traffic->is_charged()) limits_.moved(multi.group, traffic->take_uncharged(socket));
    limits_.stop_others(nullptr);
}

void CurlLoop::drain_soon() {
    if (!drain_) drain_ = loop_.defer([this] { drain(); });
}

void CurlLoop::drain() {
    drain_.reset();
    for (int finished = 0; finish_next(); ++finished)
        if (finished == MostFinishedAtOnce) return drain_soon();
}

/// Returns false if no transfer has ended.
bool CurlLoop::finish_next() {
    if (!ended_by_us_.empty()) {
        auto [easy, code] = *ended_by_us_.begin();
        finish(easy, code);
        return true;
    }
    for (auto& [group, multi] : multis_) {
        int left = 0;
        while (CURLMsg* message = curl_multi_info_read(multi.handle.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            finish(message->easy_handle, message->data.result);
            return true;
        }
    }
    return false;
}

void CurlLoop::finish(CURL* easy, CURLcode code) {
    auto found = running_.find(easy);
    if (found == running_.end()) return;
    auto done = std::move(found->second.done);
    auto traffic = found->second.connection.traffic;
    remove(easy);
    done({.code = code, .cut_off = code != CURLE_OK && traffic && traffic->is_cut_off()});
}

} // namespace haulier::transfer
