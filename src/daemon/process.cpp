// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/process.hpp"

#include "base/log.hpp"
#include "daemon/application.hpp"
#include "daemon/common/journal.hpp"

#include <cinttypes>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <malloc.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec PauseBetweenStatus{2'000'000};
constexpr Usec PauseBeforeTidying{15'000'000};
/// Whoever called in the last moment and waits for an answer gets it before the usual end of a caller's own
/// patience, 25 s.
constexpr Usec PatienceWithCallers{20'000'000};
constexpr Usec PauseAfterDenial{500'000};
/// While a package is installed the bus may read the policy before there is the user that it is about.
constexpr unsigned MostDenials = 20;

bool is_supervised() {
    return std::getenv("NOTIFY_SOCKET") != nullptr;
}

uint64_t monotonic_usec() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

const char* bus_of(Instance instance) {
    return instance == Instance::System ? "system bus" : "session bus";
}

} // namespace

Process::Process(const Options& options, const Config& config, store::Store store)
    : options_(options), config_(config), pending_file_(options.state_directory),
      idle_(
          loop_, config_.idle_timeout, [this] { return phase_ != Phase::Serving || parts_->busy(); },
          [this] { leave_when_idle(); }),
      parts_(std::make_unique<Application>(
          loop_, options_, config_, std::move(store),
          Application::Events{[this] { on_activity(); }, [this] { lose_bus(); }})) {
    for (int signal : {SIGTERM, SIGINT})
        signals_.push_back(loop_.on_signal(signal, [this] { stop(); }));
    signals_.push_back(loop_.on_signal(SIGHUP, [this] { reload(); }));
}

Process::~Process() = default;

ExitStatus Process::run() {
    if (auto begun = parts_->start(); !begun) {
        log::error(begun.error().message);
        return begun.error().code == Errc::Store ? ExitStatus::Database : ExitStatus::WorkerSocket;
    }
    sd_event_set_watchdog(loop_.raw(), 1);
    on_activity();
    take_name();
    return ExitStatus{loop_.run()};
}

void Process::take_name() {
    name_.reset();
    try {
        parts_->service.take_name();
    } catch (const std::exception& e) {
        return take_name_later(e.what());
    }
    denials_ = 0;
    serve();
}

void Process::take_name_later(const std::string& why) {
    if (denials_ == 0) log::warning("the bus does not give us our name yet: " + why);
    if (++denials_ <= MostDenials)
        name_ = loop_.after(PauseAfterDenial, [this] { take_name(); });
    else
        parts_->manager.shut_down([this] { end(ExitStatus::NameDenied); });
}

void Process::serve() {
    phase_ = Phase::Serving;
    say_status();
    sd_notify(0, "READY=1");
    idle_.touch();
}

/// Before the answer to whoever on_activity leaves; so the marker is there when its job is confirmed.
void Process::on_activity() {
    idle_.touch();
    if (!pending_file_.exists() && parts_->manager.has_work()) pending_file_.create();
    if (phase_ == Phase::Leaving) settle_ = loop_.defer([this] { settle(); }, EventPriority::Last);
    if (!status_ && is_supervised()) status_ = loop_.after(PauseBetweenStatus, [this] { say_status(); });
    if (!trim_) trim_ = loop_.after(PauseBeforeTidying, [this] { trim_heap(); });
}

/// The C library keeps what was freed below anything that is still in use; after large messages that is much.
void Process::trim_heap() {
    trim_.reset();
    malloc_trim(0);
}

void Process::say_status() {
    status_.reset();
    if (phase_ != Phase::Serving) return;
    sd_notifyf(0, "STATUS=Serving the %s, unfinished jobs: %u", bus_of(options_.instance),
               parts_->manager.count());
}

void Process::reload() {
    if (phase_ == Phase::Serving)
        sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\nSTATUS=Reading the configuration",
                   monotonic_usec());
    auto configuration = read_config(options_.config_file);
    for (const auto& warning : configuration.warnings)
        journal::bad_setting(warning);
    config_ = configuration.config;
    parts_->reconfigure();
    idle_.set_timeout(config_.idle_timeout);
    log::info("the configuration was read again");
    if (phase_ == Phase::Serving) serve();
}

void Process::stop() {
    sd_notify(0, "STOPPING=1\nSTATUS=Waiting for the last checkpoints");
    parts_->manager.shut_down([this] { end(ExitStatus::Success); });
}

/// systemd must know that we are leaving before the name is free, or it would take a start that the bus asks
/// for in between as done. What was sent to the name before the release is handled by us.
void Process::leave_when_idle() {
    phase_ = Phase::Leaving;
    if (is_supervised()) sd_notify(0, "STOPPING=1\nSTATUS=IdleTimer");
    parts_->service.release_name();
    patience_ = loop_.after(PatienceWithCallers, [this] {
        patience_.reset();
        settle();
    });
    settle();
}

/// Leaves when the last callers have their answers. If they made work, we stay, or, where systemd has been
/// told, end with a status that makes it start us again.
void Process::settle() {
    settle_.reset();
    static_cast<void>(parts_->manager.flush());
    bool awaited = parts_->service.asking() || parts_->manager.owes_answers();
    if (awaited && patience_) return;
    patience_.reset();
    if (!parts_->busy()) return end(ExitStatus::Success);
    if (is_supervised()) return parts_->manager.shut_down([this] { end(ExitStatus::StartAgain); });
    phase_ = Phase::Starting;
    take_name();
}

void Process::end(ExitStatus status) {
    static_cast<void>(parts_->manager.flush());
    parts_->manager.has_work() ? pending_file_.create() : pending_file_.remove();
    loop_.exit(static_cast<int>(status));
}

void Process::lose_bus() {
    log::error("the bus connection is lost");
    end(ExitStatus::StartAgain);
}

} // namespace haulier::daemon
