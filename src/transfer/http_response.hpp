// SPDX-License-Identifier: LGPL-2.1-or-later
// The head of an HTTP response, reduced to what transfers need. Only the last response of an exchange counts:
// a status line discards what was read before it, such as a 1xx response (RFC 9110 15.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haulier::transfer {

/// Content-Range (RFC 9110 14.4): `bytes 0-99/1000` of a 206, or `bytes */1000` of a 416, which has no
/// `span`.
struct ContentRange {
    struct Span {
        uint64_t first = 0;
        uint64_t last = 0; ///< inclusive
        bool operator==(const Span&) const = default;
    };
    std::optional<Span> span;
    std::optional<uint64_t> total;
    bool operator==(const ContentRange&) const = default;
};

/// Nothing if it is malformed or contradictory.
std::optional<ContentRange> parse_content_range(std::string_view value);

/// The tag with its quotes; nothing if it is malformed, or does not identify the bytes: because it is weak
/// (RFC 9110 8.8.3), or because all files of a server may have it, such as "" and "-".
std::optional<std::string> parse_strong_etag(std::string_view value);

/// Decimal digits only, at most MaxFileSize.
std::optional<uint64_t> parse_number(std::string_view digits);

/// The headers of the tus protocol (see tus.hpp).
struct TusFields {
    std::string resumable;            ///< Tus-Resumable: the version of this response
    std::string versions;             ///< Tus-Version: comma-separated
    std::string extensions;           ///< Tus-Extension: comma-separated
    std::optional<uint64_t> offset;   ///< Upload-Offset
    std::optional<uint64_t> length;   ///< Upload-Length
    std::optional<uint64_t> max_size; ///< Tus-Max-Size; nothing = no limit
};

/// Bytes of a response's head that are kept as text.
inline constexpr size_t MaxHead = 16 * 1024;

struct HttpResponse {
    int status = 0;            ///< 0 = none yet
    std::string etag;          ///< strong ones only, with quotes
    std::string last_modified; ///< as sent, if it is a date
    std::string content_range;
    std::string content_type;     ///< the media type in lower case, without parameters
    std::string content_encoding; ///< comma-separated
    std::string content_disposition;
    std::string retry_after;
    std::string head;               ///< the lines as received, with LF, as many as fit into MaxHead
    std::string location;           ///< as sent; of a created resource or of a redirect
    std::optional<uint64_t> length; ///< of this response's body
    std::optional<int64_t> date;
    bool chunked = false;
    bool http1 = false;
    bool has_ranges = false;    ///< `Accept-Ranges: bytes`
    bool no_ranges = false;     ///< `Accept-Ranges: none`
    bool contradictory = false; ///< the length or the range is stated twice with different values
    bool two_etags = false;     ///< which prove nothing; `etag` is empty
    bool two_dates = false;     ///< likewise with `last_modified`
    TusFields tus;

    /// Last-Modified is old enough to tell any two versions apart (RFC 9110 8.8.2.2), and is not a date that
    /// stands for an unknown one.
    [[nodiscard]] bool date_is_strong() const;
    /// The body ends when the connection is closed, so a truncated one cannot be recognised (RFC 9112 6.3).
    [[nodiscard]] bool ends_by_close() const { return http1 && !chunked && !length; }
};

/// Parses header lines as they arrive, including the status line. Trailers are ignored.
class HeadReader {
public:
    void line(std::string_view text);
    [[nodiscard]] const HttpResponse& response() const { return response_; }
    /// No line may follow.
    [[nodiscard]] HttpResponse take_response() { return std::move(response_); }

private:
    void keep(std::string_view line);
    HttpResponse response_;
    bool over_ = false; ///< the head has ended
    bool full_ = false; ///< no more lines are kept
};

/// Seconds to wait according to Retry-After (RFC 9110 10.2.3), at most seven days; 0 if there is none. A date
/// counts from the response's Date, or from `now`, in seconds since the epoch, if it has none.
uint32_t retry_after_seconds(const HttpResponse& response, int64_t now);

} // namespace haulier::transfer
