// SPDX-License-Identifier: LGPL-2.1-or-later
// org.haulier.Haulier1.Manager: decodes, asks the manager, encodes.
#pragma once

#include "daemon/bus/codec.hpp"
#include "daemon/bus/compat.hpp"
#include "daemon/bus/context.hpp"
#include "manager_adaptor.hpp"

#include <string>
#include <vector>

namespace haulier::bus {

class ManagerObject final : public sdbus::AdaptorInterfaces<org::haulier::Haulier1::Manager_adaptor> {
public:
    ManagerObject(sdbus::IConnection& connection, Context& context);
    ~ManagerObject();
    ManagerObject(const ManagerObject&) = delete;
    ManagerObject& operator=(const ManagerObject&) = delete;

    void emit_properties(const std::vector<std::string>& names);

private:
    void CreateJob(sdbus::Result<sdbus::ObjectPath, std::string, bool>&& result, std::string display_name,
                   std::string type, Options options) override;
    sdbus::ObjectPath GetJob(const std::string& id) override;
    std::vector<ListedJob> ListJobs(const Options& filter) override;
    std::string DescribeError(const std::string& name, const int32_t& code) override;
    void Subscribe() override;
    void Unsubscribe() override;
    std::string Version() override;
    std::vector<std::string> Features() override;
    uint32_t Jobs() override;
    std::string Network() override;
    std::string Metered() override;

    Context& context_;
};

} // namespace haulier::bus
