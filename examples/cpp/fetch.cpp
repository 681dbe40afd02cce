// SPDX-License-Identifier: LGPL-2.1-or-later
// Downloads a file with Haulier and waits for it, using proxies that sdbus-c++-xml2cpp generates from the
// interfaces.
//
// fetch [--system] URL FILE
#include <sdbus-c++/sdbus-c++.h>

#include "job_proxy.hpp"
#include "manager_proxy.hpp"

#include <filesystem>
#include <iostream>
#include <map>
#include <string>

namespace {

namespace haulier = org::haulier::Haulier1;

/// The name of the service, in the type that this version of sdbus-c++ uses for names.
struct ServiceName {
    template <class T>
    operator T() const {
        return T{"org.haulier.Haulier1"};
    }
};

class Manager : public sdbus::ProxyInterfaces<haulier::Manager_proxy> {
public:
    explicit Manager(sdbus::IConnection& bus)
        : ProxyInterfaces(bus, ServiceName{}, sdbus::ObjectPath{"/org/haulier/Haulier1"}) {
        registerProxy();
    }
    ~Manager() { unregisterProxy(); }

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

/// Leaves the event loop of its connection when the job is transferred or has failed.
class Job : public sdbus::ProxyInterfaces<haulier::Job_proxy> {
public:
    Job(sdbus::IConnection& bus, const sdbus::ObjectPath& path)
        : ProxyInterfaces(bus, ServiceName{}, path), bus_{bus} {
        registerProxy();
    }
    ~Job() { unregisterProxy(); }

private:
    void onTransferred() override { bus_.leaveEventLoop(); }
    void onFailed() override { bus_.leaveEventLoop(); }
    void onFileTransferred(const uint32_t&) override {}
    void onFileRangesTransferred(const uint32_t&,
                                 const std::vector<sdbus::Struct<uint64_t, uint64_t>>&) override {}

    sdbus::IConnection& bus_;
};

int fetch(sdbus::IConnection& bus, const std::string& url, const std::filesystem::path& file) {
    Manager manager{bus};
    manager.Subscribe(); // without this, no signals arrive on the system bus
    const auto path = std::get<0>(manager.CreateJob(file.filename(), "download", {}));
    Job job{bus, path};
    try {
        job.AddFile(url, std::filesystem::absolute(file));
        job.Resume(); // the proxy is listening to its signals now
    } catch (const sdbus::Error&) {
        job.Cancel();
        throw;
    }
    bus.enterEventLoop();
    if (job.State() != "transferred") {
        std::cerr << std::get<3>(job.Error()) << '\n';
        job.Cancel();
        return 1;
    }
    job.Complete();
    std::cout << file.string() << '\n';
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const bool system = argc > 1 && std::string{argv[1]} == "--system";
    if (argc != (system ? 4 : 3)) {
        std::cerr << "Usage: fetch [--system] URL FILE\n";
        return 2;
    }
    try {
        auto bus = system ? sdbus::createSystemBusConnection() : sdbus::createSessionBusConnection();
        return fetch(*bus, argv[argc - 2], argv[argc - 1]);
    } catch (const sdbus::Error& error) {
        std::cerr << error.getMessage() << '\n';
        return 1;
    }
}
