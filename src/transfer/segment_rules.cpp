// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/segment_rules.hpp"

#include <fmt/core.h>

namespace haulier::transfer {

namespace {

bool has_content(const ResponseDecision& decision) {
    return decision.action == ResponseAction::Continue || decision.action == ResponseAction::StartOver;
}

/// One response to one request for a segment.
struct Evaluation {
    const ResumeState& resume;
    const bool must_match;
    const Layout::Remaining& segment;
    const HttpResponse& response;

    [[nodiscard]] bool requested_all() const { return segment.remote == 0 && segment.to_end && !must_match; }
    [[nodiscard]] ResponseDecision compare(const Identity& theirs, ResponseDecision accepted) const;
    [[nodiscard]] ResponseDecision whole() const;
    [[nodiscard]] ResponseDecision partial() const;
    [[nodiscard]] ResponseDecision empty_file() const;
    [[nodiscard]] ResponseDecision not_satisfiable() const;
};

/// `accepted` is the decision if bytes of `theirs` may be stored next to those on disk.
ResponseDecision Evaluation::compare(const Identity& theirs, ResponseDecision accepted) const {
    accepted.action = must_match ? ResponseAction::Continue : ResponseAction::StartOver;
    accepted.identity = must_match ? resume.identity : theirs;
    if (!accepted.identity.size) accepted.identity.size = theirs.size;
    if (!must_match || same_version(resume.identity, theirs, resume.digest)) return accepted;
    bool proof_is_lost = is_strong(resume.identity) && !is_strong(theirs);
    bool tags_differ =
        !resume.identity.etag.empty() && !theirs.etag.empty() && resume.identity.etag != theirs.etag;
    // The bytes on disk may also be from a time when the server did not send a strong validator.
    bool became_strong = !is_strong(resume.identity) && is_strong(theirs);
    if (tags_differ || became_strong || clearly_differ(resume.identity, theirs))
        return {.action = ResponseAction::RequestWhole};
    if (proof_is_lost) return failed(unproved_failure());
    return failed(wire::MISSING_RANGE_SUPPORT,
                  "the server sends neither a strong ETag nor a sufficiently old date, so it cannot be "
                  "determined whether two segments belong to the same version of the file");
}

ResponseDecision Evaluation::whole() const {
    auto length = response.chunked ? std::nullopt : response.length;
    bool wanted = segment.remote == 0 && (segment.to_end || (length && length == segment.end));
    auto theirs = identity_of(response, length);
    bool proved = must_match && same_version(resume.identity, theirs, false);
    if (!proved && is_unexpected_page(resume, response) && (must_match || !wanted))
        return failed(page_failure());
    bool proof_is_lost =
        must_match && is_strong(resume.identity) && !is_another_version(resume.identity, theirs);
    if (!proved && proof_is_lost) return failed(unproved_failure());
    if (!wanted)
        return failed(wire::MISSING_RANGE_SUPPORT,
                      "the server sent the whole file although a range was requested");
    ResponseDecision accepted;
    if (length) accepted.end = resume.offset + *length;
    return compare(theirs, std::move(accepted));
}

ResponseDecision Evaluation::partial() const {
    auto range = parse_content_range(response.content_range);
    auto wrong_range = [] {
        return failed(wire::INVALID_RESPONSE, "the server sent another range than the requested one");
    };
    if ((requested_all() && !covers_all(response)) || !range || !range->span ||
        range->span->first != segment.remote)
        return wrong_range();
    uint64_t end = range->span->last + 1;
    uint64_t length = end - segment.remote;
    if (!response.chunked && response.length && *response.length != length) return wrong_range();

    auto decision = compare(identity_of(response, range->total), {.end = resume.offset + length});
    if (!has_content(decision)) return decision;
    if (segment.to_end && !decision.identity.size)
        return failed(wire::INVALID_RESPONSE, "the server does not state the size of the file");
    if (!segment.to_end && range->total && *segment.end > *range->total)
        return failed(wire::INVALID_RANGE,
                      fmt::format("a range up to byte {} was requested, but the file has {} bytes",
                                  *segment.end, *range->total));
    if (segment.end && end > *segment.end) return wrong_range();
    return decision;
}

/// Some servers respond with 416 to a request for an empty file.
ResponseDecision Evaluation::empty_file() const {
    if (resume.expected_size.value_or(0) != 0)
        return failed(wire::SIZE_MISMATCH,
                      fmt::format("the file is empty, but {} bytes were expected", *resume.expected_size));
    auto decision = compare(identity_of(response, 0), {.end = resume.offset});
    if (has_content(decision)) decision.action = ResponseAction::Complete;
    return decision;
}

/// 416: Range Not Satisfiable (RFC 9110 15.5.17).
ResponseDecision Evaluation::not_satisfiable() const {
    auto range = parse_content_range(response.content_range);
    auto total = range ? range->total : std::nullopt;
    if (total == uint64_t{0} && segment.remote == 0 && segment.to_end) return empty_file();
    if (must_match && total && resume.identity.size && *total != *resume.identity.size)
        return {.action = ResponseAction::RequestWhole};
    if (!total)
        return failed(wire::INVALID_RANGE,
                      fmt::format("a range from byte {} on was requested, but the server has no such range",
                                  segment.remote));
    return failed(wire::INVALID_RANGE,
                  fmt::format("a range from byte {} on was requested, but the file has {} bytes",
                              segment.remote, *total));
}

} // namespace

std::string range_value(const Layout::Remaining& segment, bool must_match) {
    if (segment.remote == 0 && segment.to_end && !must_match) return {};
    if (segment.to_end) return fmt::format("{}-", segment.remote);
    return fmt::format("{}-{}", segment.remote, *segment.end - 1);
}

ResponseDecision evaluate_segment(const ResumeState& resume, bool must_match,
                                  const Layout::Remaining& segment, const HttpResponse& response,
                                  int64_t now) {
    if (auto ok = check_response(resume, response, now); !ok) return failed(ok.error());
    const Evaluation evaluation{resume, must_match, segment, response};
    if (response.status == 416) return evaluation.not_satisfiable();
    return is_partial(response) ? evaluation.partial() : evaluation.whole();
}

} // namespace haulier::transfer
