// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks the bus for the process behind a connection, and determines to which app the process belongs and
// whether it is in a sandbox. On the system bus, the worker of the caller's user examines the process,
// because only the user's own programs may do so. On a session bus, this process examines it, and the worker
// only reads the list of the user's folders, because the file system of a home directory may not respond.
#pragma once

#include "base/result.hpp"
#include "daemon/bus/access/app_identity.hpp"
#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/common/instance.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haulier::bus {

class AppFinder {
public:
    using Found = std::function<void(const ProcessIdentity&)>;
    /// Calls the function once, later or at once, with what the worker of the user sees of the process, or
    /// why no worker can look.
    using Examine = std::function<void(uint32_t uid, uint32_t pid, Callback<process::ProcessFacts>)>;
    AppFinder(sd_bus* bus, daemon::Instance instance, Examine by_worker)
        : bus_(bus), instance_(instance), examine_(std::move(by_worker)) {}

    /// Calls `found` at once if the process of the connection is known, and otherwise when the bus has
    /// replied. If the connection has left, or no worker can look, its process is not known. What is not
    /// final is not remembered: the next call examines the same process again.
    void find(const std::string& unique_name, Found found);
    /// The connection has left the bus.
    void left(const std::string& unique_name);
    /// A call waits for the bus.
    [[nodiscard]] bool busy() const { return !questions_.empty(); }

private:
    /// The process of a connection, according to the bus.
    struct Process {
        uint32_t uid = UINT32_MAX;
        uint32_t pid = 0;
        Fd descriptor;       ///< not every bus has it
        std::string label{}; ///< of its security module; empty = none
    };
    struct Question {
        AsyncCall call;
        std::vector<Found> waiting;
        Process process;
        bool has_left = false; ///< the connection
    };
    static Process read_process(sd_bus_message* reply);
    static void read_entry(sd_bus_message* reply, std::string_view key, Process& process);
    void examine(const std::string& unique_name, Process process);
    void examine_here(const std::string& unique_name, const Process& process);
    void examined(const std::string& unique_name, const Result<process::ProcessFacts>& facts);
    [[nodiscard]] ProcessIdentity identify(const Process& process,
                                           const Result<process::ProcessFacts>& facts) const;
    void answer(const std::string& unique_name, const ProcessIdentity& identity);

    sd_bus* bus_;
    daemon::Instance instance_;
    Examine examine_;
    std::map<std::string, ProcessIdentity> known_;
    /// Those that could not be examined. The descriptor is kept, because the process id may be given to
    /// another process meanwhile, which is not the caller.
    std::map<std::string, Process> unexamined_;
    std::map<std::string, Question> questions_;
};

} // namespace haulier::bus
