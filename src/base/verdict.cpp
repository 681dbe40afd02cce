// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/verdict.hpp"

namespace haulier {

namespace {

constexpr std::string_view Standard = "org.freedesktop.DBus.Error.";
/// The bus hands on what systemd said when it could not start a service.
constexpr std::string_view Starter = "org.freedesktop.systemd1.";

} // namespace

CallVerdict verdict_of(std::string_view name) {
    if (name.starts_with(Starter)) return CallVerdict::Gone;
    if (!name.starts_with(Standard)) return CallVerdict::Refused;
    name.remove_prefix(Standard.size());
    if (name == "NoReply" || name == "Timeout" || name == "TimedOut") return CallVerdict::Unanswered;
    if (name == "ServiceUnknown" || name == "NameHasNoOwner" || name == "Disconnected" ||
        name.starts_with("Spawn."))
        return CallVerdict::Gone;
    if (name == "UnknownObject" || name == "UnknownMethod" || name == "UnknownInterface")
        return CallVerdict::NoSuchObject;
    return CallVerdict::Refused;
}

} // namespace haulier
