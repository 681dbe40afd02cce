// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_rules.hpp"

#include <fmt/core.h>
#include <strings.h>

namespace haulier::transfer {

namespace {

template <class T>
bool differ(const std::optional<T>& a, const std::optional<T>& b) {
    return a && b && *a != *b;
}
bool differ(const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
}
bool agree(const std::string& a, const std::string& b) {
    return !a.empty() && a == b;
}

/// Size and date together identify a version only if the date cannot belong to two versions.
bool has_strong_date(const Identity& identity) {
    return identity.date_is_strong && identity.size && !identity.last_modified.empty();
}

ResponseDecision fail(wire::Cause cause, std::string message, int code = 0) {
    return {.action = ResponseAction::Fail,
            .failure = {.cause = cause, .code = code, .message = std::move(message)}};
}

ResponseDecision request_again(ResponseAction action) {
    return {.action = action};
}

bool is_encoded(const HttpResponse& response) {
    return !response.content_encoding.empty() &&
           strcasecmp(response.content_encoding.c_str(), "identity") != 0;
}

ResponseDecision wrong_size(uint64_t expected, uint64_t announced) {
    return fail(wire::SIZE_MISMATCH,
                fmt::format("the server announced {} bytes, but {} were expected", announced, expected));
}

Failure error_status(const HttpResponse& response, int64_t now) {
    return {.cause = wire::HTTP_STATUS,
            .code = response.status,
            .message = fmt::format("the server responded with HTTP status {}", response.status),
            .retry_after_s = retry_after_seconds(response, now)};
}

ResponseDecision evaluate_whole(const ResumeState& resume, RangeRequest requested,
                                const HttpResponse& response) {
    auto length = response.chunked ? std::nullopt : response.length;
    if (differ(resume.expected_size, length)) return wrong_size(*resume.expected_size, *length);
    auto identity = identity_of(response, length);
    // The version is the same, or the checksum will tell, so the server should have sent only the rest of it.
    if (requested == RangeRequest::RangeIfSame && !response.no_ranges &&
        same_version(resume.identity, identity, resume.digest))
        return request_again(ResponseAction::RequestRange);
    return {.action = ResponseAction::StartOver, .identity = std::move(identity), .end = length};
}

ResponseDecision evaluate_partial(const ResumeState& resume, RangeRequest requested,
                                  const HttpResponse& response) {
    if (requested == RangeRequest::Whole)
        return fail(wire::INVALID_RESPONSE, "the server sent a range although the whole file was requested");
    auto range = parse_content_range(response.content_range);
    if (!range || !range->span || range->span->first != resume.offset)
        return request_again(ResponseAction::RequestWhole);
    uint64_t end = range->span->last + 1;
    if (!response.chunked && response.length && *response.length != end - resume.offset)
        return request_again(ResponseAction::RequestWhole);
    if (differ(resume.expected_size, range->total)) return wrong_size(*resume.expected_size, *range->total);
    if (resume.identity.size && end > *resume.identity.size)
        return request_again(ResponseAction::RequestWhole);
    if (!same_version(resume.identity, identity_of(response, range->total), resume.digest))
        return request_again(ResponseAction::RequestWhole);

    ResponseDecision decision{.action = ResponseAction::Continue, .identity = resume.identity, .end = end};
    if (!decision.identity.size) decision.identity.size = range->total;
    return decision;
}

/// 416: either the file has become shorter, or all of a file of unknown size is on disk (RFC 9110 15.5.17).
ResponseDecision evaluate_not_satisfiable(const ResumeState& resume, RangeRequest requested,
                                          const HttpResponse& response, int64_t now) {
    if (requested == RangeRequest::Whole)
        return {.action = ResponseAction::Fail, .failure = error_status(response, now)};
    auto range = parse_content_range(response.content_range);
    if (!resume.digest || resume.identity.size || !range || range->total != resume.offset)
        return request_again(ResponseAction::RequestWhole);
    ResponseDecision decision{
        .action = ResponseAction::Complete, .identity = resume.identity, .end = resume.offset};
    decision.identity.size = resume.offset;
    return decision;
}

} // namespace

Identity identity_of(const HttpResponse& response, std::optional<uint64_t> size) {
    return {response.etag, response.last_modified, response.date_is_strong(), size};
}

bool is_strong(const Identity& identity) {
    return !identity.etag.empty() || has_strong_date(identity);
}

bool clearly_differ(const Identity& ours, const Identity& theirs) {
    return differ(ours.size, theirs.size) || differ(ours.last_modified, theirs.last_modified);
}

bool same_version(const Identity& ours, const Identity& theirs, bool digest) {
    if (clearly_differ(ours, theirs)) return false;
    if (agree(ours.etag, theirs.etag)) return true;
    bool same_date_and_size = ours.size && theirs.size && agree(ours.last_modified, theirs.last_modified);
    if (differ(ours.etag, theirs.etag)) return digest && same_date_and_size;
    return digest || (same_date_and_size && has_strong_date(ours));
}

const std::string& if_range_value(const Identity& identity) {
    return identity.etag.empty() ? identity.last_modified : identity.etag;
}

RangeRequest plan_request(const ResumeState& resume, bool if_range_broken) {
    if (resume.offset == 0 || differ(resume.expected_size, resume.identity.size)) return RangeRequest::Whole;
    if (resume.identity.size && resume.offset > *resume.identity.size) return RangeRequest::Whole;
    if (resume.offset == resume.identity.size) return RangeRequest::Nothing;
    if (is_strong(resume.identity)) return if_range_broken ? RangeRequest::Range : RangeRequest::RangeIfSame;
    return resume.digest ? RangeRequest::Range : RangeRequest::Whole;
}

Status check_response(const HttpResponse& response, int64_t now) {
    if (response.status == 416) return Done{};
    if (response.status != 200 && response.status != 206) return error_status(response, now);
    auto invalid = [](const char* message) {
        return Failure{.cause = wire::INVALID_RESPONSE, .message = message};
    };
    if (response.contradictory) return invalid("the server sent a header twice with different values");
    if (is_encoded(response))
        return invalid("the server sent the file in an encoding that was not requested");
    return Done{};
}

ResponseDecision evaluate(const ResumeState& resume, RangeRequest requested, const HttpResponse& response,
                          int64_t now) {
    if (auto ok = check_response(response, now); !ok)
        return {.action = ResponseAction::Fail, .failure = ok.error()};
    if (response.status == 416) return evaluate_not_satisfiable(resume, requested, response, now);
    return response.status == 200 ? evaluate_whole(resume, requested, response)
                                  : evaluate_partial(resume, requested, response);
}

} // namespace haulier::transfer
