// SPDX-License-Identifier: LGPL-2.1-or-later
// The head of an HTTP answer, reduced to what decides about a download. Only the last answer of an exchange
// counts: those of redirects and 1xx are forgotten when the next status line comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

/// `bytes 0-99/1000` of a 206, or `bytes */1000` of a 416, where there is no `span`.
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

/// Nothing if it is malformed or contradicts itself.
std::optional<ContentRange> parse_content_range(std::string_view value);

/// The tag with its quotes; nothing for weak and malformed ones, which prove nothing about bytes.
std::optional<std::string> parse_strong_etag(std::string_view value);

/// Plain decimal digits that fit a file's size.
std::optional<uint64_t> parse_number(std::string_view digits);

/// What a tus server says of itself and of an upload (see tus.hpp).
struct TusFields {
    std::string resumable;  ///< the version it speaks here
    std::string versions;   ///< those it could speak, with commas
    std::string extensions; ///< with commas
    std::optional<uint64_t> offset;
    std::optional<uint64_t> length;
};

inline constexpr size_t LongestHead = 16 * 1024;

struct Answer {
    int status = 0;            ///< 0 = none yet
    std::string etag;          ///< strong ones only, with quotes
    std::string last_modified; ///< as sent, if it is a date
    std::string content_range;
    std::string content_encoding;
    std::string retry_after;
    std::string head;               ///< all lines as they came, with LF, as many as fit into LongestHead
    std::string location;           ///< as sent: of what was created, or where a redirect leads
    std::optional<uint64_t> length; ///< of this answer's body
    std::optional<int64_t> date;
    bool chunked = false;
    bool http1 = false;
    bool no_ranges = false;     ///< `Accept-Ranges: none`
    bool contradictory = false; ///< one header twice with two values
    TusFields tus;

    /// Last-Modified is old enough to tell any two versions apart (RFC 9110 8.8.2.2).
    [[nodiscard]] bool date_is_strong() const;
    /// The body has no end of its own: whether it is whole, nobody can say.
    [[nodiscard]] bool ends_by_close() const { return http1 && !chunked && !length; }
};

/// Takes header lines as they come from the connection, the status line included. Trailers are not believed.
class HeadReader {
public:
    void line(std::string_view text);
    [[nodiscard]] const Answer& answer() const { return answer_; }

private:
    void keep(std::string_view line);
    void field(std::string_view name, std::string_view value);
    void tus_field(std::string_view name, std::string_view value);
    Answer answer_;
    bool over_ = false;
    bool full_ = false; ///< no more lines are kept
};

/// Seconds to wait, from a number or a date; `now` in seconds since the epoch serves where there is no Date.
/// At most seven days; 0 = nothing asked.
uint32_t retry_after_seconds(const Answer& answer, int64_t now);

} // namespace haulier::transfer
