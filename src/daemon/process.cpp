// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/process.hpp"

#include "base/log.hpp"
#include "daemon/application.hpp"
#include "daemon/common/journal.hpp"

#include <cinttypes>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <malloc.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec StatusInterval{2'000'000};
constexpr Usec TrimDelay{15'000'000};
/// A caller who called at the last moment gets a reply before the usual D-Bus timeout of 25 s.
constexpr Usec ExitTimeout{20'000'000};
constexpr Usec NameRetryInterval{500'000};
/// While a package is being installed, the bus may read the policy before the user that it names exists.
constexpr unsigned MaxNameFailures = 20;

bool is_supervised() {
    return std::getenv("NOTIFY_SOCKET") != nullptr;
}

uint64_t monotonic_usec() {
    return static_cast<uint64_t>(awake_time().count());
}

const char* bus_of(Instance instance) {
    return instance == Instance::System ? "system bus" : "session bus";
}

} // namespace

Process::Process(const Options& options, const Config& config, store::Store store)
    : options_(options), config_(config), pending_file_(options.state_directory),
      idle_(
          loop_, config_.idle_timeout, [this] { return phase_ != Phase::Serving || application_->busy(); },
          [this] { exit_when_idle(); }),
      application_(
          std::make_unique<Application>(loop_, options_, config_, std::move(store),
                                        Application::Events{[this] { on_activity(); }, [this] { bus_lost(); },
                                                            [this] { store_broken(); }})) {
    for (int signal : {SIGTERM, SIGINT})
        signals_.push_back(loop_.on_signal(signal, [this] { stop(); }));
    signals_.push_back(loop_.on_signal(SIGHUP, [this] { reload(); }));
}

Process::~Process() = default;

ExitStatus Process::run() {
    if (auto started = application_->start(); !started) {
        log::error(started.error().message);
        return started.error().code == Errc::Store ? ExitStatus::Database : ExitStatus::WorkerSocket;
    }
    sd_event_set_watchdog(loop_.raw(), 1);
    on_activity();
    acquire_name();
    return ExitStatus{loop_.run()};
}

void Process::acquire_name() {
    retry_name_.reset();
    try {
        application_->service.take_name();
    } catch (const std::exception& e) {
        return retry_acquire_name(e.what());
    }
    name_failures_ = 0;
    serve();
}

void Process::retry_acquire_name(const std::string& reason) {
    if (name_failures_ == 0) log::warning("the bus does not give us our name yet: " + reason);
    if (++name_failures_ <= MaxNameFailures)
        retry_name_ = loop_.after(NameRetryInterval, [this] { acquire_name(); });
    else
        application_->manager.shut_down([this] { exit(ExitStatus::NameDenied); });
}

void Process::serve() {
    phase_ = Phase::Serving;
    notify_status();
    sd_notify(0, "READY=1");
    idle_.touch();
}

/// Runs before the reply to a client, so that the pending file exists when its job is confirmed.
void Process::on_activity() {
    idle_.touch();
    if (!pending_file_.exists() && application_->manager.has_work()) pending_file_.create();
    if (phase_ == Phase::Exiting) try_exit_ = loop_.defer([this] { try_exit(); }, EventPriority::Last);
    if (!status_ && is_supervised()) status_ = loop_.after(StatusInterval, [this] { notify_status(); });
    if (!trim_) trim_ = loop_.after(TrimDelay, [this] { trim_heap(); });
}

/// The C library keeps freed memory below blocks that are still in use; after large messages that is a lot.
void Process::trim_heap() {
    trim_.reset();
    malloc_trim(0);
}

void Process::notify_status() {
    status_.reset();
    if (phase_ != Phase::Serving) return;
    sd_notifyf(0, "STATUS=Serving the %s, unfinished jobs: %u", bus_of(options_.instance),
               application_->manager.count());
}

void Process::reload() {
    if (phase_ == Phase::Serving)
        sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\nSTATUS=Reading the configuration",
                   monotonic_usec());
    auto configuration = read_config(options_.config_file);
    for (const auto& warning : configuration.warnings)
        journal::bad_setting(warning);
    config_ = configuration.config;
    application_->reconfigure();
    idle_.set_timeout(config_.idle_timeout);
    log::info("the configuration was read again");
    if (phase_ == Phase::Serving) serve();
}

void Process::stop() {
    sd_notify(0, "STOPPING=1\nSTATUS=Waiting for the last checkpoints");
    application_->manager.shut_down([this] { exit(ExitStatus::Success); });
}

/// systemd must know that the daemon stops before the name is released; otherwise it would consider a start
/// that the bus requests in between as done already. Calls sent to the name before its release are still
/// handled here.
void Process::exit_when_idle() {
    phase_ = Phase::Exiting;
    if (is_supervised()) sd_notify(0, "STOPPING=1\nSTATUS=Idle");
    application_->service.release_name();
    exit_deadline_ = loop_.after(ExitTimeout, [this] {
        exit_deadline_.reset();
        try_exit();
    });
    try_exit();
}

/// Exits when the last callers have their replies. If they created work, the daemon serves again; under
/// systemd, which knows that it stops, it exits with a status that makes systemd start it again.
void Process::try_exit() {
    try_exit_.reset();
    static_cast<void>(application_->manager.flush());
    bool awaited = application_->service.asking() || application_->manager.owes_answers();
    if (awaited && exit_deadline_) return;
    exit_deadline_.reset();
    if (!application_->busy()) return exit(ExitStatus::Success);
    if (is_supervised()) return application_->manager.shut_down([this] { exit(ExitStatus::StartAgain); });
    phase_ = Phase::Starting;
    acquire_name();
}

void Process::exit(ExitStatus status) {
    static_cast<void>(application_->manager.flush());
    application_->manager.has_work() ? pending_file_.create() : pending_file_.remove();
    loop_.exit(static_cast<int>(status));
}

void Process::bus_lost() {
    log::error("the bus connection is lost");
    exit(ExitStatus::StartAgain);
}

/// SQLite may call the database malformed for ever, and its content may differ from that of memory.
void Process::store_broken() {
    log::error("the database stays unusable in this process; the daemon starts again to open it anew");
    sd_notify(0, "STOPPING=1\nSTATUS=The database has to be opened anew");
    application_->manager.shut_down([this] { exit(ExitStatus::StartAgain); });
}

} // namespace haulier::daemon
