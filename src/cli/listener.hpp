// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon says of itself: its signals, its coming and its going. On the system bus it speaks only to
// those who have subscribed, and each new daemon must be asked anew.
#pragma once

#include "cli/bus.hpp"
#include "cli/view.hpp"

#include <functional>
#include <memory>
#include <string>
#include <systemd/sd-bus.h>

namespace haulier::cli {

struct Signal {
    std::string path;
    std::string member;
    Json arguments;
    [[nodiscard]] std::string id() const; ///< of the job it came from; empty for the manager's
};

class Listener {
public:
    using Answer = std::function<void(const Outcome<Done>&)>;
    enum class Absent { Start, Leave }; ///< what to do about a daemon that does not run

    explicit Listener(Bus& bus) : bus_(bus) {}
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// From now on, for as long as this lives. `on_owner`: the daemon has come (true) or gone.
    Outcome<Done> listen(std::function<void(const Signal&)> on_signal,
                         std::function<void(bool present)> on_owner);

    /// Asks for its signals. The answer comes from Bus::turn; one question at a time.
    Outcome<Done> subscribe(Absent absent, Answer answer);
    /// Whether the daemon of this moment has said yes.
    [[nodiscard]] bool subscribed() const { return !owner_.empty() && subscribed_at_ == owner_; }

private:
    struct Unref {
        void operator()(sd_bus_slot* slot) const noexcept;
    };
    static int replied(sd_bus_message* reply, void* self, sd_bus_error* error) noexcept;

    Bus& bus_;
    std::shared_ptr<void> signals_;
    std::shared_ptr<void> owners_;
    std::string owner_; ///< unique name of the daemon
    std::string subscribed_at_;
    Answer answer_;
    std::unique_ptr<sd_bus_slot, Unref> question_;
};

} // namespace haulier::cli
