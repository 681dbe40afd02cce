// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/process.hpp"

#include "base/log.hpp"
#include "daemon/bus/connection.hpp"
#include "daemon/bus/messenger.hpp"
#include "daemon/bus/service.hpp"
#include "daemon/bus/watchers.hpp"
#include "daemon/idle.hpp"
#include "daemon/manager.hpp"
#include "daemon/routes.hpp"
#include "daemon/surroundings.hpp"
#include "notify/notifier.hpp"

#include <csignal>
#include <cstdlib>
#include <optional>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <utility>

namespace haulier::daemon {

namespace {

notify::Policy policy_of(const Config& config) {
    notify::Policy p;
    p.retry = config.notify_retry;
    p.retry_maximum = config.notify_retry_maximum;
    p.calls_in_flight = config.calls_in_flight;
    p.launch_delay = config.launch_delay;
    return p;
}

} // namespace

struct Process::Parts {
    Parts(Process& process, store::Store store, std::string worker_program)
        : bus(bus::connect_session_bus()), voice(bus::connect_session_bus()),
          idle(
              process.loop_, process.config_.idle_timeout,
              [this] { return manager.busy() || service.busy(); }, [&process] { process.leave_when_idle(); }),
          manager(process.loop_, clock, process.config_, std::move(store), std::move(worker_program),
                  [this] { idle.stir(); }),
          service(process.loop_, *bus, manager,
                  {[this] { idle.stir(); }, [&process] { process.lose_bus(); },
                   [this](const std::string& name) { peer_left(name); }}),
          messenger(process.loop_, *voice, manager, process.config_.call_timeout,
                    [&process] { process.lose_bus(); }),
          notifier(messenger, policy_of(process.config_)),
          surroundings([this](const job::Conditions& now) { manager.surroundings_changed(now); }),
          routes(process.loop_, [this](bool lead_out) { surroundings.set_routes(lead_out); }) {
        messenger.connect(notifier, [this](const std::string& name) { service.make_sure(name); });
        manager.connect(service, notifier);
        if (process.config_.watch_network) watch(process.loop_);
        for (int signal : {SIGTERM, SIGINT})
            signals.push_back(process.loop_.on_signal(signal, [&process] { process.stop(); }));
    }

    void watch(Loop& loop) {
        if (auto status = routes.watch(); !status) log::warning(status.error().sentence);
        watchers.emplace(loop, surroundings);
    }

    void peer_left(const std::string& name) {
        notifier.connection_lost(name);
        notifier.run();
    }

    // The connections outlive everything that may still owe an answer.
    bus::ConnectionPtr bus;
    bus::ConnectionPtr voice;
    SystemClock clock;
    Idle idle;
    Manager manager;
    bus::Service service;
    bus::Messenger messenger;
    notify::Notifier notifier;
    Surroundings surroundings;
    Routes routes;
    std::optional<bus::Watchers> watchers;
    std::vector<Source> signals;
};

Process::Process(const Config& config, store::Store store, std::string worker_program) : config_(config) {
    parts_ = std::make_unique<Parts>(*this, std::move(store), std::move(worker_program));
}

Process::~Process() = default;

int Process::run() {
    if (auto loaded = parts_->manager.load(); !loaded) {
        log::error(loaded.error().sentence);
        return EX_IOERR;
    }
    parts_->service.take_name();
    sd_notify(0, "READY=1\nSTATUS=Serving the session bus");
    parts_->idle.stir();
    return loop_.run();
}

void Process::end(int status) {
    static_cast<void>(parts_->manager.flush());
    loop_.exit(status);
}

void Process::stop() {
    sd_notify(0, "STOPPING=1");
    parts_->manager.shut_down([this] { end(EX_OK); });
}

/// systemd must know that we are leaving before the name is free, or it would take a start that the bus asks
/// for in between as done. What was sent to the name before the release is handled by us. If it made work, we
/// stay, or, where systemd has been told, end with a status that makes it start us again.
void Process::leave_when_idle() {
    bool supervised = std::getenv("NOTIFY_SOCKET") != nullptr;
    if (supervised) sd_notify(0, "STOPPING=1");
    parts_->service.release_name();
    static_cast<void>(parts_->manager.flush());
    if (!parts_->manager.busy() && !parts_->service.busy()) return loop_.exit(EX_OK);
    if (supervised) return parts_->manager.shut_down([this] { end(EX_TEMPFAIL); });
    parts_->service.take_name();
    parts_->idle.stir();
}

void Process::lose_bus() {
    log::error("the bus connection is lost");
    loop_.exit(EX_TEMPFAIL);
}

} // namespace haulier::daemon
