// SPDX-License-Identifier: LGPL-2.1-or-later
// Completes the generated proxies. Signals are received by BusListener, which listens to all jobs at once,
// and not by these.
#pragma once

#include "cli/bus_names.hpp"
#include "cli/compat.hpp"
#include "job_proxy.hpp"
#include "manager_proxy.hpp"

#include <map>
#include <string>

namespace haulier::cli {

class ManagerProxy final : public sdbus::ProxyInterfaces<org::haulier::Haulier1::Manager_proxy> {
public:
    explicit ManagerProxy(sdbus::IConnection& connection)
        : ProxyInterfaces(connection, compat::Destination{BusName}, compat::Path{RootPath}) {
        registerProxy();
    }
    ~ManagerProxy() { unregisterProxy(); }

private:
    void onJobAdded(const sdbus::ObjectPath&, const std::string&) override {}
    void onJobRemoved(const sdbus::ObjectPath&, const std::string&, const std::string&) override {}
    void onJobTransferred(const sdbus::ObjectPath&, const std::string&) override {}
    void onJobError(const sdbus::ObjectPath&, const std::string&) override {}
    void onJobAppeared(const sdbus::ObjectPath&, const std::string&,
                       const std::map<std::string, sdbus::Variant>&) override {}
    void onJobEnded(const sdbus::ObjectPath&, const std::string&, const std::string&,
                    const std::map<std::string, sdbus::Variant>&) override {}
    void onSignalsLost() override {}
};

class JobProxy final : public sdbus::ProxyInterfaces<org::haulier::Haulier1::Job_proxy> {
public:
    static constexpr const char* Interface = org::haulier::Haulier1::Job_proxy::INTERFACE_NAME;
    static constexpr const char* Properties = "org.freedesktop.DBus.Properties";
    JobProxy(sdbus::IConnection& connection, const std::string& id)
        : ProxyInterfaces(connection, compat::Destination{BusName}, compat::Path{path_of(id)}) {
        registerProxy();
    }
    ~JobProxy() { unregisterProxy(); }

    compat::Options all() {
        compat::Options values;
        getProxy()
            .callMethod("GetAll")
            .onInterface(Properties)
            .withArguments(std::string{Interface})
            .storeResultsTo(values);
        return values;
    }
    void set(const std::string& property, const sdbus::Variant& value) {
        getProxy()
            .callMethod("Set")
            .onInterface(Properties)
            .withArguments(std::string{Interface}, property, value);
    }

private:
    void onTransferred() override {}
    void onFailed() override {}
    void onFileTransferred(const uint32_t&) override {}
    void onFileRangesTransferred(const uint32_t&,
                                 const std::vector<sdbus::Struct<uint64_t, uint64_t>>&) override {}
};

} // namespace haulier::cli
