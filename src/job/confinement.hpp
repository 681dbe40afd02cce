// SPDX-License-Identifier: LGPL-2.1-or-later
// Which directories the jobs of an app in a sandbox may use: those that the sandbox could access itself when
// the job was created. These are pure rules over paths; the worker opens what they allow
// (transfer/part_file.hpp).
#pragma once

#include "base/result.hpp"
#include "job/options.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::job {

struct Job;
struct FileSpec;

/// A directory that the sandbox can access, or one inside such a directory that it cannot access.
struct Grant {
    enum class Access { Hidden, Read, Write };
    std::string path; ///< in the sandbox
    std::string host; ///< the same directory outside it, usually with the same path
    Access access = Access::Hidden;
    bool operator==(const Grant&) const = default;
};
template <>
struct Names<Grant::Access> {
    static constexpr std::string_view what = "access";
    static constexpr std::array rows{
        EnumName{Grant::Access::Hidden, "hidden"},
        EnumName{Grant::Access::Read, "read"},
        EnumName{Grant::Access::Write, "write"},
    };
};
/// The innermost grant that contains a path decides about it.
using Grants = std::vector<Grant>;

/// What a directory is opened for.
enum class Use { Read, Write };

/// Whether the path is that directory, or below it. Both are absolute.
bool is_within(std::string_view path, std::string_view directory);

/// Where a directory is, outside the sandbox.
struct Place {
    std::string root;      ///< it is opened beneath this one, without following links; empty: not confined
    std::string directory; ///< begins with `root`
    bool operator==(const Place&) const = default;
};

/// `directory` is absolute, as the client named it. Without grants, any directory is allowed. Fails with
/// OutsideSandbox if the sandbox could not use it.
Result<Place> place_of(const std::optional<Grants>& grants, const std::string& directory, Use use);
/// For orders about files that were checked when they were added. If the directory may no longer be used, the
/// result names no directory, and the worker refuses to open it.
Place place_in(const Job& job, const std::string& directory, Use use);

/// Checks that the settings of a job stay within its confinement.
Status check_confinement(const Job& job);
/// Checks this for a file of the job.
Status check_confinement(const Job& job, const FileSpec& spec);

/// Checks that the service has a bus name of the app: its id, or one that begins with its id and a dot. An
/// empty name is allowed, too.
Status check_service_of_app(const NotifyService& service, const std::string& app);

/// Whether the job belongs to the confined app `app`; with an empty `app`, every job does.
bool belongs_to(const Job& job, std::string_view app);

} // namespace haulier::job
