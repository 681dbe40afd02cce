// SPDX-License-Identifier: LGPL-2.1-or-later
// What is remembered of a job that has ended: what a person recognises it by and how it ended, but no URL, no
// header and nothing secret.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace haulier::job {

/// How a job ended.
enum class Outcome { Complete, Partial, Cancelled, Expired };
template <>
struct Names<Outcome> {
    static constexpr std::string_view what = "result";
    static constexpr std::array rows{
        EnumName{Outcome::Complete, "complete"},
        EnumName{Outcome::Partial, "partial"},
        EnumName{Outcome::Cancelled, "cancelled"},
        EnumName{Outcome::Expired, "expired"},
    };
};
/// Of a job in a final state.
Outcome outcome_of(const Job& job);

struct EndedJob {
    Id id;
    Type type = Type::Download;
    uint32_t owner = 0;
    std::string display_name;
    Outcome outcome = Outcome::Complete;
    WallTime created;
    WallTime ended;
    Usec active_for{}; ///< since it was resumed last
    uint64_t bytes = 0;
    uint32_t files_total = 0;
    uint32_t files_transferred = 0;
    std::optional<Cause> cause; ///< of its last failure; the message could contain a URL
    int32_t code = 0;
    std::string target; ///< see target_of()
    std::string app_id;
    AppIdSource app_id_source = AppIdSource::None;
    std::optional<Visibility> visibility; ///< nothing = what is usual on its bus
    bool operator==(const EndedJob&) const = default;
};
EndedJob ended_job(const Job& job, std::span<const File> files);

/// Which ended jobs are meant.
struct EndedFilter {
    std::optional<uint32_t> owner; ///< nothing: all
    WallTime since;                ///< those that ended then or later
    std::vector<Outcome> outcomes; ///< empty: all
    uint32_t offset = 0;           ///< of the newest
    uint32_t limit = UINT32_MAX;
    bool hidden = true;                             ///< also hidden ones
    Visibility usual_visibility = Visibility::Full; ///< of those that have none of their own
    std::string app{}; ///< only those of this app, as its sandbox named it; empty: all
};

} // namespace haulier::job
