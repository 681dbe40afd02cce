// SPDX-License-Identifier: LGPL-2.1-or-later
// A file is read for its checksum: after a restart the part on disk, so that the checksum can go on where it
// stopped; before an upload, all of it. Done in slices: another transfer's sync waits for one of them at
// most.
#pragma once

#include "transfer/digest.hpp"
#include "transfer/disk_thread.hpp"
#include "transfer/failure.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace haulier::transfer {

class ReadBack {
public:
    /// `done` gets the hasher back, with `count` bytes in it. Dropping this object stops the reading.
    using Done = std::function<void(Outcome<std::shared_ptr<Hasher>>)>;
    template <class File>
    ReadBack(DiskThread& disk, std::shared_ptr<File> file, std::shared_ptr<Hasher> hasher, uint64_t count,
             Done done)
        : ReadBack(disk, Read{[file](uint64_t at, char* into, size_t bytes) {
                       return file->read(at, into, bytes);
                   }},
                   std::move(hasher), count, std::move(done)) {}

private:
    using Read = std::function<Trouble(uint64_t at, char* into, size_t count)>;
    ReadBack(DiskThread& disk, Read read, std::shared_ptr<Hasher> hasher, uint64_t count, Done done);
    void next();
    void slice_read(const Trouble& trouble, uint64_t upto);

    DiskThread& disk_;
    Read read_;
    std::shared_ptr<Hasher> hasher_; ///< touched only there while a slice is read
    uint64_t count_;
    Done done_;
    uint64_t at_ = 0;
    std::shared_ptr<ReadBack*> self_;
};

} // namespace haulier::transfer
