// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/permit_objects.hpp"

#include "base/log.hpp"
#include "base/must.hpp"
#include "daemon/bus/job_properties.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/bus/node_list.hpp"
#include "daemon/bus/option_table.hpp"

#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::bus {

namespace {

const Takers<job::PermitRequest>& permit_takers() {
    static const Takers<job::PermitRequest> all = [] {
        Takers<job::PermitRequest> takers{{"Slot", keeping<bool>(&job::PermitRequest::takes_slot)}};
        for (const auto* name : {"Priority", "NetworkCost", "PowerPolicy", "NotBefore"})
            takers[name] = [taker = setting_takers().at(name)](job::PermitRequest& request,
                                                               const auto& option, const auto& value) {
                return taker(request.settings, option, value);
            };
        return takers;
    }();
    return all;
}

} // namespace

PermitObjects::PermitObjects(Loop& loop, sdbus::IConnection& connection, sd_bus* bus, Context& context)
    : loop_(loop), connection_(connection), context_(context) {
    auto on_call = [](sd_bus_message* call, void* self, sd_bus_error*) noexcept {
        return static_cast<PermitObjects*>(self)->introspect(call);
    };
    must(sd_bus_add_object(bus, &parent_, PermitsPath.c_str(), on_call, this), "sd_bus_add_object");
}

PermitObjects::~PermitObjects() {
    sd_bus_slot_unref(parent_);
}

/// The caller may have left the bus before we have read the call.
Result<sdbus::ObjectPath> PermitObjects::request(const std::string& name, const Options& options) {
    job::PermitRequest request;
    request.settings.set<&job::Settings::display_name>(name);
    if (auto ok = take_all(request, options, permit_takers(), "option"); !ok) return ok.error();
    auto caller = context_.filter.caller();
    auto id = context_.manager.request_permit(caller.uid, request);
    if (!id) return id.error();
    objects_[*id] = std::make_unique<PermitObject>(connection_, context_, *id, caller.name,
                                                   [this, id = *id] { release(id); });
    context_.signals.add(Listener{.name = caller.name, .uid = caller.uid});
    context_.peers.check_connection(caller.name);
    return sdbus::ObjectPath{permit_path_of(*id)};
}

void PermitObjects::tell(PermitObject& object, const job::Permit& permit) {
    context_.signals.emit_values(object.object(), PermitObject::INTERFACE_NAME,
                                 {Listener{.name = object.holder(), .uid = permit.like.owner}},
                                 {{"Granted", sdbus::Variant{permit.is_granted()}},
                                  {"WaitReason", sdbus::Variant{encode(permit.why)}}});
}

void PermitObjects::changed(const job::Permit& permit) {
    if (auto found = objects_.find(permit.like.id); found != objects_.end()) tell(*found->second, permit);
}

void PermitObjects::tell_again(const std::string& name) {
    for (const auto& [id, object] : objects_)
        if (object->holder() == name) tell(*object, *context_.manager.find_permit(id));
}

void PermitObjects::release(const job::Id& id) {
    auto released = objects_.extract(id);
    if (released.empty()) return;
    released_.push_back(std::move(released.mapped()));
    drop_ = loop_.defer([this] { released_.clear(); });
    context_.manager.release_permit(id);
}

void PermitObjects::left(const std::string& name) {
    std::vector<job::Id> theirs;
    for (const auto& [id, object] : objects_)
        if (object->holder() == name) theirs.push_back(id);
    for (const auto& id : theirs)
        release(id);
}

/// For `busctl tree`: lists the permits of the caller. libsystemd would list all.
int PermitObjects::introspect(sd_bus_message* call) {
    return reply_with_nodes(call, [this] {
        auto caller = context_.filter.caller().name;
        std::vector<std::string> names;
        for (const auto& [id, object] : objects_)
            if (object->holder() == caller) names.push_back(id.hex);
        return names;
    });
}

} // namespace haulier::bus
