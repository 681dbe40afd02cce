// SPDX-License-Identifier: LGPL-2.1-or-later
// A local file that is sent: opened once, through its directory, and held against its stamp, so that what
// arrives is one version of it. Reading happens on the loop: curl wants the bytes at once, and a file is read
// ahead by the kernel, so that a read of a piece seldom waits, and never as a sync does.
#pragma once

#include "transfer/part_file.hpp"

#include <cstdint>
#include <string>

namespace haulier::transfer {

/// Tells whether a file is the one it was.
struct Stamp {
    Inode inode;
    uint64_t size = 0;
    int64_t modified_ns = 0;
    bool operator==(const Stamp&) const = default;
    [[nodiscard]] bool was(const Stamp& remembered) const {
        return inode.was(remembered.inode) && size == remembered.size &&
               modified_ns == remembered.modified_ns;
    }
};

class SourceFile {
public:
    static Outcome<SourceFile> open(const std::string& directory, const std::string& name);

    /// As the file is now.
    [[nodiscard]] Stamp stamp() const;
    /// Fills `into` from `at` on; fewer bytes than asked for are a failure.
    Trouble read(uint64_t at, char* into, size_t count) const;
    /// How to say that it is not what it was.
    [[nodiscard]] Failure changed() const;

private:
    SourceFile(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
    Fd fd_;
    std::string name_;
};

} // namespace haulier::transfer
