// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes complete small files and makes them durable together. Those of a directory that arrive while others
// are being synced share the next sync, so a single file waits for none, and many cost little more than one.
#pragma once

#include "transfer/disk_pool.hpp"
#include "transfer/metadata.hpp"
#include "transfer/part_file.hpp"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace haulier::transfer {

/// A file of which nothing is on disk yet. It is closed, and thereby unlocked, when it is durable or has
/// failed.
struct SmallFile {
    std::shared_ptr<PartFile> part;
    std::string content;
    Metadata metadata; ///< is applied as far as possible, so that nothing of the file needs another sync
};
/// On a thread.
std::vector<Status> store(std::vector<SmallFile> files);

class SmallFiles {
public:
    /// `together` is called with what completes at the same time.
    SmallFiles(DiskPool& disk, std::function<void(const std::function<void()>&)> together)
        : disk_(disk), together_(std::move(together)) {}

    using Done = std::function<void(const Status&)>;
    void add(const std::string& directory, SmallFile file, Done done);

private:
    struct Waiting {
        std::vector<SmallFile> files;
        std::vector<Done> done;
    };
    void store_next(const std::string& directory);

    DiskPool& disk_;
    std::function<void(const std::function<void()>&)> together_;
    std::unordered_map<std::string, Waiting> waiting_; ///< by directory, those that have a sync under way
};

} // namespace haulier::transfer
