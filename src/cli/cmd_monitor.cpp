// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl monitor: everything the daemon says, as it says it. Does not start the daemon.
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/listener.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

#include <chrono>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

struct Line {
    uint64_t time;
    std::string id; ///< empty: the daemon itself
};

Line line_of(const Signal& signal) {
    using namespace std::chrono;
    auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    auto id = signal.id();
    // The manager's signals name their job in the second argument.
    if (id.empty() && signal.member.starts_with("Job")) id = signal.arguments[1].get<std::string>();
    return {static_cast<uint64_t>(now), id};
}

void print_text(const Line& line, const std::string& what, const std::string& value) {
    auto text = fmt::format("{}.{:03}  {:<8}  {}", date_text(line.time), line.time / 1000 % 1000,
                            line.id.empty() ? "-" : short_id(line.id), what);
    print(value.empty() ? text + "\n" : text + "  " + value + "\n");
}

Json object_of(const Line& line, const std::string& event) {
    Json out{{"Time", line.time}, {"Event", event}};
    if (!line.id.empty()) out["Id"] = line.id;
    return out;
}

void print_changes(const Common& common, const Line& line, const Json& changed, const Json& invalidated) {
    if (common.json) {
        auto out = object_of(line, "PropertiesChanged");
        out["Changed"] = presented(changed);
        out["Invalidated"] = invalidated;
        return print_json_line(out);
    }
    for (const auto& [name, value] : changed.items())
        print_text(line, name, in_words(name, value));
    for (const auto& name : invalidated)
        print_text(line, name.get<std::string>(), "(changed)");
}

void print_event(const Common& common, const Line& line, const Signal& signal) {
    std::string detail;
    auto out = object_of(line, signal.member);
    if (signal.member == "JobRemoved") {
        detail = harmless(signal.arguments[2].get<std::string>());
        out["Result"] = signal.arguments[2];
    } else if (signal.member == "FileTransferred") {
        detail = signal.arguments[0].dump();
        out["Index"] = signal.arguments[0];
    } else if (signal.member == "FileRangesTransferred") {
        Json ranges{{"Ranges", signal.arguments[1]}};
        detail = fmt::format("{} {}", signal.arguments[0].dump(), in_words("Ranges", signal.arguments[1]));
        out["Index"] = signal.arguments[0];
        out.update(presented(ranges));
    }
    if (common.json) return print_json_line(out);
    print_text(line, signal.member, detail);
}

void print_signal(const Common& common, const Signal& signal) {
    auto line = line_of(signal);
    if (signal.member == "PropertiesChanged")
        print_changes(common, line, signal.arguments[1], signal.arguments[2]);
    else
        print_event(common, line, signal);
}

class Monitor {
public:
    Monitor(Bus& bus, const Common& common) : bus_(bus), common_(common), listener_(bus) {}

    Failure run() {
        auto heard = listener_.listen([this](const Signal& signal) { print_signal(common_, signal); },
                                      [this](bool present) { owner_changed(present); });
        if (!heard) return heard.error();
        subscribe();
        while (!failure_)
            if (auto woken = bus_.turn(nullptr, std::nullopt); !woken) return woken.error();
        return *failure_;
    }

private:
    void owner_changed(bool present) {
        print_signal(common_, {RootPath, present ? "DaemonCame" : "DaemonLeft", Json::array()});
        if (present) subscribe();
    }

    /// A daemon that does not run is asked when it comes.
    void subscribe() {
        auto asked = listener_.subscribe(Listener::Absent::Leave, [this](const Outcome<Done>& answer) {
            if (!answer && answer.error().code != Exit::Unreachable) failure_ = answer.error();
        });
        if (!asked) failure_ = asked.error();
    }

    Bus& bus_;
    const Common& common_;
    Listener listener_;
    std::optional<Failure> failure_;
};

} // namespace

Outcome<Exit> monitor(const Common& common) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    // The daemon asks nobody for a password in Subscribe, but knows who gave one.
    if (common.access.all_users)
        if (auto allowed = (*client)->jobs(); !allowed) return allowed.error();
    return Monitor{(*client)->bus(), common}.run();
}

} // namespace haulier::cli
