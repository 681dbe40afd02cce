// SPDX-License-Identifier: LGPL-2.1-or-later
// SettingsPatch come true; private to the room.
#pragma once

#include "job/decide.hpp"

namespace haulier::job {

/// Checks all of them and sets them; what they do to a job that runs or waits is not decided here.
Status apply_settings(Job& job, const SettingsPatch& wishes);
/// Can the reply of an upload have its name, beside the file `local`? Done for other jobs.
Status check_reply(const Job& job, const std::string& local);

} // namespace haulier::job
