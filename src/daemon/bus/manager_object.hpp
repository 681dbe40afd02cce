// SPDX-License-Identifier: LGPL-2.1-or-later
// org.haulier.Haulier1.Manager: decodes, asks the manager, encodes.
#pragma once

#include "daemon/bus/codec.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "manager_adaptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::bus {

class ManagerObject final : public sdbus::AdaptorInterfaces<org::haulier::Haulier1::Manager_adaptor> {
public:
    ManagerObject(sdbus::IConnection& connection, Context& context);
    ~ManagerObject();
    ManagerObject(const ManagerObject&) = delete;
    ManagerObject& operator=(const ManagerObject&) = delete;

    /// For signals.
    sdbus::IObject& object() { return getObject(); }
    /// How many unfinished jobs a caller or listener sees.
    [[nodiscard]] uint32_t count_for(uint32_t uid, bool sees_all) const;
    [[nodiscard]] ActivityTuple activity_for(uint32_t uid) const;
    std::string Network() override;
    std::string Metered() override;

private:
    void CreateJob(sdbus::Result<sdbus::ObjectPath, std::string, bool>&& result, std::string display_name,
                   std::string type, Options options) override;
    sdbus::ObjectPath GetJob(const std::string& id) override;
    void ListJobs(sdbus::Result<std::vector<ListedJob>>&& result, Options filter) override;
    std::string DescribeError(const std::string& name, const int32_t& code) override;
    void Subscribe(sdbus::Result<>&& result) override;
    void Unsubscribe() override;
    std::string Version() override;
    std::vector<std::string> Features() override;
    uint32_t Jobs() override;
    ActivityTuple Activity() override;

    [[nodiscard]] std::vector<ListedJob> list(const Filter& filter, std::optional<uint32_t> owner) const;

    Context& context_;
};

} // namespace haulier::bus
