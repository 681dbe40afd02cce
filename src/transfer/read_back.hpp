// SPDX-License-Identifier: LGPL-2.1-or-later
// After a restart the part on disk is read once, so that the checksum can go on where it stopped. Done in
// slices: another transfer's sync waits for one of them at most.
#pragma once

#include "transfer/digest.hpp"
#include "transfer/disk_thread.hpp"
#include "transfer/part_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace haulier::transfer {

class ReadBack {
public:
    /// `done` gets the hasher back, with `count` bytes in it. Dropping this object stops the reading.
    using Done = std::function<void(Outcome<std::shared_ptr<Hasher>>)>;
    ReadBack(DiskThread& disk, std::shared_ptr<PartFile> part, std::shared_ptr<Hasher> hasher, uint64_t count,
             Done done);

private:
    void next();
    void read(const Trouble& trouble, uint64_t upto);

    DiskThread& disk_;
    std::shared_ptr<PartFile> part_;
    std::shared_ptr<Hasher> hasher_; ///< touched only there while a slice is read
    uint64_t count_;
    Done done_;
    uint64_t at_ = 0;
    std::shared_ptr<ReadBack*> self_;
};

} // namespace haulier::transfer
