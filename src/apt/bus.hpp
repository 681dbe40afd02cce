// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls of Haulier on the system bus that wait for their replies, with a limit. Failures are
// std::system_error.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sd_bus;
struct sd_bus_message;

namespace haulier::apt {

/// The properties of an object that are texts. A boolean is "true" or "false", and others are left out.
using Texts = std::map<std::string, std::string>;

class Bus {
public:
    /// The calls do not start the service: while it is not running, it fetches nothing.
    Bus();
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    /// Paths and properties of the caller's jobs.
    std::map<std::string, Texts> jobs(const std::vector<std::string>& properties);
    /// Calls `each` with number and properties of every file of a job.
    void files(const std::string& job, const std::function<void(uint32_t index, Texts texts)>& each);
    void remove_files(const std::string& job, const std::vector<uint32_t>& indexes);
    /// A method of a job without arguments.
    void call(const std::string& job, const char* method);
    /// From now on, all calls together may take ten seconds. Those that would take longer fail.
    void limit_all_calls();

private:
    using Message = std::shared_ptr<sd_bus_message>;
    Message new_call(const std::string& path, const char* interface, const char* method);
    [[nodiscard]] uint64_t microseconds_left() const;
    Message reply_to(const Message& call);

    sd_bus* bus_ = nullptr;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
};

} // namespace haulier::apt
