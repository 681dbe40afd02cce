// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/notify_service.hpp"

#include <utility>

namespace haulier::job {

namespace {

constexpr std::string_view SessionPrefix = "session:";

} // namespace

NotifyService notify_service_of(std::string_view name, std::string path) {
    auto bus = ServiceBus::Own;
    if (name.starts_with(SessionPrefix)) {
        name.remove_prefix(SessionPrefix.size());
        bus = ServiceBus::Session;
    }
    return {std::string{name}, std::move(path), bus};
}

std::string to_string(const NotifyService& service) {
    switch (service.bus) {
    case ServiceBus::Own: return service.name;
    case ServiceBus::Session: return std::string{SessionPrefix} + service.name;
    }
    return {};
}

} // namespace haulier::job
