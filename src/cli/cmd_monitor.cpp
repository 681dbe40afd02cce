// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl monitor: prints signals and property changes. It does not start the daemon.
#include "cli/bus_names.hpp"
#include "cli/commands.hpp"
#include "cli/listener.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

#include <chrono>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

struct Event {
    uint64_t time;
    std::string id; ///< of the job; empty for the daemon
};

Event event_of(const Signal& signal) {
    using namespace std::chrono;
    auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    auto id = signal.id();
    // Signals of the manager name the job in the second argument.
    if (id.empty() && signal.member.starts_with("Job")) id = signal.arguments[1].get<std::string>();
    return {static_cast<uint64_t>(now), id};
}

void print_text(const Event& event, const std::string& what, const std::string& value) {
    auto text = fmt::format("{}.{:03}  {:<8}  {}", date_text(event.time), event.time / 1000 % 1000,
                            event.id.empty() ? "-" : short_id(event.id), what);
    print(value.empty() ? text + "\n" : text + "  " + value + "\n");
}

Json object_of(const Event& event, const std::string& name) {
    Json out{{"Time", event.time}, {"Event", name}};
    if (!event.id.empty()) out["Id"] = event.id;
    return out;
}

void print_changes(const Common& common, const Event& event, const Json& changed, const Json& invalidated) {
    if (common.json) {
        auto out = object_of(event, "PropertiesChanged");
        out["Changed"] = to_public_json(changed);
        out["Invalidated"] = invalidated;
        return print_json_line(out);
    }
    for (const auto& [name, value] : changed.items())
        print_text(event, name, format_value(name, value));
    for (const auto& name : invalidated)
        print_text(event, name.get<std::string>(), "(changed)");
}

void print_event(const Common& common, const Event& event, const Signal& signal) {
    std::string detail;
    auto out = object_of(event, signal.member);
    if (signal.member == "JobRemoved") {
        detail = sanitize(signal.arguments[2].get<std::string>());
        out["Result"] = signal.arguments[2];
    } else if (signal.member == "FileTransferred") {
        detail = signal.arguments[0].dump();
        out["Index"] = signal.arguments[0];
    } else if (signal.member == "FileRangesTransferred") {
        Json ranges{{"Ranges", signal.arguments[1]}};
        detail =
            fmt::format("{} {}", signal.arguments[0].dump(), format_value("Ranges", signal.arguments[1]));
        out["Index"] = signal.arguments[0];
        out.update(to_public_json(ranges));
    }
    if (common.json) return print_json_line(out);
    print_text(event, signal.member, detail);
}

void print_signal(const Common& common, const Signal& signal) {
    auto event = event_of(signal);
    if (signal.member == "PropertiesChanged")
        print_changes(common, event, signal.arguments[1], signal.arguments[2]);
    else
        print_event(common, event, signal);
}

class Monitor {
public:
    Monitor(Client& client, const Common& common)
        : client_(client), common_(common), listener_(client.new_listener()) {}

    /// Until the user interrupts, which terminates the program, or a failure.
    Failure run() {
        auto listening = listener_->listen([this](const Signal& signal) { print_signal(common_, signal); },
                                           [this](bool present) { on_owner(present); });
        if (!listening) return listening.error();
        subscribe();
        while (!failure_)
            if (auto wakeup = client_.run_once(nullptr, std::nullopt); !wakeup) return wakeup.error();
        return *failure_;
    }

private:
    void on_owner(bool present) {
        print_signal(common_, {RootPath, present ? "DaemonCame" : "DaemonLeft", Json::array()});
        if (present) subscribe();
    }

    /// If the daemon is not running, this is done when it appears.
    void subscribe() {
        auto sent =
            listener_->subscribe(Listener::IfAbsent::DoNotStart, [this](const Result<Done, Failure>& answer) {
                if (!answer && answer.error().code != Exit::Unreachable) failure_ = answer.error();
            });
        if (!sent) failure_ = sent.error();
    }

    Client& client_;
    const Common& common_;
    std::unique_ptr<Listener> listener_;
    std::optional<Failure> failure_;
};

} // namespace

Result<Exit, Failure> monitor(const Common& common, const MonitorOptions& /*options*/) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    // Subscribe never asks for a password, but it remembers who was authorised. Listing the jobs asks.
    if (common.access.all_users)
        if (auto allowed = (*client)->list({}, true); !allowed) return allowed.error();
    return Monitor{**client, common}.run();
}

} // namespace haulier::cli
