// SPDX-License-Identifier: LGPL-2.1-or-later
// The job objects on the bus. An exported object costs some 16 KiB in sdbus-c++ and libsystemd, so only those
// that are being talked to are exported: the filter tells of every call before it is dispatched, which is
// just in time, and the ones not used for longest are dropped again.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/job_object.hpp"

#include <functional>
#include <list>
#include <map>
#include <memory>

struct sd_bus;
struct sd_bus_message;
struct sd_bus_slot;

namespace haulier::bus {

class JobObjects {
public:
    JobObjects(Loop& loop, sdbus::IConnection& connection, sd_bus* bus, Context& context);
    ~JobObjects();
    JobObjects(const JobObjects&) = delete;
    JobObjects& operator=(const JobObjects&) = delete;

    /// A call for this job, if there is one, is about to be dispatched.
    void called(const job::Id& id);
    /// The object of a job that exists; good until the end of this turn.
    JobObject& of(const job::Id& id);
    void drop(const job::Id& id);

private:
    int introspect(sd_bus_message* call);
    void drop_surplus();

    Loop& loop_;
    sdbus::IConnection& connection_;
    Context& context_;
    struct Exported {
        std::unique_ptr<JobObject> object;
        std::list<job::Id>::iterator use;
    };
    std::map<job::Id, Exported> objects_;
    std::list<job::Id> uses_; ///< latest first
    Source surplus_;
    sd_bus_slot* folder_ = nullptr;
};

} // namespace haulier::bus
