// SPDX-License-Identifier: LGPL-2.1-or-later
// A small HTTP/1.1 server on loopback for tests: it hands each request to the test, which writes the answer
// byte by byte if it likes. Every connection has a thread, so that a handler may simply wait.
#pragma once

#include "base/fd.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <vector>

namespace haulier::test {

struct HttpRequest {
    std::string method;
    std::string path;
    std::map<std::string, std::string> fields; ///< names in lower case
    [[nodiscard]] std::string field(const std::string& name) const {
        auto found = fields.find(name);
        return found == fields.end() ? "" : found->second;
    }
};

/// Opened by the test; a handler waits for it.
class Gate {
public:
    void open() const { eventfd_write(fd_.get(), 1); }
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    Fd fd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

class HttpConnection {
public:
    explicit HttpConnection(Fd fd) : fd_(std::move(fd)) {}

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return;
            bytes.remove_prefix(static_cast<size_t>(n));
        }
    }
    /// The next bytes of the request's body, at least one; none when it is over or the client gone.
    std::string receive(size_t most = 64 * 1024) {
        if (received_.empty() && body_left_ > 0 && !fill()) body_left_ = 0;
        auto piece = received_.substr(0, std::min({most, body_left_, received_.size()}));
        received_.erase(0, piece.size());
        body_left_ -= piece.size();
        return piece;
    }
    std::string receive_all() {
        std::string body;
        for (std::string piece; !(piece = receive()).empty();)
            body += piece;
        return body;
    }
    /// Until the gate opens, or the other side or the server is gone.
    void wait(const Gate& gate) { wait_for(gate.fd()); }
    void wait_for_client_to_leave() { wait_for(-1); }
    /// No more requests are read from this connection.
    void close() { open_ = false; }
    /// Ends with a reset instead of a clean close; the descriptor stays ours.
    void reset() {
        const sockaddr nowhere{.sa_family = AF_UNSPEC, .sa_data = {}};
        connect(fd_.get(), &nowhere, sizeof nowhere);
        open_ = false;
    }

    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    friend class HttpServer;
    bool fill() {
        char buffer[64 * 1024];
        ssize_t n = recv(fd_.get(), buffer, sizeof buffer, 0);
        if (n > 0) received_.append(buffer, static_cast<size_t>(n));
        return n > 0;
    }
    void wait_for(int other) {
        pollfd fds[] = {{fd_.get(), POLLRDHUP, 0}, {other, POLLIN, 0}};
        while (poll(fds, 2, -1) < 0 && errno == EINTR)
            continue;
    }
    Fd fd_;
    bool open_ = true;
    std::string received_; ///< and not taken yet
    size_t body_left_ = 0; ///< of the present request
};

class HttpServer {
public:
    using Handler = std::function<void(const HttpRequest&, HttpConnection&)>;

    explicit HttpServer(Handler handler) : handler_(std::move(handler)), listener_(listen_on_loopback()) {
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~HttpServer() {
        shutdown(listener_.get(), SHUT_RDWR);
        acceptor_.join();
        for (auto& c : connections_)
            shutdown(c->fd(), SHUT_RDWR);
        for (auto& t : threads_)
            t.join();
    }
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    [[nodiscard]] std::vector<HttpRequest> requests() const {
        std::lock_guard lock{mutex_};
        return requests_;
    }

private:
    Fd listen_on_loopback() {
        Fd fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        if (bind(fd.get(), raw, size) < 0 || listen(fd.get(), 64) < 0 ||
            getsockname(fd.get(), raw, &size) < 0)
            throw std::system_error(errno, std::generic_category(), "test server");
        port_ = ntohs(address.sin_port);
        return fd;
    }

    void accept_all() {
        for (;;) {
            Fd fd{accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
            if (!fd) return;
            auto connection = std::make_shared<HttpConnection>(std::move(fd));
            connections_.push_back(connection);
            threads_.emplace_back([this, connection] { serve(*connection); });
        }
    }

    void serve(HttpConnection& connection) {
        while (connection.is_open()) {
            auto end = connection.received_.find("\r\n\r\n");
            if (end == std::string::npos) {
                if (!connection.fill()) break;
                continue;
            }
            auto request = parse(connection.received_.substr(0, end));
            connection.received_.erase(0, end + 4);
            auto length = request.field("content-length");
            connection.body_left_ = length.empty() ? 0 : std::stoul(length);
            {
                std::lock_guard lock{mutex_};
                requests_.push_back(request);
            }
            handler_(request, connection);
            // What was not read of a body would be taken for a request.
            if (connection.body_left_ > 0) break;
        }
        // The server's destructor may look at the descriptor still; it is closed there.
        shutdown(connection.fd(), SHUT_RDWR);
    }

    static HttpRequest parse(const std::string& head) {
        HttpRequest request;
        auto first = head.find(' ');
        request.method = head.substr(0, first);
        request.path = head.substr(first + 1, head.find(' ', first + 1) - first - 1);
        for (auto at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
            auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
            auto colon = line.find(':');
            auto name = line.substr(0, colon);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return std::tolower(c); });
            auto value = line.find_first_not_of(' ', colon + 1);
            request.fields[name] = value == std::string::npos ? "" : line.substr(value);
        }
        return request;
    }

    Handler handler_;
    uint16_t port_ = 0;
    Fd listener_;
    mutable std::mutex mutex_;
    std::vector<HttpRequest> requests_; ///< under mutex_
    // Touched by the acceptor, and by the destructor after that has ended:
    std::vector<std::shared_ptr<HttpConnection>> connections_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

} // namespace haulier::test
