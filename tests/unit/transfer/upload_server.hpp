// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that accepts one file, by PUT, POST or tus, correctly or with one of the faults that real servers
// have.
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

struct UploadBehaviour {
    bool tus = false;
    bool creation = true;                ///< tus uploads can be created
    std::string location = "/uploads/1"; ///< of a created upload
    std::optional<size_t> stop_at;       ///< reads so many bytes of the file in total, and then ...
    bool then_close = false;      ///< ... closes the connection, instead of waiting for the client to do so
    std::optional<size_t> most;   ///< keeps at most so many bytes of one PATCH
    std::optional<size_t> claims; ///< reports this offset, right or wrong
    std::optional<size_t> largest_request; ///< larger ones are refused with 413
    std::optional<size_t> largest_file;    ///< Tus-Max-Size
    std::string reply;                     ///< body of the last response
    bool chunked = false;                  ///< of the reply
    std::string reply_type = "200 OK";
    std::map<std::string, std::string> refusals; ///< by method: "413 Too Large", perhaps with further lines
};

class UploadServer {
public:
    explicit UploadServer(UploadBehaviour behaviour)
        : behaviour_(std::move(behaviour)),
          server_([this](const auto& request, auto& connection) { serve(request, connection); }) {}

    void change(UploadBehaviour behaviour) {
        std::lock_guard lock{mutex_};
        behaviour_ = std::move(behaviour);
    }
    /// Deletes the tus upload.
    void forget() {
        std::lock_guard lock{mutex_};
        content_.clear();
        exists_ = false;
    }
    /// As if a client had begun an upload.
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
        auto behaviour = now();
        if (auto refusal = behaviour.refusals.find(request.method); refusal != behaviour.refusals.end()) {
            connection.send("HTTP/1.1 " + refusal->second + "\r\nContent-Length: 3\r\n\r\nno\n");
            return;
        }
        if (request.method == "PUT" || (request.method == "POST" && !behaviour.tus))
            return put(behaviour, connection);
        if (!behaviour.tus) return say("405 Method Not Allowed", "", "no\n", connection);
        if (request.method == "OPTIONS") return say("204 No Content", abilities(behaviour), {}, connection);
        if (request.method == "POST") return create(behaviour, connection);
        if (request.method == "HEAD") return tell_offset(behaviour, connection);
        if (request.method == "PATCH") return patch(behaviour, request, connection);
        forget();
        say("204 No Content", "", {}, connection);
    }

    [[nodiscard]] UploadBehaviour now() const {
        std::lock_guard lock{mutex_};
        return behaviour_;
    }
    [[nodiscard]] std::optional<size_t> offset() const {
        std::lock_guard lock{mutex_};
        return exists_ ? std::optional{content_.size()} : std::nullopt;
    }

    static std::string abilities(const UploadBehaviour& behaviour) {
        std::string lines = behaviour.creation ? "Tus-Extension: creation,termination\r\n" : "";
        if (behaviour.largest_file)
            lines += "Tus-Max-Size: " + std::to_string(*behaviour.largest_file) + "\r\n";
        return lines;
    }

    void put(const UploadBehaviour& behaviour, test::HttpConnection& connection) {
        has("");
        if (take(behaviour, connection, std::string::npos))
            reply(behaviour, behaviour.reply_type, "", connection);
    }

    void create(const UploadBehaviour& behaviour, test::HttpConnection& connection) {
        has("");
        auto line = behaviour.location.empty() ? "" : "Location: " + behaviour.location + "\r\n";
        say("201 Created", line, "", connection);
    }

    void tell_offset(const UploadBehaviour& behaviour, test::HttpConnection& connection) {
        if (!offset()) return say("404 Not Found", "", {}, connection);
        say("200 OK", offset_line(behaviour), {}, connection);
    }

    void patch(const UploadBehaviour& behaviour, const test::HttpRequest& request,
               test::HttpConnection& connection) {
        if (!offset()) return say("404 Not Found", "", "no\n", connection);
        if (std::stoul(request.field("upload-offset")) != *offset())
            return say("409 Conflict", "", "no\n", connection);
        if (std::stoul(request.field("content-length")) >
            behaviour.largest_request.value_or(std::string::npos))
            return say("413 Content Too Large", "", "no\n", connection);
        if (!take(behaviour, connection, behaviour.most.value_or(std::string::npos))) return;
        auto type = behaviour.reply.empty() ? "204 No Content" : behaviour.reply_type;
        reply(behaviour, type, offset_line(behaviour), connection);
    }

    /// Keeps `most` bytes of the body; false if it gave up in the middle.
    bool take(const UploadBehaviour& behaviour, test::HttpConnection& connection, size_t most) {
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        size_t had = *offset();
        size_t stop = behaviour.stop_at.value_or(std::string::npos);
        for (;;) {
            size_t have = *offset();
            if (have >= stop) return give_up(behaviour, connection);
            auto piece = connection.receive(std::min<size_t>(64 * 1024, stop - have));
            if (piece.empty()) return true;
            std::lock_guard lock{mutex_};
            content_ +=
                piece.substr(0, most == std::string::npos ? most : had + most - std::min(have, had + most));
        }
    }

    static bool give_up(const UploadBehaviour& behaviour, test::HttpConnection& connection) {
        if (!behaviour.then_close) connection.wait_for_client_to_leave();
        connection.close();
        return false;
    }

    [[nodiscard]] std::string offset_line(const UploadBehaviour& behaviour) const {
        return "Upload-Offset: " + std::to_string(behaviour.claims.value_or(*offset())) + "\r\n";
    }

    void reply(const UploadBehaviour& behaviour, const std::string& status, const std::string& lines,
               test::HttpConnection& connection) {
        if (!behaviour.chunked) return say(status, lines, behaviour.reply, connection);
        char size[16];
        std::snprintf(size, sizeof size, "%zx\r\n", behaviour.reply.size());
        connection.send(head_of(status) + lines + "Transfer-Encoding: chunked\r\n\r\n" + size +
                        behaviour.reply + "\r\n0\r\n\r\n");
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
    UploadBehaviour behaviour_;
    std::string content_;
    bool exists_ = false;
    test::HttpServer server_;
};

} // namespace haulier::transfer
