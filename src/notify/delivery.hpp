// SPDX-License-Identifier: LGPL-2.1-or-later
// One call to a client: whom it goes to, what it says, and what came of it.
#pragma once

#include "base/call_outcome.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace haulier::notify {

struct Target {
    enum class Kind {
        Object,         ///< an object of one connection on our bus; `destination` is its unique name
        Service,        ///< a well-known name on our bus, which starts the service if necessary
        SessionService, ///< the same on the session bus of the job's owner
    };
    std::string destination;
    std::string path;
    Kind kind = Kind::Object;
    bool operator==(const Target&) const = default;
};
Target target_of(const job::NotifyService& service);
/// The destination as people read it: with "session:" if it is on the owner's session bus.
std::string display_name_of(const Target& target);

// What a client is told: one type for each method of org.haulier.Haulier1.Callback, with its arguments after
// the job.

struct JobTransferred {
    bool operator==(const JobTransferred&) const = default;
};
struct JobFailed {
    job::JobError error;
    bool operator==(const JobFailed&) const = default;
};
struct FileTransferred {
    uint32_t file = 0;
    std::string remote_name;
    std::string temporary_name;
    bool operator==(const FileTransferred&) const = default;
};
/// The file came in on-demand mode.
struct FileRangesTransferred {
    uint32_t file = 0;
    std::vector<job::Range> ranges; ///< merged
    bool operator==(const FileRangesTransferred&) const = default;
};
struct JobModified {
    bool operator==(const JobModified&) const = default;
};
/// A question: the reply is another URL of the file, or empty.
struct RemoteNameExpired {
    uint32_t file = 0;
    std::string remote_name;
    bool operator==(const RemoteNameExpired&) const = default;
};
using Content = std::variant<JobTransferred, JobFailed, FileTransferred, FileRangesTransferred, JobModified,
                             RemoteNameExpired>;

struct Delivery {
    job::Id job;
    uint32_t owner = 0;
    Target target;
    Content content;
};

struct DeliveryResult {
    CallOutcome outcome = CallOutcome::Unanswered;
    std::string sender;   ///< unique name of the connection that replied; empty if none on our bus did
    std::string answer{}; ///< to RemoteNameExpired
};

} // namespace haulier::notify
