// SPDX-License-Identifier: LGPL-2.1-or-later
// The job objects on the bus. An exported object costs about 16 KiB in sdbus-c++ and libsystemd, so only
// recently used ones are exported: the access filter announces every call before it is dispatched, and the
// least recently used objects are dropped.
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

    /// A call of this job's object is about to be dispatched. Exports the object if the job exists.
    void before_dispatch(const job::Id& id);
    /// The object of a job that exists; valid until the end of this turn of the loop.
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
        std::list<job::Id>::iterator position; ///< in `recent_`
    };
    std::map<job::Id, Exported> objects_;
    std::list<job::Id> recent_; ///< most recently used first
    Source surplus_;
    sd_bus_slot* parent_ = nullptr; ///< the object above all job objects
};

} // namespace haulier::bus
