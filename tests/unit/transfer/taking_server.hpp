// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that takes one file, by PUT or POST or in tus' way, honest or with one of the faults that happen.
#pragma once

#include "support/http_server.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace haulier::transfer {

struct Taking {
    bool tus = false;
    bool creation = true;                ///< of tus: uploads can be created
    std::string location = "/uploads/1"; ///< of what was created
    std::optional<size_t> stop_at;       ///< reads so many bytes of the file in all, and then ...
    bool then_close = false;             ///< ... hangs up, instead of waiting for the client to leave
    std::optional<size_t> most;          ///< keeps at most so many bytes of one PATCH
    std::optional<size_t> claims;        ///< says this offset, whatever is true
    std::string reply;                   ///< body of the last answer
    bool chunked = false;                ///< the reply
    std::string reply_type = "200 OK";
    std::map<std::string, std::string> refusals; ///< by method: "413 Too Large", perhaps with further lines
};

class TakingServer {
public:
    explicit TakingServer(Taking taking)
        : taking_(std::move(taking)),
          server_([this](const auto& request, auto& connection) { serve(request, connection); }) {}

    void change(Taking taking) {
        std::lock_guard lock{mutex_};
        taking_ = std::move(taking);
    }
    /// Only tus uploads can be forgotten.
    void forget() {
        std::lock_guard lock{mutex_};
        content_.clear();
        exists_ = false;
    }
    /// As if a client had begun it.
    void has(const std::string& content) {
        std::lock_guard lock{mutex_};
        content_ = content;
        exists_ = true;
    }
    [[nodiscard]] std::string content() const {
        std::lock_guard lock{mutex_};
        return content_;
    }
    [[nodiscard]] std::string url(const std::string& path = "/uploads?secret=1") const {
        return server_.url(path);
    }
    [[nodiscard]] std::vector<test::HttpRequest> requests() const { return server_.requests(); }
    [[nodiscard]] std::vector<std::string> methods() const {
        std::vector<std::string> all;
        for (const auto& request : requests())
            all.push_back(request.method);
        return all;
    }

private:
    void serve(const test::HttpRequest& request, test::HttpConnection& connection) {
        auto taking = now();
        if (auto refusal = taking.refusals.find(request.method); refusal != taking.refusals.end()) {
            connection.send("HTTP/1.1 " + refusal->second + "\r\nContent-Length: 3\r\n\r\nno\n");
            return;
        }
        if (request.method == "PUT" || (request.method == "POST" && !taking.tus))
            return put(taking, connection);
        if (!taking.tus) return say("405 Method Not Allowed", "", "no\n", connection);
        if (request.method == "OPTIONS")
            return say("204 No Content", taking.creation ? "Tus-Extension: creation,termination\r\n" : "", {},
                       connection);
        if (request.method == "POST") return create(taking, connection);
        if (request.method == "HEAD") return tell_offset(taking, connection);
        if (request.method == "PATCH") return patch(taking, request, connection);
        forget();
        say("204 No Content", "", {}, connection);
    }

    [[nodiscard]] Taking now() const {
        std::lock_guard lock{mutex_};
        return taking_;
    }
    [[nodiscard]] std::optional<size_t> offset() const {
        std::lock_guard lock{mutex_};
        return exists_ ? std::optional{content_.size()} : std::nullopt;
    }

    void put(const Taking& taking, test::HttpConnection& connection) {
        has("");
        if (take(taking, connection, std::string::npos)) reply(taking, taking.reply_type, "", connection);
    }

    void create(const Taking& taking, test::HttpConnection& connection) {
        has("");
        auto line = taking.location.empty() ? "" : "Location: " + taking.location + "\r\n";
        say("201 Created", line, "", connection);
    }

    void tell_offset(const Taking& taking, test::HttpConnection& connection) {
        if (!offset()) return say("404 Not Found", "", {}, connection);
        say("200 OK", offset_line(taking), {}, connection);
    }

    void patch(const Taking& taking, const test::HttpRequest& request, test::HttpConnection& connection) {
        if (!offset()) return say("404 Not Found", "", "no\n", connection);
        if (std::stoul(request.field("upload-offset")) != *offset())
            return say("409 Conflict", "", "no\n", connection);
        if (!take(taking, connection, taking.most.value_or(std::string::npos))) return;
        auto type = taking.reply.empty() ? "204 No Content" : taking.reply_type;
        reply(taking, type, offset_line(taking), connection);
    }

    /// Keeps `most` bytes of the body; false if it gave up in the middle.
    bool take(const Taking& taking, test::HttpConnection& connection, size_t most) {
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        size_t had = *offset();
        size_t stop = taking.stop_at.value_or(std::string::npos);
        for (;;) {
            size_t have = *offset();
            if (have >= stop) return give_up(taking, connection);
            auto piece = connection.receive(std::min<size_t>(64 * 1024, stop - have));
            if (piece.empty()) return true;
            std::lock_guard lock{mutex_};
            content_ +=
                piece.substr(0, most == std::string::npos ? most : had + most - std::min(have, had + most));
        }
    }

    static bool give_up(const Taking& taking, test::HttpConnection& connection) {
        if (!taking.then_close) connection.wait_for_client_to_leave();
        connection.close();
        return false;
    }

    [[nodiscard]] std::string offset_line(const Taking& taking) const {
        return "Upload-Offset: " + std::to_string(taking.claims.value_or(*offset())) + "\r\n";
    }

    void reply(const Taking& taking, const std::string& status, const std::string& lines,
               test::HttpConnection& connection) {
        if (!taking.chunked) return say(status, lines, taking.reply, connection);
        char size[16];
        std::snprintf(size, sizeof size, "%zx\r\n", taking.reply.size());
        connection.send(head_of(status) + lines + "Transfer-Encoding: chunked\r\n\r\n" + size + taking.reply +
                        "\r\n0\r\n\r\n");
    }

    /// No body at all where 204 or HEAD forbid one.
    void say(const std::string& status, const std::string& lines, const std::optional<std::string>& body,
             test::HttpConnection& connection) {
        auto head = head_of(status) + lines;
        bool bodiless = !body || status.starts_with("204");
        if (!bodiless) head += "Content-Length: " + std::to_string(body->size()) + "\r\n";
        connection.send(head + "\r\n" + (bodiless ? "" : *body));
    }
    [[nodiscard]] std::string head_of(const std::string& status) const {
        return "HTTP/1.1 " + status + "\r\n" + (now().tus ? "Tus-Resumable: 1.0.0\r\n" : "");
    }

    mutable std::mutex mutex_;
    Taking taking_;
    std::string content_;
    bool exists_ = false;
    test::HttpServer server_;
};

} // namespace haulier::transfer
