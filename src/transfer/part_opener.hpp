// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens and locks part files on threads. Those of a directory that are ordered in the same turn of the event
// loop are opened by one task, through the same descriptor of the directory.
#pragma once

#include "transfer/disk_pool.hpp"
#include "transfer/part_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace haulier::transfer {

struct PartRequest {
    Place place;
    std::string temporary;
    Place target;              ///< directory of the finished file
    std::string name;          ///< that must not be taken in `target`; empty = it may
    Inode folder;              ///< the directory that held the part file, if it is known
    bool other_folder = false; ///< another directory of the same file system is accepted instead
    uint64_t keep_free = 0;
};
/// Null if another process holds the lock.
using OpenedPart = Result<std::shared_ptr<PartFile>, Failure>;
/// On a thread; all requests are for the same place.
std::vector<OpenedPart> open_parts(const std::vector<PartRequest>& requests);

class PartOpener {
public:
    PartOpener(Loop& loop, DiskPool& disk) : loop_(loop), disk_(disk) {}

    using OnOpened = std::function<void(OpenedPart)>;
    void open(PartRequest request, OnOpened done);
    /// Calls `done` when everything in the directory of `path` that was ordered before has been opened.
    void when_opened(const std::string& path, std::function<void()> done);

private:
    struct Group {
        std::vector<PartRequest> requests;
        std::vector<OnOpened> done;
    };
    void start();
    void start(Group group);

    Loop& loop_;
    DiskPool& disk_;
    std::vector<Group> waiting_; ///< one for each place
    Source start_;
};

} // namespace haulier::transfer
