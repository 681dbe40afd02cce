// SPDX-License-Identifier: LGPL-2.1-or-later
// org.haulier.Haulier1.Permit: one permit, for the connection that requested it.
#pragma once

#include "daemon/bus/codec.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "job/permit.hpp"
#include "permit_adaptor.hpp"

#include <functional>
#include <string>

namespace haulier::bus {

class PermitObject final : public sdbus::AdaptorInterfaces<org::haulier::Haulier1::Permit_adaptor> {
public:
    /// `release` is called when the holder has called Release.
    PermitObject(sdbus::IConnection& connection, Context& context, const job::Id& id, std::string holder,
                 std::function<void()> release);
    ~PermitObject();
    PermitObject(const PermitObject&) = delete;
    PermitObject& operator=(const PermitObject&) = delete;

    /// For signals.
    sdbus::IObject& object() { return getObject(); }
    /// The unique name of the connection that requested the permit.
    [[nodiscard]] const std::string& holder() const { return holder_; }

private:
    void Release() override;
    bool Granted() override;
    WaitTuple WaitReason() override;

    /// Throws an error unless the caller is the holder.
    const job::Permit& permit();

    Context& context_;
    job::Id id_;
    std::string holder_;
    std::function<void()> release_;
};

} // namespace haulier::bus
