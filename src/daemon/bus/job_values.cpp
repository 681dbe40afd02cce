// SPDX-License-Identifier: LGPL-2.1-or-later
// What PropertiesChanged may tell of a job: every property that the contract does not call constant or
// silent.
#include "daemon/bus/job_object.hpp"

#include <map>

namespace haulier::bus {

namespace {

using Reader = std::function<sdbus::Variant(JobObject&)>;

template <class T>
Reader reading(T (JobObject::*get)()) {
    return [get](JobObject& object) { return sdbus::Variant{(object.*get)()}; };
}

} // namespace

Values JobObject::values_of(const std::vector<std::string>& names) {
    static const std::map<std::string, Reader> readers{
        {"Owner", reading(&JobObject::Owner)},
        {"Key", reading(&JobObject::Key)},
        {"State", reading(&JobObject::State)},
        {"WaitReason", reading(&JobObject::WaitReason)},
        {"DisplayName", reading(&JobObject::DisplayName)},
        {"Description", reading(&JobObject::Description)},
        {"NotifyFlags", reading(&JobObject::NotifyFlags)},
        {"NotifyObject", reading(&JobObject::NotifyObject)},
        {"NotifyService", reading(&JobObject::NotifyService)},
        {"MinimumNotificationInterval", reading(&JobObject::MinimumNotificationInterval)},
        {"BytesTotal", reading(&JobObject::BytesTotal)},
        {"BytesTransferred", reading(&JobObject::BytesTransferred)},
        {"FilesTotal", reading(&JobObject::FilesTotal)},
        {"FilesTransferred", reading(&JobObject::FilesTransferred)},
        {"TransferCompletionTime", reading(&JobObject::TransferCompletionTime)},
        {"Error", reading(&JobObject::Error)},
        {"ErrorCount", reading(&JobObject::ErrorCount)},
        {"MinimumRetryDelay", reading(&JobObject::MinimumRetryDelay)},
        {"NoProgressTimeout", reading(&JobObject::NoProgressTimeout)},
        {"Priority", reading(&JobObject::Priority)},
        {"ReplyProgress", reading(&JobObject::ReplyProgress)},
        {"MaximumDownloadTime", reading(&JobObject::MaximumDownloadTime)},
        {"MaximumDownloadSize", reading(&JobObject::MaximumDownloadSize)},
        {"AutoComplete", reading(&JobObject::AutoComplete)},
        {"DynamicContent", reading(&JobObject::DynamicContent)},
        {"HighPerformance", reading(&JobObject::HighPerformance)},
        {"OnDemand", reading(&JobObject::OnDemand)},
        {"NetworkCost", reading(&JobObject::NetworkCost)},
        {"PowerPolicy", reading(&JobObject::PowerPolicy)},
        {"BandwidthLimit", reading(&JobObject::BandwidthLimit)},
        {"NotBefore", reading(&JobObject::NotBefore)},
        {"ProxyMode", reading(&JobObject::ProxyMode)},
        {"ProxyList", reading(&JobObject::ProxyList)},
        {"ProxyBypass", reading(&JobObject::ProxyBypass)},
        {"HttpMethod", reading(&JobObject::HttpMethod)},
        {"SecurityFlags", reading(&JobObject::SecurityFlags)},
        {"RedirectPolicy", reading(&JobObject::RedirectPolicy)},
        {"ClientCertificate", reading(&JobObject::ClientCertificate)},
        {"CustomHeaders", reading(&JobObject::CustomHeaders)},
        {"ReplyFileName", reading(&JobObject::ReplyFileName)},
    };
    Values values;
    for (const auto& name : names)
        values.emplace(name, readers.at(name)(*this));
    return values;
}

} // namespace haulier::bus
