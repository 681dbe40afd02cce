// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/call_outcome.hpp"

namespace haulier {

namespace {

constexpr std::string_view StandardPrefix = "org.freedesktop.DBus.Error.";
/// The bus passes on systemd's error if a service could not be started.
constexpr std::string_view SystemdPrefix = "org.freedesktop.systemd1.";

} // namespace

CallOutcome call_outcome_of(std::string_view name) {
    if (name.starts_with(SystemdPrefix)) return CallOutcome::Gone;
    if (!name.starts_with(StandardPrefix)) return CallOutcome::Refused;
    name.remove_prefix(StandardPrefix.size());
    if (name == "NoReply" || name == "Timeout" || name == "TimedOut") return CallOutcome::Unanswered;
    if (name == "ServiceUnknown" || name == "NameHasNoOwner" || name == "Disconnected" ||
        name.starts_with("Spawn."))
        return CallOutcome::Gone;
    if (name == "UnknownObject" || name == "UnknownMethod" || name == "UnknownInterface")
        return CallOutcome::NoSuchObject;
    return CallOutcome::Refused;
}

} // namespace haulier
