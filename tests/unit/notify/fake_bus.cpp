// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_bus.hpp"

#include "base/call_outcome.hpp"

#include <algorithm>
#include <utility>

namespace haulier::notify {

namespace {

const std::string Driver = "org.freedesktop.DBus";
const std::string Standard = "org.freedesktop.DBus.Error.";
constexpr Usec CallTimeout{25'000'000};

} // namespace

Usec FakeBus::moment() {
    return Usec{std::uniform_int_distribution<int64_t>{0, 3000}(random_)};
}

void FakeBus::later(Usec delay, std::function<void()> action) {
    events_.emplace(now + delay, std::move(action));
}

BootTime FakeBus::next_event() const {
    return events_.empty() ? Never : events_.begin()->first;
}

bool FakeBus::happen() {
    if (next_event() > now) return false;
    auto action = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    action();
    return true;
}

std::string FakeBus::connect(Manner manner) {
    auto name = ":1." + std::to_string(++last_program_);
    programs[name].manner = manner;
    return name;
}

std::string FakeBus::owner_of(const std::string& name) const {
    auto found = services.find(name);
    return found == services.end() ? std::string{} : found->second.owner;
}

bool FakeBus::is_called(const std::string& name) const {
    return std::any_of(calls_.begin(), calls_.end(),
                       [&](const auto& call) { return call.second.delivery.target.destination == name; });
}

void FakeBus::send(const Delivery& delivery, std::function<void(const DeliveryResult&)> done) {
    auto number = ++last_call_;
    calls_[number] = {delivery, std::move(done), {}, false};
    later(CallTimeout, [this, number] { reply(number, Standard + "NoReply", {}); });
    const auto& name = delivery.target.destination;
    if (name.front() == ':') return deliver(number, name);
    auto owner = owner_of(name);
    owner.empty() ? start(number, name) : deliver(number, owner);
}

void FakeBus::start(uint64_t number, const std::string& name) {
    auto& service = services[name];
    if (service.is_starting) {
        on_second_call(name);
        service.waiting.push_back(number);
        return;
    }
    auto after = Usec{100'000} + moment();
    switch (service.launch) {
    case Launch::Impossible:
        return later(moment(), [=, this] { reply(number, Standard + "ServiceUnknown", Driver); });
    case Launch::EndsAtOnce:
        calls_.at(number).was_started = true;
        return later(after, [=, this] { reply(number, Standard + "Spawn.ChildExited", Driver); });
    case Launch::Works: break;
    }
    calls_.at(number).was_started = true;
    service.is_starting = true;
    later(after, [=, this] {
        auto& started = services[name];
        started.is_starting = false;
        auto receiver = connect(started.manner);
        take_name(receiver, name);
        deliver(number, receiver);
        for (auto other : std::exchange(started.waiting, {}))
            deliver(other, receiver);
    });
}

void FakeBus::deliver(uint64_t number, const std::string& receiver) {
    auto program = programs.find(receiver);
    if (program == programs.end())
        return later(moment(), [=, this] { reply(number, Standard + "ServiceUnknown", Driver); });
    if (!program->second.open.empty()) on_second_call(receiver);
    program->second.open.insert(number);
    calls_.at(number).receiver = receiver;
    auto answer = [&](const std::string& error) {
        later(moment(), [=, this] { reply(number, error, receiver); });
    };
    switch (program->second.manner) {
    case Manner::Accepts: return answer({});
    case Manner::Refuses: return answer("org.example.NotNow");
    case Manner::PassesOnAnError: return answer(Standard + "ServiceUnknown");
    case Manner::LacksTheMethod: return answer(Standard + "UnknownMethod");
    case Manner::KeepsSilent: return;
    case Manner::Dies: return later(moment(), [=, this] { leave(receiver); });
    }
}

/// Of a program that has left meanwhile, the bus has already told.
void FakeBus::reply(uint64_t number, const std::string& error, const std::string& sender) {
    auto found = calls_.find(number);
    if (found == calls_.end()) return;
    if (sender.starts_with(":") && !programs.contains(sender)) return;
    auto call = std::move(found->second);
    calls_.erase(found);
    if (auto program = programs.find(call.receiver); program != programs.end()) {
        program->second.open.erase(number);
        if (sender.empty()) ++program->second.overdue;
    }
    auto outcome =
        error.empty() ? CallOutcome::Acknowledged : call_outcome_of(error, error_origin_of(sender, 1));
    on_end({number, call.delivery, call.receiver, call.was_started, outcome});
    call.done({outcome, sender.starts_with(":") ? sender : std::string{}});
}

/// The signal and the error come over different connections, in either order.
void FakeBus::leave(const std::string& unique_name) {
    auto program = programs.find(unique_name);
    if (program == programs.end()) return;
    auto open = program->second.open;
    programs.erase(program);
    for (auto& [name, service] : services)
        if (service.owner == unique_name) give_up_name(name);
    later(moment(), [=, this] { daemon.connection_lost(unique_name); });
    for (auto number : open)
        later(moment(), [=, this] { reply(number, Standard + "NoReply", Driver); });
}

void FakeBus::set_manner(const std::string& unique_name, Manner manner) {
    auto& program = programs.at(unique_name);
    program.manner = manner;
    if (manner == Manner::KeepsSilent || manner == Manner::Dies) return;
    if (std::exchange(program.overdue, 0) > 0)
        later(moment(), [=, this] {
            if (programs.contains(unique_name)) daemon.late_reply(unique_name);
        });
    for (auto number : program.open)
        later(moment(), [=, this] { reply(number, {}, unique_name); });
}

void FakeBus::take_name(const std::string& unique_name, const std::string& name) {
    services[name].owner = unique_name;
    if (owners_are_watched) daemon.owner_changed(name, unique_name);
}

void FakeBus::give_up_name(const std::string& name) {
    services[name].owner.clear();
    later(moment(), [=, this] { daemon.owner_changed(name, owner_of(name)); });
}

} // namespace haulier::notify
