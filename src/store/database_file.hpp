// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the database lies: its directory, its files, and how a damaged one makes room without being lost.
// Private to the module.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace haulier::store {

struct Step;

/// Makes the directory, for its owner alone, if it is not there; says why if it cannot be written.
Status prepare_directory(const std::string& directory);
bool exists(const std::string& path);
struct FileId {
    uint64_t device = 0;
    uint64_t inode = 0;
    bool operator==(const FileId&) const = default;
};
/// Nothing if there is no file that could be examined.
std::optional<FileId> file_at(const std::string& path);
/// Makes the directory of the database at `path` if it is gone, and writes, syncs and deletes a file there.
Status try_writing(const std::string& path);
/// The write-ahead log of the database at `path`.
std::string log_of(const std::string& path);

/// Takes away what rights others have on the file.
Status restrict_permissions(const std::string& path);

/// Puts a database with nothing in it at `path`. Whole or not at all: one that can be seen there is complete.
Status make_empty(const std::string& path, std::span<const Step> steps);

/// Renames the database at `path`, with what belongs to it, to a name with a date that is not taken yet;
/// answers the name.
Result<std::string> set_aside(const std::string& path, WallTime now);

} // namespace haulier::store
