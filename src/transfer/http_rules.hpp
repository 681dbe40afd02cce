// SPDX-License-Identifier: LGPL-2.1-or-later
// Guarantees that a file never mixes two versions: what to request from a server, and what its response
// allows with the bytes on disk. Pure functions over values. Servers misbehave in four known ways, which are
// handled here only:
//   200 to a correct If-Range             -> drop the body and request again with a plain Range
//   206 although the If-Range is outdated -> compare before the first byte, and start over
//   another ETag for the same bytes       -> continue only if a checksum will verify the whole
//   no validator that is strong           -> continue only if a checksum will verify the whole
//   200 that proves nothing               -> fail for now, if the bytes on disk are of a proved version
#pragma once

#include "transfer/failure.hpp"
#include "transfer/http_response.hpp"
#include "transfer/version.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::transfer {

/// What is on disk, and what is known about the whole file.
struct ResumeState {
    uint64_t offset = 0; ///< bytes on disk
    Identity identity;   ///< of the version that they belong to
    bool digest = false; ///< a checksum will verify the whole file
    std::optional<uint64_t> expected_size;
    bool page_expected = false; ///< the name in the URL is that of a web page
};

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
    NotModified,  ///< the file has not changed according to the conditions: there is nothing to fetch
    Complete,     ///< nothing follows the bytes on disk; the checksum verifies them
    Fail,
};

struct ResponseDecision {
    ResponseAction action = ResponseAction::Fail;
    Identity identity;           ///< of the file, for Continue, StartOver and Complete
    std::optional<uint64_t> end; ///< offset in the file at which the body must end, if that is known
    Failure failure;             ///< for Fail; the message does not name the host
};

/// The decision that the transfer fails.
ResponseDecision failed(Failure failure);
ResponseDecision failed(wire::Cause cause, std::string message);

/// A web page where neither the URL nor the earlier response had one.
bool is_unexpected_page(const ResumeState& resume, const HttpResponse& response);
/// The failures for responses that are certainly not the file. They are transient, and the part is kept.
Failure page_failure();
Failure unproved_failure();

/// The response has a part of the file: a 206, or a 200 with the Content-Range of a part.
bool is_partial(const HttpResponse& response);
/// Its Content-Range is that of the whole file.
bool covers_all(const HttpResponse& response);

/// Failure if the response is an error or is unusable, because it is contradictory, or encoded while it is
/// sent. Success for usable 200, 203 and 206, and for 416. `now`: seconds since the epoch, for Retry-After.
Status check_response(const ResumeState& resume, const HttpResponse& response, int64_t now);

ResponseDecision evaluate(const ResumeState& resume, RangeRequest requested, const HttpResponse& response,
                          int64_t now);

} // namespace haulier::transfer
