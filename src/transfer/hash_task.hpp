// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes the checksum of existing content in the disk pool: of the part that was downloaded before a
// restart, so that the checksum can be continued, and of a whole file before its upload. The work is done in
// slices, so that the sync of another transfer waits for one slice at most.
#pragma once

#include "transfer/disk_pool.hpp"
#include "transfer/failure.hpp"
#include "transfer/hasher.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace haulier::transfer {

class HashTask {
public:
    using Completion = std::function<void(Result<std::shared_ptr<Hasher>, Failure>)>;
    /// Feeds the bytes of `file` up to `end` to `hasher`, which `done` gets back. Destroying this object
    /// cancels the task.
    template <class File>
    HashTask(DiskPool& disk, Lane lane, std::shared_ptr<File> file, std::shared_ptr<Hasher> hasher,
             uint64_t end, Completion done, uint64_t begin = 0)
        : HashTask(disk, std::move(lane), Read{[file](uint64_t at, char* into, size_t bytes) {
                       return file->read(at, into, bytes);
                   }},
                   std::move(hasher), end, std::move(done), begin) {}

private:
    using Read = std::function<Status(uint64_t at, char* into, size_t count)>;
    HashTask(DiskPool& disk, Lane lane, Read read, std::shared_ptr<Hasher> hasher, uint64_t end,
             Completion done, uint64_t begin);
    void next();
    void slice_done(const Status& status, uint64_t upto);

    DiskPool& disk_;
    Lane lane_;
    Read read_;
    std::shared_ptr<Hasher> hasher_; ///< used in the disk pool while a slice is read
    uint64_t end_;
    Completion done_;
    uint64_t position_;
    std::shared_ptr<HashTask*> self_; ///< expires with this object
};

} // namespace haulier::transfer
