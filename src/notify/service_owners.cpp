// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/service_owners.hpp"

namespace haulier::notify {

bool ServiceOwners::is_asked(const std::string& name) const {
    auto found = answers_.find(name);
    return found != answers_.end() && !found->second;
}

const ServiceOwners::Answer* ServiceOwners::find(const std::string& name) const {
    auto found = answers_.find(name);
    return found == answers_.end() || !found->second ? nullptr : &*found->second;
}

void ServiceOwners::answered(const std::string& name, const std::string& unique_name, BootTime now) {
    answers_[name] = Answer{unique_name, now};
}

/// If the bus is being asked, its answer will be newer.
void ServiceOwners::changed(const std::string& name, const std::string& unique_name, BootTime now) {
    if (find(name)) answered(name, unique_name, now);
}

void ServiceOwners::clear() {
    std::erase_if(answers_, [](const auto& entry) { return entry.second.has_value(); });
}

void ServiceOwners::connection_lost(const std::string& unique_name) {
    std::erase_if(answers_, [&](const auto& entry) {
        return entry.second && entry.second->unique_name == unique_name && !unique_name.empty();
    });
}

} // namespace haulier::notify
