// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/call_outcome.hpp"

namespace haulier {

namespace {

constexpr std::string_view Standard = "org.freedesktop.DBus.Error.";
/// The bus hands on what systemd said when it could not start a service.
constexpr std::string_view Starter = "org.freedesktop.systemd1.";

} // namespace

CallOutcome call_outcome_of(std::string_view name) {
    if (name.starts_with(Starter)) return CallOutcome::Gone;
    if (!name.starts_with(Standard)) return CallOutcome::Refused;
    name.remove_prefix(Standard.size());
    if (name == "NoReply" || name == "Timeout" || name == "TimedOut") return CallOutcome::Unanswered;
    if (name == "ServiceUnknown" || name == "NameHasNoOwner" || name == "Disconnected" ||
        name.starts_with("Spawn."))
        return CallOutcome::Gone;
    if (name == "UnknownObject" || name == "UnknownMethod" || name == "UnknownInterface")
        return CallOutcome::NoSuchObject;
    return CallOutcome::Refused;
}

} // namespace haulier
