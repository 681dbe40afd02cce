// SPDX-License-Identifier: LGPL-2.1-or-later
// Waits until a job ends or needs somebody, through restarts of the daemon. Nothing is polled: signals say
// what changes, and after every subscription, and every coming of the daemon, the state is read anew.
#pragma once

#include "cli/client.hpp"
#include "cli/interrupts.hpp"
#include "cli/listener.hpp"
#include "cli/screen.hpp"
#include "cli/view.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace haulier::cli {

struct Ended {
    End end = End::Gone;
    JobView job; ///< as it was last seen
    Json properties = Json::object();
};

class Watch {
public:
    Watch(Client& client, std::string id, Screen& screen);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// To the end, to an interrupt, or until the daemon cannot be started any more.
    Outcome<Ended> run(const Interrupts& interrupts);

private:
    Outcome<Done> ask();
    Outcome<Done> read();
    void answered(const Outcome<Json>& answer);
    void take(const Signal& signal);
    void owner_changed(bool present);
    void see(const Json& properties);
    void failed(const Failure& failure);
    void end(End how);
    [[nodiscard]] Bus::Deadline deadline() const;

    Client& client_;
    std::string id_;
    Screen& screen_;
    Listener listener_;

    Json properties_ = Json::object();
    JobView job_;
    std::optional<End> ended_;
    std::optional<Failure> failure_;
    bool asking_ = false;
    bool ask_again_ = false;                ///< something happened after the question had left
    std::optional<Bus::Deadline> retry_at_; ///< when to try to reach the daemon once more
    size_t tries_ = 0;                      ///< in a row, in vain
};

} // namespace haulier::cli
