// SPDX-License-Identifier: LGPL-2.1-or-later
// Waits until jobs end or need their owner, even if the daemon is restarted in between. There is no polling:
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
#include <vector>

namespace haulier::cli {

struct WaitResult {
    End end = End::Gone;
    JobView job; ///< as it was when it was last seen
    Json properties = Json::object();
};

/// What a job is doing, until it ends.
class Watch {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;
    Watch(Client& client, std::string id, Screen& screen, Clock clock = std::chrono::steady_clock::now);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    Result<Done, Failure> begin();
    /// Sends the calls that are needed. Fails if the daemon cannot be started any more.
    Result<Done, Failure> step();
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] bool has_ended() const { return end_.has_value(); }
    [[nodiscard]] WaitResult result() const;
    /// When on_time() is to be called.
    [[nodiscard]] Deadline next_deadline() const { return retry_at_.value_or(Deadline::max()); }
    void on_time();
    /// Reads what only progress needs.
    void on_redraw();
    void finish(End how);

private:
    Result<Done, Failure> refresh();
    Result<Done, Failure> read();
    void on_properties(const Result<Json, Failure>& answer);
    void on_files(const Result<Client::Files, Failure>& answer);
    void on_signal(const Signal& signal);
    void on_owner(bool present);
    void on_failure(const Failure& failure);
    void update();

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
    std::optional<Deadline> retry_at_; ///< when to try again to reach the daemon
    Deadline files_at_{};              ///< when to read the files again; the maximum while that is pending
    size_t failed_tries_ = 0;          ///< in a row
};

using Watches = std::vector<std::unique_ptr<Watch>>;

/// Runs until one of the jobs has ended, or the deadline has passed (then all jobs have End::TimedOut). If
/// the user interrupts, all have End::Interrupted.
Result<Done, Failure> run_until_one_ends(Client& client, Watches& watches, Screen& screen,
                                         const Interrupts& interrupts,
                                         std::optional<Deadline> deadline = std::nullopt,
                                         const Watch::Clock& clock = std::chrono::steady_clock::now);

/// Runs until the job ends, the user interrupts, or the daemon cannot be started any more.
Result<WaitResult, Failure> watch_job(Client& client, const std::string& id, Screen& screen,
                                      const Interrupts& interrupts,
                                      const Watch::Clock& clock = std::chrono::steady_clock::now);

} // namespace haulier::cli
