// SPDX-License-Identifier: LGPL-2.1-or-later
// Guarantees that a file never mixes two versions: what to request from a server, and what its response
// allows with the bytes on disk. Pure functions over values. Servers misbehave in four known ways, which are
// handled here only:
//   200 to a correct If-Range             -> drop the body and request again with a plain Range
//   206 although the If-Range is outdated -> compare before the first byte, and start over
//   another ETag for the same bytes       -> continue only if a checksum will verify the whole
//   no validator that is strong           -> continue only if a checksum will verify the whole
#pragma once

#include "transfer/failure.hpp"
#include "transfer/http_response.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::transfer {

/// What distinguishes one version of a remote file from another.
struct Identity {
    std::string etag;          ///< strong, with quotes; empty = none
    std::string last_modified; ///< as sent; empty = none
    bool date_is_strong = false;
    std::optional<uint64_t> size; ///< in bytes
    bool operator==(const Identity&) const = default;
};

/// What is on disk, and what is known about the whole file.
struct ResumeState {
    uint64_t offset = 0; ///< bytes on disk
    Identity identity;   ///< of the version that they belong to
    bool digest = false; ///< a checksum will verify the whole file
    std::optional<uint64_t> expected_size;
};

/// It can certainly tell two versions apart: it has a strong ETag, or a strong date and a size (RFC
/// 9110 8.8).
bool is_strong(const Identity& identity);
Identity identity_of(const HttpResponse& response, std::optional<uint64_t> size);

enum class RangeRequest {
    Nothing,     ///< all bytes are on disk
    Whole,       ///< from zero
    RangeIfSame, ///< the rest, with If-Range
    Range,       ///< the rest; only the response can prove that it belongs to the bytes on disk
};

/// What to request. `if_range_broken`: the host is known to mishandle If-Range.
RangeRequest plan_request(const ResumeState& resume, bool if_range_broken);
/// The value for If-Range (RFC 9110 13.1.5): ETag or date.
const std::string& if_range_value(const Identity& identity);

enum class ResponseAction {
    Continue,     ///< write the body after the bytes on disk
    StartOver,    ///< the body is the whole file: write it from zero
    RequestRange, ///< drop the body, remember the host, and request again with a plain Range
    RequestWhole, ///< drop the body and request the whole file
    Complete,     ///< nothing follows the bytes on disk; the checksum verifies them
    Fail,
};

struct ResponseDecision {
    ResponseAction action = ResponseAction::Fail;
    Identity identity;           ///< of the file, for Continue, StartOver and Complete
    std::optional<uint64_t> end; ///< offset in the file at which the body must end, if that is known
    Failure failure;             ///< for Fail; the message does not name the host
};

/// Failure if the response is an error or is unusable, because it is contradictory or encoded. Success for
/// usable 200 and 206, and for 416. `now`: seconds since the epoch, for Retry-After.
Status check_response(const HttpResponse& response, int64_t now);

ResponseDecision evaluate(const ResumeState& resume, RangeRequest requested, const HttpResponse& response,
                          int64_t now);

/// Their sizes or dates contradict each other.
bool clearly_differ(const Identity& ours, const Identity& theirs);
/// The bytes of both provably belong to the same version. With `digest` it is enough that nothing clearly
/// contradicts that.
bool same_version(const Identity& ours, const Identity& theirs, bool digest);

} // namespace haulier::transfer
