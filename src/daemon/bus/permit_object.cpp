// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/permit_object.hpp"

#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/names/names.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::bus {

PermitObject::PermitObject(sdbus::IConnection& connection, Context& context, const job::Id& id,
                           std::string holder, std::function<void()> release)
    : AdaptorInterfaces(connection, sdbus::ObjectPath{permit_path_of(id)}), context_(context), id_(id),
      holder_(std::move(holder)), release_(std::move(release)) {
    registerAdaptor();
}

PermitObject::~PermitObject() {
    unregisterAdaptor();
}

const job::Permit& PermitObject::permit() {
    const auto* permit = context_.manager.find_permit(id_);
    if (!permit || context_.filter.caller().name != holder_)
        throw to_bus({Errc::AccessDenied, "this permit belongs to another connection, or has ended"});
    return *permit;
}

void PermitObject::Release() {
    context_.asked();
    guarded([&] {
        permit();
        release_();
    });
}

bool PermitObject::Granted() {
    return guarded([&] { return permit().is_granted(); });
}

WaitTuple PermitObject::WaitReason() {
    return guarded([&] { return encode(permit().why); });
}

} // namespace haulier::bus
