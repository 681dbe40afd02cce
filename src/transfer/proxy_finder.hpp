// SPDX-License-Identifier: LGPL-2.1-or-later
// Queries a program that the administrator has configured, and the desktop's proxy settings, PAC scripts and
// WPAD through libproxy. Both block, the latter while a script is downloaded, so they run in the disk pool.
#pragma once

#include "transfer/disk_pool.hpp"
#include "transfer/proxy.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace haulier::transfer {

class ProxyFinder {
public:
    explicit ProxyFinder(DiskPool& disk);

    /// Sets the path of the program; empty = none.
    void use_command(const std::string& program);
    [[nodiscard]] bool has_command() const { return !command_.empty(); }
    /// Asks the program for the proxies of the server; the answer is remembered for a while. There are no
    /// routes if the program names none.
    void ask_command(const Url& url, const std::function<void(const Routes&)>& found);
    /// `found` is called from the loop, later. The caller must make sure that it is still valid by then.
    void find(const Url& url, std::function<void(Routes)> found);

private:
    struct Library;
    struct Advice {
        Routes routes;
        std::chrono::steady_clock::time_point until;
        std::vector<std::function<void(const Routes&)>> waiting; ///< while the program runs
    };
    void advised(const std::string& program, const std::string& server, Routes routes);

    DiskPool& disk_;
    std::string command_;
    std::map<std::string, Advice> advice_; ///< by scheme, host and port
    std::shared_ptr<Library> library_;     ///< touched only in its lane of the disk pool
};

} // namespace haulier::transfer
