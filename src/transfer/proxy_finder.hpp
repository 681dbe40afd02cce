// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks the desktop's proxy settings, PAC scripts and WPAD through libproxy. Its only call blocks, for as long
// as a script takes to arrive, so it is made on the disk thread.
#pragma once

#include "transfer/disk_thread.hpp"
#include "transfer/proxy.hpp"

#include <functional>
#include <memory>

namespace haulier::transfer {

class ProxyFinder {
public:
    explicit ProxyFinder(DiskThread& disk);

    /// `found` is called from the loop, later. Whoever asked may be gone by then and must know it.
    void find(const Url& url, std::function<void(Routes)> found);

private:
    struct Library;
    DiskThread& disk_;
    std::shared_ptr<Library> library_; ///< touched only on the disk thread
};

} // namespace haulier::transfer
