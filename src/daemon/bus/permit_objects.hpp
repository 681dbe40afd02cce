// SPDX-License-Identifier: LGPL-2.1-or-later
// The permits on the bus, and who holds them.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/permit_object.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

struct sd_bus;
struct sd_bus_message;
struct sd_bus_slot;

namespace haulier::bus {

class PermitObjects {
public:
    PermitObjects(Loop& loop, sdbus::IConnection& connection, sd_bus* bus, Context& context);
    ~PermitObjects();
    PermitObjects(const PermitObjects&) = delete;
    PermitObjects& operator=(const PermitObjects&) = delete;

    /// Exports a permit for the caller of the call that is being dispatched.
    Result<sdbus::ObjectPath> request(const std::string& name, const Options& options);
    /// Informs the holder, unless the object has not been exported yet.
    void changed(const job::Permit& permit);
    /// Reports that a connection has left the bus.
    void left(const std::string& name);
    /// Reports that signals to this connection were dropped.
    void tell_again(const std::string& name);

private:
    void release(const job::Id& id);
    void tell(PermitObject& object, const job::Permit& permit);
    int introspect(sd_bus_message* call);

    Loop& loop_;
    sdbus::IConnection& connection_;
    Context& context_;
    std::map<job::Id, std::unique_ptr<PermitObject>> objects_;
    std::vector<std::unique_ptr<PermitObject>> released_; ///< one of them may be carrying out a call
    Source drop_;
    sd_bus_slot* parent_ = nullptr; ///< the object above all permits
};

} // namespace haulier::bus
