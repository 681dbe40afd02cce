// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/call_outcome.hpp"

namespace haulier {

namespace {

constexpr std::string_view Standard = "org.freedesktop.DBus.Error.";
constexpr uint64_t SerialOfLocalErrors = UINT32_MAX;
/// The bus passes on systemd's error if a service could not be started.
constexpr std::string_view Systemd = "org.freedesktop.systemd1.";

/// The name of a standard error without its prefix; empty for all others.
std::string_view standard_name(std::string_view name) {
    return name.starts_with(Standard) ? name.substr(Standard.size()) : std::string_view{};
}

CallOutcome said_by_client(std::string_view name) {
    auto error = standard_name(name);
    if (error == "UnknownMethod") return CallOutcome::NoSuchMethod;
    if (error == "UnknownObject" || error == "UnknownInterface") return CallOutcome::NoSuchObject;
    return CallOutcome::Refused;
}

/// A program that ended before it took the call was started nevertheless; one that cannot be found was not.
CallOutcome said_by_bus(std::string_view name) {
    auto error = standard_name(name);
    if (name.starts_with(Systemd) || error == "ServiceUnknown" || error == "NameHasNoOwner")
        return CallOutcome::NotStarted;
    if (error == "NoReply" || error == "Disconnected" || error == "TimedOut" || error == "Timeout" ||
        error == "Spawn.ChildExited" || error == "Spawn.ChildSignaled")
        return CallOutcome::Gone;
    if (error.starts_with("Spawn.")) return CallOutcome::NotStarted;
    if (error == "LimitsExceeded") return CallOutcome::Unanswered;
    return CallOutcome::Refused;
}

CallOutcome said_here(std::string_view name) {
    auto error = standard_name(name);
    bool silent = error == "NoReply" || error == "Timeout" || error == "TimedOut";
    return silent ? CallOutcome::Unanswered : CallOutcome::Refused;
}

} // namespace

ErrorOrigin error_origin_of(std::string_view sender, uint64_t serial) {
    if (sender.empty() || serial == SerialOfLocalErrors) return ErrorOrigin::Local;
    return sender == "org.freedesktop.DBus" ? ErrorOrigin::Bus : ErrorOrigin::Client;
}

CallOutcome call_outcome_of(std::string_view name, ErrorOrigin origin) {
    switch (origin) {
    case ErrorOrigin::Client: return said_by_client(name);
    case ErrorOrigin::Bus: return said_by_bus(name);
    case ErrorOrigin::Local: return said_here(name);
    }
    return CallOutcome::Refused;
}

} // namespace haulier
