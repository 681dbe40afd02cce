// SPDX-License-Identifier: LGPL-2.1-or-later
// One run of the daemon: the real manager and the real notifier, connected as in the program, in a World.
#pragma once

#include "daemon/common/config.hpp"
#include "daemon/manager/manager.hpp"
#include "notify/notifier.hpp"
#include "simulated_loop.hpp"
#include "simulated_workers.hpp"
#include "witness.hpp"
#include "world.hpp"

#include <string>

namespace haulier::simulation {

class Daemon final : public notify::Sender, public notify::Outbox, public notify::Host {
public:
    Daemon(World& world, Witness& witness, const daemon::Config& config, store::Store store);
    ~Daemon() override;
    Status start() { return manager.load(); }

    SimulatedLoop loop;
    SimulatedWorkers workers;
    daemon::Manager manager;
    notify::Notifier notifier;

    // ---- for the notifier ----

    void send(const notify::Delivery& delivery,
              std::function<void(const notify::DeliveryResult&)> done) override;
    void acknowledged(int64_t row) override { manager.acknowledged(row); }
    void launches_changed(uint32_t owner, const job::NotifyService& service, uint32_t count) override;
    [[nodiscard]] BootTime now() const override { return world_.bus.now; }
    void wake_at(BootTime when) override;
    [[nodiscard]] notify::Content content_of(const job::Id& id,
                                             const job::Notification& notification) const override;
    void object_changed(const job::Id& id) override { manager.object_changed(id); }
    void answered(const job::Id& id, int64_t row, uint32_t file, const std::string& answer) override {
        manager.renew_remote_name({id, file, row}, answer);
    }
    void delivery_failed(const notify::Delivery&, CallOutcome) override {}
    void check_connection(const std::string& unique_name) override;
    void find_owner(const std::string& name) override;
    void watch_new_owners(bool watch) override { world_.bus.owners_are_watched = watch; }

private:
    void listen_to_bus();
    std::string some_answer(const std::string& remote);

    World& world_;
    Witness& witness_;
    Source wake_;
};

/// Job ids are drawn from this seed on.
void seed_ids(uint64_t seed);

} // namespace haulier::simulation
