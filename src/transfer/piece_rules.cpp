// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/piece_rules.hpp"

#include <fmt/core.h>

namespace haulier::transfer {

namespace {

Verdict fail(wire::Cause cause, std::string message) {
    return {.course = Course::Fail, .failure = {.cause = cause, .message = std::move(message)}};
}

bool asked_for_all(const Layout::Place& place, bool bound) {
    return place.remote == 0 && place.to_end && !bound;
}

/// May bytes of `theirs` be laid beside those of `known`? `good` is the verdict if so.
Verdict compare(const Known& known, bool bound, const Identity& theirs, Verdict good) {
    good.course = bound ? Course::GoOn : Course::StartOver;
    good.identity = bound ? known.identity : theirs;
    if (!good.identity.size) good.identity.size = theirs.size;
    if (!bound || same_version(known.identity, theirs, known.digest)) return good;
    bool tags_differ =
        !known.identity.etag.empty() && !theirs.etag.empty() && known.identity.etag != theirs.etag;
    // Also where what we have was fetched before the server could prove anything, and now it can.
    if (tags_differ || clearly_differ(known.identity, theirs) || (!proves(known.identity) && proves(theirs)))
        return {.course = Course::AskWhole};
    return fail(
        wire::MISSING_RANGE_SUPPORT,
        "The server sends neither a strong ETag nor a date that is old enough, so nobody can tell whether "
        "two pieces are of the same version of the file.");
}

Verdict judge_whole(const Known& known, bool bound, const Layout::Place& place, const Answer& answer) {
    auto length = answer.chunked ? std::nullopt : answer.length;
    bool wanted = place.remote == 0 && (place.to_end || (length && length == place.end));
    if (!wanted)
        return fail(wire::MISSING_RANGE_SUPPORT,
                    "The server sends the whole file only, where a piece is wanted.");
    Verdict good;
    if (length) good.end = known.offset + *length;
    return compare(known, bound, identity_of(answer, length), std::move(good));
}

Verdict judge_part(const Known& known, bool bound, const Layout::Place& place, const Answer& answer) {
    auto range = parse_content_range(answer.content_range);
    auto odd = [] {
        return fail(wire::INVALID_RESPONSE,
                    "The server sent something else than the piece that was asked for.");
    };
    if (asked_for_all(place, bound) || !range || !range->span || range->span->first != place.remote)
        return odd();
    uint64_t end = range->span->last + 1;
    uint64_t length = end - place.remote;
    if (!answer.chunked && answer.length && *answer.length != length) return odd();

    auto verdict = compare(known, bound, identity_of(answer, range->total), {.end = known.offset + length});
    if (verdict.course != Course::GoOn && verdict.course != Course::StartOver) return verdict;
    if (place.to_end && !verdict.identity.size)
        return fail(wire::INVALID_RESPONSE, "The server does not say how long the file is.");
    if (!place.to_end && range->total && *place.end > *range->total)
        return fail(wire::INVALID_RANGE,
                    fmt::format("A piece up to byte {} is wanted of a file that has {} bytes.", *place.end,
                                *range->total));
    if (place.end && end > *place.end) return odd();
    return verdict;
}

/// All of nothing is here; some servers say so with 416.
Verdict judge_empty(const Known& known, bool bound, const Answer& answer) {
    if (known.expected_size.value_or(0) != 0)
        return fail(wire::SIZE_MISMATCH,
                    fmt::format("The file is empty, but {} bytes were expected.", *known.expected_size));
    auto verdict = compare(known, bound, identity_of(answer, 0), {.end = known.offset});
    bool fits = verdict.course == Course::GoOn || verdict.course == Course::StartOver;
    if (fits) verdict.course = Course::AllHere;
    return verdict;
}

Verdict judge_beyond_end(const Known& known, bool bound, const Layout::Place& place, const Answer& answer) {
    auto range = parse_content_range(answer.content_range);
    auto total = range ? range->total : std::nullopt;
    if (total == uint64_t{0} && place.remote == 0 && place.to_end) return judge_empty(known, bound, answer);
    if (bound && total && known.identity.size && *total != *known.identity.size)
        return {.course = Course::AskWhole};
    if (!total)
        return fail(wire::INVALID_RANGE,
                    fmt::format("The file has no piece from byte {} on, says the server.", place.remote));
    return fail(
        wire::INVALID_RANGE,
        fmt::format("A piece from byte {} on is wanted of a file that has {} bytes.", place.remote, *total));
}

} // namespace

std::string range_value(const Layout::Place& place, bool bound) {
    if (asked_for_all(place, bound)) return {};
    if (place.to_end) return fmt::format("{}-", place.remote);
    return fmt::format("{}-{}", place.remote, *place.end - 1);
}

Verdict judge_piece(const Known& known, bool bound, const Layout::Place& place, const Answer& answer,
                    int64_t now) {
    if (auto fault = fault_of(answer, now)) return {.course = Course::Fail, .failure = std::move(*fault)};
    if (answer.status == 416) return judge_beyond_end(known, bound, place, answer);
    return answer.status == 200 ? judge_whole(known, bound, place, answer)
                                : judge_part(known, bound, place, answer);
}

} // namespace haulier::transfer
