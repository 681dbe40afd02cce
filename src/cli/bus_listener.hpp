// SPDX-License-Identifier: LGPL-2.1-or-later
// Listens on the bus.
#pragma once

#include "cli/bus.hpp"
#include "cli/listener.hpp"

#include <functional>
#include <memory>
#include <string>
#include <systemd/sd-bus.h>

namespace haulier::cli {

class BusListener final : public Listener {
public:
    explicit BusListener(Bus& bus) : bus_(bus) {}

    Result<Done, Failure> listen(std::function<void(const Signal&)> on_signal,
                                 std::function<void(bool present)> on_owner) override;
    Result<Done, Failure> subscribe(IfAbsent if_absent, Subscribed on_reply) override;
    [[nodiscard]] bool subscribed() const override { return !owner_.empty() && subscribed_at_ == owner_; }

private:
    struct Unref {
        void operator()(sd_bus_slot* slot) const noexcept;
    };
    static int replied(sd_bus_message* reply, void* self, sd_bus_error* error) noexcept;

    Bus& bus_;
    std::shared_ptr<void> signal_match_;
    std::shared_ptr<void> owner_match_;
    std::string owner_; ///< unique name of the daemon
    std::string subscribed_at_;
    Subscribed on_reply_;
    std::unique_ptr<sd_bus_slot, Unref> call_;
};

} // namespace haulier::cli
