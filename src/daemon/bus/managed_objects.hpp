// SPDX-License-Identifier: LGPL-2.1-or-later
// org.freedesktop.DBus.ObjectManager on the root object: all jobs of the caller with all their properties.
// Answered by hand, because libsystemd would list the objects that are exported at the moment, of whichever
// user.
#pragma once

#include "daemon/bus/codec.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/job_properties.hpp"
#include "daemon/bus/sdbus/compat.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

struct sd_bus_slot;

namespace haulier::bus {

inline const std::string ObjectManagerInterface = "org.freedesktop.DBus.ObjectManager";
/// The properties of each interface of an object.
using InterfaceValues = std::map<std::string, Options>;

/// What the object of a job has of its own.
InterfaceValues interfaces_of(const JobView& view);

class ManagedObjects {
public:
    ManagedObjects(sd_bus* bus, Context& context);
    ~ManagedObjects();
    ManagedObjects(const ManagedObjects&) = delete;
    ManagedObjects& operator=(const ManagedObjects&) = delete;

private:
    int on_call(sd_bus_message* call);
    void answer(sd_bus_message* call);
    /// Nothing if they are too many for one message.
    [[nodiscard]] std::optional<std::vector<JobView>> jobs_of(const Caller& caller) const;

    Context& context_;
    sd_bus_slot* manager_ = nullptr;
    sd_bus_slot* calls_ = nullptr;
};

} // namespace haulier::bus
