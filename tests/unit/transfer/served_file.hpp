// SPDX-License-Identifier: LGPL-2.1-or-later
// A web server with one file, correct or with one of the faults that real servers have.
#pragma once

#include "support/http_server.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>

namespace haulier::transfer {

/// Bytes that differ at every offset and between seeds, so that a mixture is noticed.
inline std::string content_of(size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    uint32_t state = seed * 2654435761U + 1;
    for (auto& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

struct ServedFile {
    std::string content;
    std::string etag = "\"one\"";
    std::string last_modified = "Wed, 21 Oct 2015 07:28:00 GMT";
    std::string date = "Thu, 22 Oct 2015 07:28:00 GMT";
    std::string content_type{};

    bool ranges = true;
    bool refuse_if_range = false;  ///< 200 to a correct If-Range
    bool believe_if_range = false; ///< 206 to a stale If-Range
    bool chunked = false;
    bool by_close = false;         ///< without any length
    std::optional<size_t> most;    ///< at most so many bytes in one range
    std::optional<size_t> stop_at; ///< stops sending after so many bytes of a body ...
    bool then_close = false;       ///< ... and closes the connection
    bool then_reset = false;       ///< ... and resets the connection
    std::string range_said;        ///< instead of the true Content-Range
};

/// Serves a file; the test may change it between requests.
class FileServer {
public:
    explicit FileServer(ServedFile file)
        : file_(std::move(file)),
          server_([this](const auto& request, auto& connection) { serve(request, connection); }) {}

    void change(ServedFile file) {
        std::lock_guard lock{mutex_};
        file_ = std::move(file);
    }
    [[nodiscard]] std::string url() const { return server_.url("/file?secret=1"); }
    [[nodiscard]] std::vector<test::HttpRequest> requests() const { return server_.requests(); }

private:
    void serve(const test::HttpRequest& request, test::HttpConnection& connection) {
        ServedFile file;
        {
            std::lock_guard lock{mutex_};
            file = file_;
        }
        auto range = request.field("range");
        if (range.empty() || !file.ranges || !condition_holds(request, file)) return whole(file, connection);
        size_t from = std::stoul(range.substr(6));
        auto last = range.substr(range.find('-') + 1);
        if (!last.empty())
            file.most = std::min(file.most.value_or(std::string::npos), std::stoul(last) + 1 - from);
        if (from >= file.content.size())
            return connection.send(
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 3\r\nContent-Range: bytes */" +
                std::to_string(file.content.size()) + "\r\n\r\nno\n");
        part(file, from, connection);
    }

    static bool condition_holds(const test::HttpRequest& request, const ServedFile& file) {
        auto condition = request.field("if-range");
        if (condition.empty() || file.believe_if_range) return true;
        return !file.refuse_if_range && (condition == file.etag || condition == file.last_modified);
    }

    static std::string validators(const ServedFile& file) {
        std::string lines = "Date: " + file.date + "\r\n";
        if (!file.etag.empty()) lines += "ETag: " + file.etag + "\r\n";
        if (!file.last_modified.empty()) lines += "Last-Modified: " + file.last_modified + "\r\n";
        if (!file.content_type.empty()) lines += "Content-Type: " + file.content_type + "\r\n";
        return lines;
    }

    static void whole(const ServedFile& file, test::HttpConnection& connection) {
        send(file, "HTTP/1.1 200 OK\r\n" + validators(file), file.content, connection);
    }

    static void part(const ServedFile& file, size_t from, test::HttpConnection& connection) {
        size_t count = std::min(file.content.size() - from, file.most.value_or(file.content.size()));
        auto said = "bytes " + std::to_string(from) + "-" + std::to_string(from + count - 1) + "/" +
                    std::to_string(file.content.size());
        if (!file.range_said.empty()) said = file.range_said;
        send(file, "HTTP/1.1 206 Partial Content\r\nContent-Range: " + said + "\r\n" + validators(file),
             file.content.substr(from, count), connection);
    }

    static void send(const ServedFile& file, std::string head, const std::string& body,
                     test::HttpConnection& connection) {
        if (file.chunked)
            head += "Transfer-Encoding: chunked\r\n";
        else if (!file.by_close)
            head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        connection.send(head + "\r\n");
        auto sent = body.substr(0, file.stop_at.value_or(body.size()));
        if (file.chunked)
            send_chunks(sent, connection);
        else
            connection.send(sent);
        if (sent.size() < body.size()) return give_up(file, connection);
        if (file.chunked) connection.send("0\r\n\r\n");
        if (file.by_close) connection.close();
    }

    static void send_chunks(const std::string& body, test::HttpConnection& connection) {
        constexpr size_t chunk = 0x4000;
        for (size_t at = 0; at < body.size(); at += chunk) {
            auto piece = body.substr(at, chunk);
            char size[16];
            std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
            connection.send(size + piece + "\r\n");
        }
    }

    static void give_up(const ServedFile& file, test::HttpConnection& connection) {
        if (file.then_reset) return connection.reset();
        if (!file.then_close) connection.wait_for_client_to_leave();
        connection.close();
    }

    std::mutex mutex_;
    ServedFile file_;
    test::HttpServer server_;
};

} // namespace haulier::transfer
