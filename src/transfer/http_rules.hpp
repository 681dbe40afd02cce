// SPDX-License-Identifier: LGPL-2.1-or-later
// Never a mixed file: what to ask a server for, and what its answer allows to be done with the bytes on disk.
// Pure functions over values. Servers lie in four known ways; each is answered here and nowhere else:
//   200 to a correct If-Range           -> drop it, ask again with a plain Range
//   206 in spite of a stale If-Range    -> compare before the first byte, start over
//   another ETag for the same bytes     -> go on only if a digest will judge the whole
//   no validator that proves anything   -> go on only if a digest will judge the whole
#pragma once

#include "transfer/answer.hpp"
#include "transfer/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::transfer {

/// What tells one version of a remote file from another.
struct Identity {
    std::string etag;
    std::string last_modified;
    bool date_is_strong = false;
    std::optional<uint64_t> size;
    bool operator==(const Identity&) const = default;
};

/// What is had already, and what was promised about the whole.
struct Known {
    uint64_t offset = 0; ///< bytes on disk
    Identity identity;   ///< of the version to which they belong
    bool digest = false; ///< a checksum will judge the whole file
    std::optional<uint64_t> expected_size;
};

/// Can it tell two versions apart for sure?
bool proves(const Identity& identity);
Identity identity_of(const Answer& answer, std::optional<uint64_t> size);

enum class Asked {
    Nothing,     ///< all bytes are here
    Whole,       ///< from zero
    RangeIfSame, ///< the rest, with If-Range
    Range,       ///< the rest; the answer alone must prove that it belongs to what we have
};

/// `if_range_broken`: this host was seen to mishandle If-Range.
Asked plan(const Known& known, bool if_range_broken);
/// The value for If-Range: ETag or date.
const std::string& if_range_value(const Identity& identity);

enum class Course {
    GoOn,      ///< write the body after the bytes we have
    StartOver, ///< the body is the whole file: write it from zero
    AskRange,  ///< drop the body; ask with a plain Range and remember the host
    AskWhole,  ///< drop the body; ask for everything
    AllHere,   ///< there is nothing after our bytes; the digest judges them
    Fail,
};

struct Verdict {
    Course course = Course::Fail;
    Identity identity;           ///< of the file, once the body is taken
    std::optional<uint64_t> end; ///< where in the file the body must end, if that is announced
    Failure failure;             ///< of Fail; names no host
};

/// Of an answer that is no file, or none that can be used: contradictory, encoded. Nothing for 200, 206 and
/// 416. `now`: seconds since the epoch, for Retry-After.
Trouble fault_of(const Answer& answer, int64_t now);

Verdict judge(const Known& known, Asked asked, const Answer& answer, int64_t now);

/// Does something speak clearly against their being of one version?
bool clearly_differ(const Identity& ours, const Identity& theirs);
/// Do bytes of `theirs` belong to the same version as those of `ours`, as far as can be proved?
/// With `digest` it is enough that nothing speaks clearly against it.
bool same_version(const Identity& ours, const Identity& theirs, bool digest);

} // namespace haulier::transfer
