// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/refusals.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <initializer_list>
#include <string_view>

namespace haulier::cli {

namespace {

constexpr std::string_view OurErrors = "org.haulier.Haulier1.Error.";
constexpr std::string_view BusErrors = "org.freedesktop.DBus.Error.";
constexpr const char* Action = "org.haulier.manage-all-jobs";

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The end of `name` after `family`; empty when it is of another.
std::string_view member_of(std::string_view name, std::string_view family) {
    return name.starts_with(family) ? name.substr(family.size()) : std::string_view{};
}

/// Whoever did not say --all-users has mistyped something, or the job has ended: on the system bus nobody
/// learns which of others' jobs exist.
Failure not_yours() {
    return {Exit::NoSuchJob,
            "there is no such job of yours (an administrator reaches others' with --all-users)"};
}

Failure denied() {
    return {Exit::Failed,
            fmt::format("the jobs of other users are for administrators: root, or whom polkit lets do {}",
                        Action)};
}

Failure unasked(const Access& access) {
    if (!access.all_users) return not_yours();
    return {
        Exit::Failed,
        fmt::format("an administrator's password is needed ({}), and nobody could be asked for it: try on a "
                    "terminal{}, or as root",
                    Action, access.ask_password ? "" : " and without --no-ask-password")};
}

Failure not_installed(Scope scope) {
    if (scope == Scope::System)
        return {Exit::Unreachable, "the system service is not installed: is the package haulier there?"};
    return {Exit::Unreachable, "haulierd does not run, and the session bus does not know how to start it: is "
                               "the package haulier there?"};
}

Failure not_started(Scope scope, const std::string& message) {
    return {Exit::Unreachable, fmt::format("haulierd cannot be started ({}); see systemctl {}status haulier",
                                           message, scope == Scope::User ? "--user " : "")};
}

/// The bus could not start the daemon.
bool cannot_start(std::string_view name) {
    auto error = member_of(name, BusErrors);
    return error.starts_with("Spawn.") || name.starts_with("org.freedesktop.systemd1.") ||
           is_any(error, {"NameHasNoOwner", "TimedOut"});
}

/// It was there and went away before it answered, or is stuck.
bool no_answer(std::string_view name) {
    return is_any(member_of(name, BusErrors), {"NoReply", "Timeout"}) || name == "System.Error.ETIMEDOUT";
}

bool connection_broke(std::string_view name) {
    return is_any(name, {"org.freedesktop.DBus.Error.Disconnected", "System.Error.ECONNRESET",
                         "System.Error.ENOTCONN", "System.Error.EPIPE", "System.Error.ESTALE"});
}

} // namespace

Failure lost() {
    return {Exit::Unreachable, "the connection to the bus is lost"};
}

Failure no_bus(Scope scope, const std::string& name, const std::string& message) {
    if (scope == Scope::System)
        return {Exit::Unreachable, fmt::format("the system bus cannot be reached: {}", message)};
    auto why = name == "System.Error.ENOMEDIUM" ? "DBUS_SESSION_BUS_ADDRESS is not set" : message;
    return {Exit::Unreachable,
            fmt::format(
                "the session bus cannot be reached: {} (the daemon of the machine is reached with --system)",
                why)};
}

Failure refusal(const std::string& name, const std::string& message, const Access& access) {
    auto ours = member_of(name, OurErrors);
    auto of_bus = member_of(name, BusErrors);
    if (ours == "NotFound" || of_bus == "UnknownObject") return {Exit::NoSuchJob, message};
    if (ours == "AccessDenied") return access.all_users ? denied() : not_yours();
    if (!ours.empty()) return {Exit::Failed, message};
    if (of_bus == "InteractiveAuthorizationRequired") return unasked(access);
    if (of_bus == "ServiceUnknown") return not_installed(access.scope);
    if (of_bus == "AccessDenied")
        return {Exit::Unreachable, fmt::format("the bus keeps us from haulierd: {}", message)};
    if (cannot_start(name)) return not_started(access.scope, message);
    if (no_answer(name)) return {Exit::Unreachable, "haulierd went away, or is stuck, before it answered"};
    if (connection_broke(name)) return lost();
    return {Exit::Failed, message};
}

} // namespace haulier::cli
