// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_rules.hpp"

#include "transfer/content_coding.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::transfer {

namespace {

ResponseDecision request_again(ResponseAction action) {
    return {.action = action};
}

ResponseDecision wrong_size(uint64_t expected, uint64_t announced) {
    return failed(wire::SIZE_MISMATCH,
                  fmt::format("the server announced {} bytes, but {} were expected", announced, expected));
}

Failure error_status(const HttpResponse& response, int64_t now) {
    return {.cause = wire::HTTP_STATUS,
            .code = response.status,
            .message = fmt::format("the server responded with HTTP status {}", response.status),
            .retry_after_s = retry_after_seconds(response, now),
            .by_proxy = response.status == 407};
}

/// The bytes on disk belong to a version that can be proved and may still be the right one.
bool is_valuable(const ResumeState& resume) {
    return resume.offset > 0 && is_strong(resume.identity) &&
           !differ(resume.expected_size, resume.identity.size) &&
           resume.offset <= resume.identity.size.value_or(resume.offset);
}

std::optional<uint64_t> length_of_whole(const HttpResponse& response) {
    if (covers_all(response)) return parse_content_range(response.content_range)->total;
    return response.chunked ? std::nullopt : response.length;
}

ResponseDecision evaluate_whole(const ResumeState& resume, RangeRequest requested,
                                const HttpResponse& response) {
    auto length = length_of_whole(response);
    auto identity = identity_of(response, length);
    bool proved = resume.offset > 0 && same_version(resume.identity, identity, false);
    if (!proved && is_unexpected_page(resume, response) &&
        (resume.offset > 0 || differ(resume.expected_size, length)))
        return failed(page_failure());
    // The version is the same, or the checksum will tell, so the server should have sent only the rest of it.
    bool can_continue =
        proved || (resume.offset > 0 && same_version(resume.identity, identity, resume.digest));
    if (requested == RangeRequest::RangeIfSame && !response.no_ranges && can_continue)
        return request_again(ResponseAction::RequestRange);
    if (!proved && is_valuable(resume) && !is_another_version(resume.identity, identity))
        return failed(unproved_failure());
    if (differ(resume.expected_size, length)) return wrong_size(*resume.expected_size, *length);
    return {.action = ResponseAction::StartOver, .identity = std::move(identity), .end = length};
}

/// The range is the requested one, and its length is what the response announces.
bool is_requested_range(const ResumeState& resume, const HttpResponse& response,
                        const std::optional<ContentRange>& range) {
    if (!range || !range->span || range->span->first != resume.offset) return false;
    uint64_t end = range->span->last + 1;
    if (!response.chunked && response.length && *response.length != end - resume.offset) return false;
    return !resume.identity.size || end <= *resume.identity.size;
}

ResponseDecision evaluate_partial(const ResumeState& resume, RangeRequest requested,
                                  const HttpResponse& response) {
    if (requested == RangeRequest::Whole)
        return failed(wire::INVALID_RESPONSE,
                      "the server sent a range although the whole file was requested");
    auto range = parse_content_range(response.content_range);
    auto total = range ? range->total : std::nullopt;
    auto identity = identity_of(response, total);
    if (differ(resume.expected_size, total) &&
        (!is_valuable(resume) || is_another_version(resume.identity, identity)))
        return wrong_size(*resume.expected_size, *total);
    bool proved = same_version(resume.identity, identity, false);
    bool acceptable = proved || (same_version(resume.identity, identity, resume.digest) &&
                                 !is_unexpected_page(resume, response));
    if (!acceptable || !is_requested_range(resume, response, range))
        return request_again(ResponseAction::RequestWhole);

    ResponseDecision decision{
        .action = ResponseAction::Continue, .identity = resume.identity, .end = range->span->last + 1};
    if (!decision.identity.size) decision.identity.size = total;
    return decision;
}

/// 416: either the file has become shorter, or all of a file of unknown size is on disk (RFC 9110 15.5.17).
ResponseDecision evaluate_not_satisfiable(const ResumeState& resume, RangeRequest requested,
                                          const HttpResponse& response, int64_t now) {
    if (requested == RangeRequest::Whole)
        return failed(is_valuable(resume) ? unproved_failure() : error_status(response, now));
    auto range = parse_content_range(response.content_range);
    if (!resume.digest || resume.identity.size || !range || range->total != resume.offset)
        return request_again(ResponseAction::RequestWhole);
    ResponseDecision decision{
        .action = ResponseAction::Complete, .identity = resume.identity, .end = resume.offset};
    decision.identity.size = resume.offset;
    return decision;
}

/// What a server encodes while it sends has no offsets that last. That does not change with time, unless it
/// is another response than the one that was requested.
Status check_encoding(const ResumeState& resume, const HttpResponse& response) {
    auto codings = codings_of(response);
    if (codings.empty() || is_stored_form(response)) return Done{};
    bool is_page = is_unexpected_page(resume, response) && (resume.digest || resume.expected_size);
    return Failure{.cause = wire::INVALID_RESPONSE,
                   .message = fmt::format("the server sent the file in an encoding that was not requested "
                                          "(Content-Encoding '{}'), and not as a stored file",
                                          codings),
                   .is_final = resume.offset == 0 && !is_page};
}

bool is_usable_status(int status) {
    // 203: a proxy has changed the response, for example its headers (RFC 9110 15.3.4).
    return status == 200 || status == 203 || status == 206;
}

} // namespace

ResponseDecision failed(Failure failure) {
    return {.action = ResponseAction::Fail, .failure = std::move(failure)};
}

ResponseDecision failed(wire::Cause cause, std::string message) {
    return failed(Failure{.cause = cause, .message = std::move(message)});
}

bool is_unexpected_page(const ResumeState& resume, const HttpResponse& response) {
    return is_page(response.content_type) && !resume.page_expected && !is_page(resume.identity.content_type);
}

Failure page_failure() {
    return {.cause = wire::INVALID_RESPONSE, .message = "the server sent a web page in place of the file"};
}

Failure unproved_failure() {
    return {.cause = wire::INVALID_RESPONSE,
            .message = "the server sent something without a proof that it is a new version of the file"};
}

bool covers_all(const HttpResponse& response) {
    auto range = parse_content_range(response.content_range);
    if (!range || !range->span || range->span->first != 0 || range->total != range->span->last + 1)
        return false;
    return response.chunked || !response.length || response.length == range->total;
}

bool is_partial(const HttpResponse& response) {
    if (response.status == 206) return true;
    auto range = parse_content_range(response.content_range);
    return range && range->span && (range->span->first != 0 || range->total) && !covers_all(response);
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

Status check_response(const ResumeState& resume, const HttpResponse& response, int64_t now) {
    if (response.status == 416) return Done{};
    if (!is_usable_status(response.status)) return error_status(response, now);
    if (response.contradictory)
        return Failure{.cause = wire::INVALID_RESPONSE,
                       .message = "the server sent a header twice with different values"};
    return check_encoding(resume, response);
}

ResponseDecision evaluate(const ResumeState& resume, RangeRequest requested, const HttpResponse& response,
                          int64_t now) {
    if (auto ok = check_response(resume, response, now); !ok) return failed(ok.error());
    if (response.status == 416) return evaluate_not_satisfiable(resume, requested, response, now);
    bool whole = !is_partial(response) || (requested == RangeRequest::Whole && covers_all(response));
    return whole ? evaluate_whole(resume, requested, response)
                 : evaluate_partial(resume, requested, response);
}

} // namespace haulier::transfer
