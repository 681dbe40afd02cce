// SPDX-License-Identifier: LGPL-2.1-or-later
// A local file that is uploaded. It is opened once, through its directory, and compared with its stamp, so
// that the server gets one version of it. It is read on the event loop: curl wants the bytes at once, and the
// kernel reads files ahead, so that a read rarely blocks, and never for as long as a sync.
#pragma once

#include "transfer/part_file.hpp"

#include <cstdint>
#include <string>

namespace haulier::transfer {

/// Tells whether a file has changed.
struct Stamp {
    Inode inode;
    uint64_t size = 0;
    int64_t modified_ns = 0; ///< modification time, in nanoseconds since the epoch
    bool operator==(const Stamp&) const = default;
    /// Equality that survives a reboot.
    [[nodiscard]] bool matches(const Stamp& stored) const {
        return inode.matches(stored.inode) && size == stored.size && modified_ns == stored.modified_ns;
    }
};

class SourceFile {
public:
    /// Fails with LOCAL_FILE, also if `name` is not a regular file.
    static Result<SourceFile, Failure> open(const Place& directory, const std::string& name);

    /// The current stamp.
    [[nodiscard]] Stamp stamp() const;
    /// Reads `count` bytes from `at` on; it is a failure if the file has fewer.
    Status read(uint64_t at, char* into, size_t count) const;
    /// The failure to report if the file has changed.
    [[nodiscard]] Failure changed() const;

private:
    SourceFile(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
    Fd fd_;
    std::string name_;
};

} // namespace haulier::transfer
