// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job waits for, in plain words.
#pragma once

#include "cli/view.hpp"

#include <cstdint>
#include <string>

namespace haulier::cli {

/// The word of WaitReason, with an explanation if it needs one.
std::string explained(const std::string& word);

/// What the word stands for: "a network", "its turn".
std::string awaited(const std::string& word);

/// "waiting for its turn", "waiting: retry in 12 s"; empty for a job that waits for nothing, or
/// only for its user.
std::string waiting_text(const JobView& job, uint64_t now_usec);

} // namespace haulier::cli
