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

/// Size and date together name a version only if the date cannot stand for two of them.
bool dated(const Identity& identity) {
    return identity.date_is_strong && identity.size && !identity.last_modified.empty();
}

Verdict fail(wire::Cause cause, std::string message, int code = 0) {
    return {.course = Course::Fail, .failure = {.cause = cause, .code = code, .message = std::move(message)}};
}

Verdict ask(Course course) {
    return {.course = course};
}

bool is_encoded(const Answer& answer) {
    return !answer.content_encoding.empty() && strcasecmp(answer.content_encoding.c_str(), "identity") != 0;
}

Verdict wrong_size(uint64_t expected, uint64_t announced) {
    return fail(wire::SIZE_MISMATCH,
                fmt::format("The server announces {} bytes, but {} were expected.", announced, expected));
}

Failure refusal(const Answer& answer, int64_t now) {
    return {.cause = wire::HTTP_STATUS,
            .code = answer.status,
            .message = fmt::format("The server answered with HTTP status {}.", answer.status),
            .retry_after_s = retry_after_seconds(answer, now)};
}

Verdict judge_whole(const Known& known, Asked asked, const Answer& answer) {
    auto length = answer.chunked ? std::nullopt : answer.length;
    if (differ(known.expected_size, length)) return wrong_size(*known.expected_size, *length);
    auto identity = identity_of(answer, length);
    // The file is the one we know, or its digest will tell: the server could have sent the rest of it.
    if (asked == Asked::RangeIfSame && !answer.no_ranges &&
        same_version(known.identity, identity, known.digest))
        return ask(Course::AskRange);
    return {.course = Course::StartOver, .identity = std::move(identity), .end = length};
}

Verdict judge_part(const Known& known, Asked asked, const Answer& answer) {
    if (asked == Asked::Whole)
        return fail(wire::INVALID_RESPONSE,
                    "The server sent a part of the file although the whole was asked for.");
    auto range = parse_content_range(answer.content_range);
    if (!range || !range->span || range->span->first != known.offset) return ask(Course::AskWhole);
    uint64_t end = range->span->last + 1;
    if (!answer.chunked && answer.length && *answer.length != end - known.offset)
        return ask(Course::AskWhole);
    if (differ(known.expected_size, range->total)) return wrong_size(*known.expected_size, *range->total);
    if (known.identity.size && end > *known.identity.size) return ask(Course::AskWhole);
    if (!same_version(known.identity, identity_of(answer, range->total), known.digest))
        return ask(Course::AskWhole);

    Verdict verdict{.course = Course::GoOn, .identity = known.identity, .end = end};
    if (!verdict.identity.size) verdict.identity.size = range->total;
    return verdict;
}

/// Nothing after `offset`: either the file got shorter, or we had all of a file whose size nobody told us.
Verdict judge_beyond_end(const Known& known, Asked asked, const Answer& answer, int64_t now) {
    if (asked == Asked::Whole) return {.course = Course::Fail, .failure = refusal(answer, now)};
    auto range = parse_content_range(answer.content_range);
    if (!known.digest || known.identity.size || !range || range->total != known.offset)
        return ask(Course::AskWhole);
    Verdict verdict{.course = Course::AllHere, .identity = known.identity, .end = known.offset};
    verdict.identity.size = known.offset;
    return verdict;
}

} // namespace

Identity identity_of(const Answer& answer, std::optional<uint64_t> size) {
    return {answer.etag, answer.last_modified, answer.date_is_strong(), size};
}

bool proves(const Identity& identity) {
    return !identity.etag.empty() || dated(identity);
}

bool clearly_differ(const Identity& ours, const Identity& theirs) {
    return differ(ours.size, theirs.size) || differ(ours.last_modified, theirs.last_modified);
}

bool same_version(const Identity& ours, const Identity& theirs, bool digest) {
    if (clearly_differ(ours, theirs)) return false;
    if (agree(ours.etag, theirs.etag)) return true;
    bool same_date_and_size = ours.size && theirs.size && agree(ours.last_modified, theirs.last_modified);
    if (differ(ours.etag, theirs.etag)) return digest && same_date_and_size;
    return digest || (same_date_and_size && dated(ours));
}

const std::string& if_range_value(const Identity& identity) {
    return identity.etag.empty() ? identity.last_modified : identity.etag;
}

Asked plan(const Known& known, bool if_range_broken) {
    if (known.offset == 0 || differ(known.expected_size, known.identity.size)) return Asked::Whole;
    if (known.identity.size && known.offset > *known.identity.size) return Asked::Whole;
    if (known.offset == known.identity.size) return Asked::Nothing;
    if (proves(known.identity)) return if_range_broken ? Asked::Range : Asked::RangeIfSame;
    return known.digest ? Asked::Range : Asked::Whole;
}

Trouble fault_of(const Answer& answer, int64_t now) {
    if (answer.status == 416) return {};
    if (answer.status != 200 && answer.status != 206) return refusal(answer, now);
    auto nonsense = [](const char* message) {
        return Failure{.cause = wire::INVALID_RESPONSE, .message = message};
    };
    if (answer.contradictory) return nonsense("The server sent one header twice with different values.");
    if (is_encoded(answer))
        return nonsense("The server sent an encoded form of the file, which was not asked for.");
    return {};
}

Verdict judge(const Known& known, Asked asked, const Answer& answer, int64_t now) {
    if (auto fault = fault_of(answer, now)) return {.course = Course::Fail, .failure = std::move(*fault)};
    if (answer.status == 416) return judge_beyond_end(known, asked, answer, now);
    return answer.status == 200 ? judge_whole(known, asked, answer) : judge_part(known, asked, answer);
}

} // namespace haulier::transfer
