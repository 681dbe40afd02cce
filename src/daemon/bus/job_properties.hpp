// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of a job object, each described once: what could be exported, announced, listed or set and
// is not in this table is not on the bus. The settings come from job::all_settings.
#pragma once

#include "daemon/bus/option_table.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/signals.hpp"
#include "daemon/manager/job_record.hpp"
#include "job/settings_patch.hpp"
#include "notify/notifier.hpp"

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::bus {

/// What properties are read from.
struct JobView {
    const daemon::JobRecord& record;
    const job::Job& job; ///< of the record, or as it was before a change
    WallTime today;
    std::optional<notify::Target> object;                     ///< that callbacks go to
    bool storable = true;                                     ///< changes of jobs can be stored at present
    job::Visibility usual_visibility = job::Visibility::Full; ///< on this bus

    /// Those that the job had: files are only ever added at the end. What changes of a file may not be
    /// durable yet.
    [[nodiscard]] std::span<const job::File> files() const;
    [[nodiscard]] job::Surroundings surroundings() const { return {files(), usual_visibility}; }
};

struct JobProperty {
    std::string name;
    std::string signature;
    bool listed = false; ///< ListJobs shows it
    Emits emits = sdbus::Flags::EMITS_CHANGE_SIGNAL;
    std::function<sdbus::Variant(const JobView&)> value;
    /// Appends it to a dictionary of properties.
    std::function<void(sd_bus_message*, const JobView&)> append;
    std::function<void(sdbus::PropertyGetReply&, const JobView&)> answer;
    /// Is it announced with this change?
    std::function<bool(const JobView& before, const JobView& after)> differs;
    /// Nothing for what cannot be set.
    std::function<Status(job::SettingsPatch&, sdbus::PropertySetCall&)> take;
};
const std::vector<JobProperty>& job_properties();

// Announced by themselves, too.
inline constexpr std::string_view WaitReasonProperty = "WaitReason";
inline constexpr std::string_view NotifyObjectProperty = "NotifyObject";
inline constexpr std::string_view BytesTotalProperty = "BytesTotal";
inline constexpr std::string_view BytesTransferredProperty = "BytesTransferred";
inline constexpr std::string_view BytesKnownProperty = "BytesKnown";
inline constexpr std::string_view FilesUnsizedProperty = "FilesUnsized";
inline constexpr std::string_view RateProperty = "Rate";
inline constexpr std::string_view YieldsProperty = "Yields";

/// For PropertiesChanged after a change of the job.
Values changed_values(const JobView& before, const JobView& after);
Values values_of(const JobView& view, std::initializer_list<std::string_view> names);
// For lists; ListJobs may be asked for others than the usual ones.
std::vector<const JobProperty*> all_properties();
std::vector<const JobProperty*> listed_properties();
std::vector<const JobProperty*> properties_named(const std::vector<std::string>& names);
Options listed_values(const JobView& view);
/// A dictionary a{sv}.
void append_values(sd_bus_message* to, const JobView& view,
                   const std::vector<const JobProperty*>& properties);

/// For JobEnded.
Options end_values(const JobView& view);

/// What CreateJob takes of settings.
const Takers<job::SettingsPatch>& setting_takers();

} // namespace haulier::bus
