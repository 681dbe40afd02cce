// SPDX-License-Identifier: LGPL-2.1-or-later
// Queries the desktop's proxy settings, PAC scripts and WPAD through libproxy. libproxy's only function
// blocks while a script is downloaded, so it is called in the disk pool.
#pragma once

#include "transfer/disk_pool.hpp"
#include "transfer/proxy.hpp"

#include <functional>
#include <memory>

namespace haulier::transfer {

class ProxyFinder {
public:
    explicit ProxyFinder(DiskPool& disk);

    /// `found` is called from the loop, later. The caller must make sure that it is still valid by then.
    void find(const Url& url, std::function<void(Routes)> found);

private:
    struct Library;
    DiskPool& disk_;
    std::shared_ptr<Library> library_; ///< touched only in its lane of the disk pool
};

} // namespace haulier::transfer
