// SPDX-License-Identifier: LGPL-2.1-or-later
// A job as the agent knows it.
#pragma once

#include "desktop/value.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace haulier::desktop {

/// The bus of the daemon that has a job.
enum class BusKind { Session, System };

struct JobKey {
    BusKind bus = BusKind::Session;
    std::string id;
    auto operator<=>(const JobKey&) const = default;
};

enum class JobState {
    Suspended,
    Queued,
    Connecting,
    Transferring,
    TransientError,
    Error,
    Transferred,
    Ended,
};

enum class Visibility { Hidden, Progress, Result, Full };

struct JobFailure {
    std::string name;
    int64_t code = 0;
    std::string message;
};

struct Job {
    std::string name;
    bool is_upload = false;
    std::string app;       ///< AppId
    bool confined = false; ///< of an app in a sandbox
    std::string icon;
    std::string target;
    Visibility visibility = Visibility::Hidden;
    JobState state = JobState::Suspended;
    std::string wait_reason;
    uint64_t done = 0;
    uint64_t known = 0;
    uint64_t unsized_files = 0;
    uint64_t rate = 0;
    uint64_t files = 0;
    uint64_t files_done = 0;
    JobFailure failure;

    /// Of the sizes of all files, if they are known.
    [[nodiscard]] std::optional<uint64_t> total() const {
        return unsized_files == 0 && known > 0 ? std::optional{known} : std::nullopt;
    }
    [[nodiscard]] bool shows_progress() const {
        return visibility == Visibility::Progress || visibility == Visibility::Full;
    }
    [[nodiscard]] bool shows_result() const {
        return visibility == Visibility::Result || visibility == Visibility::Full;
    }
    /// An app in a sandbox does not choose which file of the system an image is read from.
    [[nodiscard]] std::string shown_icon() const { return confined ? "" : icon; }
    /// In a state that ends by itself.
    [[nodiscard]] bool is_active() const;
};

/// Applies properties of org.haulier.Haulier1.Job; unknown ones are ignored.
void merge(Job& job, const Properties& properties);

} // namespace haulier::desktop
