// SPDX-License-Identifier: LGPL-2.1-or-later
// Waits until a job ends or needs its owner, even if the daemon is restarted in between. There is no polling:
// signals say what changes, and the properties are read after every subscription and whenever the daemon
// appears on the bus.
#pragma once

#include "cli/client.hpp"
#include "cli/interrupts.hpp"
#include "cli/listener.hpp"
#include "cli/screen.hpp"
#include "cli/view.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace haulier::cli {

struct WaitResult {
    End end = End::Gone;
    JobView job; ///< as it was when it was last seen
    Json properties = Json::object();
};

class Watch {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;
    Watch(Client& client, std::string id, Screen& screen, Clock clock = std::chrono::steady_clock::now);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Runs until the job ends, the user interrupts, or the daemon cannot be started any more.
    Result<WaitResult, Failure> run(const Interrupts& interrupts);

private:
    Result<Done, Failure> refresh();
    Result<Done, Failure> read();
    void on_properties(const Result<Json, Failure>& answer);
    void on_signal(const Signal& signal);
    void on_owner(bool present);
    void on_failure(const Failure& failure);
    void on_time();
    void update();
    void finish(End how);
    [[nodiscard]] Deadline next_deadline() const;

    Client& client_;
    std::string id_;
    Screen& screen_;
    Clock clock_;
    std::unique_ptr<Listener> listener_;

    Json properties_ = Json::object();
    JobView job_;
    std::optional<End> end_;
    std::optional<Failure> failure_;
    bool refreshing_ = false;          ///< a call is pending
    bool refresh_needed_ = true;       ///< also if something happened after the call was sent
    Deadline tick_;                    ///< when to draw progress again
    std::optional<Deadline> retry_at_; ///< when to try again to reach the daemon
    size_t failed_tries_ = 0;          ///< in a row
};

} // namespace haulier::cli
