// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon.hpp"

#include "job/notify_service.hpp"

#include <systemd/sd-id128.h>
#include <utility>

namespace {

uint64_t last_id = 0;

} // namespace

/// In the place of libsystemd's, so that a schedule has the same ids each time.
extern "C" int sd_id128_randomize(sd_id128_t* id) {
    // splitmix64, so that the order of ids is not that of their creation
    for (auto& half : id->qwords) {
        uint64_t z = (last_id += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
        half = z ^ (z >> 31U);
    }
    return 0;
}

namespace haulier::simulation {

void seed_ids(uint64_t seed) {
    last_id = seed;
}

Daemon::Daemon(World& world, Witness& witness, const daemon::Config& config, store::Store store)
    : loop(world.clock()),
      workers(world, {[&](const auto& transfer) { witness.ordered(transfer); },
                      [&](const auto& transfer, const auto& failure) { witness.failed(transfer, failure); }}),
      manager(loop, world.clock(), world.dice, config, daemon::Instance::System, std::move(store), workers,
              [] {}),
      notifier({*this, *this}, *this, *this, notify::Policy{}), world_(world), witness_(witness) {
    manager.connect(witness, notifier);
    witness.attach(manager, workers);
    listen_to_bus();
}

Daemon::~Daemon() {
    auto nothing = [](const std::string&) {};
    world_.bus.daemon = {nothing, nothing, [](const std::string&, const std::string&) {}};
    world_.bus.owners_are_watched = false;
    for (auto& [name, program] : world_.bus.programs)
        program.open.clear();
    witness_.detach();
}

void Daemon::listen_to_bus() {
    world_.bus.daemon = {[this](const std::string& name) {
                             notifier.connection_lost(name);
                             notifier.run();
                         },
                         [this](const std::string& name) {
                             notifier.heard_from(name);
                             notifier.run();
                         },
                         [this](const std::string& name, const std::string& unique_name) {
                             notifier.owner_changed(name, unique_name);
                             notifier.run();
                         }};
}

void Daemon::send(const notify::Delivery& delivery, std::function<void(const notify::DeliveryResult&)> done) {
    if (!world_.acts()) return;
    witness_.sent(delivery);
    const auto* question = std::get_if<notify::RemoteNameExpired>(&delivery.content);
    auto answer = question ? some_answer(question->remote_name) : std::string{};
    auto on_reply = [&world = world_, life = world_.life, answer, done = std::move(done)](auto result) {
        if (result.outcome == CallOutcome::Acknowledged) result.answer = answer;
        if (life == world.life && !world.is_dead()) done(result);
    };
    world_.bus.send(delivery, on_reply);
}

/// A client's answer about the file: the same URL, nothing, or a URL that is refused.
std::string Daemon::some_answer(const std::string& remote) {
    if (world_.dice.maybe(60)) return remote;
    return world_.dice.maybe(50) ? "" : "file:///etc/passwd";
}

void Daemon::launches_changed(uint32_t owner, const job::NotifyService& service, uint32_t count) {
    manager.launches_changed({owner, job::to_string(service), count});
}

void Daemon::wake_at(BootTime when) {
    wake_ = loop.at(when, [this] { notifier.run(); });
}

notify::Content Daemon::content_of(const job::Id& id, const job::Notification& notification) const {
    const auto& record = *manager.find(id);
    switch (notification.kind) {
    case job::NotificationKind::Transferred: break;
    case job::NotificationKind::Error:
        return notify::JobFailed{record.durable().error.value_or(job::JobError{})};
    case job::NotificationKind::FileTransferred: {
        const auto& file = record.durable_file(notification.file);
        const auto& job = record.durable();
        bool is_named = file.completed && !job::is_upload(job.type);
        return notify::FileTransferred{notification.file, file.spec.remote,
                                       is_named ? file.spec.local
                                                : job::temporary_path(job, file, notification.file)};
    }
    case job::NotificationKind::RemoteNameExpired:
        return notify::RemoteNameExpired{notification.file,
                                         record.durable_file(notification.file).spec.remote};
    }
    return notify::JobTransferred{};
}

void Daemon::check_connection(const std::string& unique_name) {
    if (world_.bus.programs.contains(unique_name)) return;
    world_.later(Usec{500}, [this, unique_name] { world_.bus.daemon.connection_lost(unique_name); });
}

void Daemon::find_owner(const std::string& name) {
    world_.later(Usec{500}, [this, name] {
        notifier.owner_found(name, world_.bus.owner_of(name));
        notifier.run();
    });
}

} // namespace haulier::simulation
