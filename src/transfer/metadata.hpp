// SPDX-License-Identifier: LGPL-2.1-or-later
// Permissions and date of a finished file.
#pragma once

#include "transfer/failure.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <sys/stat.h>

namespace haulier::transfer {

/// What the client chose, as in wire::Fetch and wire::Publish.
struct Permissions {
    std::optional<mode_t> mode;
    std::optional<mode_t> umask; ///< of the client; counts where there is no mode
};
template <class Message>
Permissions permissions_in(const Message& message) {
    Permissions permissions;
    if (message.mode_known()) permissions.mode = message.mode() & 0777;
    if (message.umask_known()) permissions.umask = message.umask();
    return permissions;
}

struct Metadata {
    mode_t mode = 0;
    bool is_mode_chosen = false; ///< by the client, so that it has to be possible
    std::optional<time_t> date;  ///< of its modification
};
/// `umask`: the worker's own. A `last_modified` that is no date is left out.
Metadata metadata_of(const Permissions& permissions, const std::string& last_modified, mode_t umask);

/// Whether the metadata of the file, as in `st`, differs from `metadata`.
bool differs(const Metadata& metadata, const struct stat& st);
/// Applies what the file does not have yet, of which `st` is the state as far as it is known. True if that
/// was anything.
Result<bool, Failure> apply(const Metadata& metadata, int file, const struct stat& st);

} // namespace haulier::transfer
