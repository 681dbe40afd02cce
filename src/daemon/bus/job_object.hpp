// SPDX-License-Identifier: LGPL-2.1-or-later
// org.haulier.Haulier1.Job: decodes, asks the manager, encodes.
#pragma once

#include "daemon/bus/codec.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/signals.hpp"
#include "job_adaptor.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace haulier::bus {

class JobObject final : public sdbus::AdaptorInterfaces<org::haulier::Haulier1::Job_adaptor> {
public:
    JobObject(sdbus::IConnection& connection, job::Id id, Context& context);
    ~JobObject();
    JobObject(const JobObject&) = delete;
    JobObject& operator=(const JobObject&) = delete;

    /// For signals.
    sdbus::IObject& object() { return getObject(); }
    /// Of properties that can change (job_values.cpp).
    Values values_of(const std::vector<std::string>& names);

private:
    // job_object.cpp: verbs, and whom to tell
    void Suspend(sdbus::Result<>&& result) override;
    void Resume(sdbus::Result<>&& result) override;
    void Cancel(sdbus::Result<>&& result) override;
    void Complete(sdbus::Result<std::string, uint32_t, uint32_t>&& result) override;
    void TakeOwnership(sdbus::Result<>&& result) override;
    void SetNotifyObject(sdbus::Result<>&& result, sdbus::ObjectPath path) override;
    void SetNotifyService(sdbus::Result<>&& result, std::string name, sdbus::ObjectPath path) override;
    void SetCredentials(sdbus::Result<>&& result, std::string target, std::string scheme, std::string user,
                        std::string password) override;
    void RemoveCredentials(sdbus::Result<bool>&& result, std::string target, std::string scheme) override;
    void SetCustomHeaders(sdbus::Result<>&& result, std::vector<std::string> lines, bool write_only) override;

    // job_files.cpp
    void AddFile(sdbus::Result<uint32_t>&& result, std::string remote, std::string local) override;
    void AddFiles(sdbus::Result<uint32_t>&& result, std::vector<FileArgument> files) override;
    std::vector<ListedFile> ListFiles(const uint32_t& offset, const uint32_t& limit) override;
    void SetRemoteName(sdbus::Result<>&& result, uint32_t index, std::string remote) override;
    void ReplaceRemotePrefix(sdbus::Result<uint32_t>&& result, std::string from, std::string to) override;
    void SetValidationState(sdbus::Result<>&& result, uint32_t index, bool valid) override;
    void RequestFileRanges(sdbus::Result<>&& result, uint32_t index, std::vector<RangeTuple> ranges) override;
    std::vector<RangeTuple> GetFilledFileRanges(const uint32_t& index) override;
    void UpdateDownloadPosition(sdbus::Result<>&& result, uint32_t index, uint64_t offset) override;
    void GetReplyData(sdbus::Result<std::vector<uint8_t>>&& result) override;

    // job_facts.cpp: what can only be read
    std::string Id() override;
    std::string Type() override;
    uint32_t Owner() override;
    std::string Key() override;
    std::string State() override;
    WaitTuple WaitReason() override;
    NameAndPath NotifyObject() override;
    NameAndPath NotifyService() override;
    uint64_t BytesTotal() override;
    uint64_t BytesTransferred() override;
    uint32_t FilesTotal() override;
    uint32_t FilesTransferred() override;
    uint64_t CreationTime() override;
    uint64_t ModificationTime() override;
    uint64_t TransferCompletionTime() override;
    ErrorTuple Error() override;
    uint32_t ErrorCount() override;
    RangeTuple ReplyProgress() override;
    std::vector<std::string> CustomHeaders() override;

    // job_properties.cpp: what can be set, too
    std::string DisplayName() override;
    void DisplayName(const std::string& value) override;
    std::string Description() override;
    void Description(const std::string& value) override;
    std::vector<std::string> NotifyFlags() override;
    void NotifyFlags(const std::vector<std::string>& value) override;
    uint32_t MinimumNotificationInterval() override;
    void MinimumNotificationInterval(const uint32_t& value) override;
    uint32_t MinimumRetryDelay() override;
    void MinimumRetryDelay(const uint32_t& value) override;
    uint32_t NoProgressTimeout() override;
    void NoProgressTimeout(const uint32_t& value) override;
    std::string Priority() override;
    void Priority(const std::string& value) override;
    uint32_t MaximumDownloadTime() override;
    void MaximumDownloadTime(const uint32_t& value) override;
    uint64_t MaximumDownloadSize() override;
    void MaximumDownloadSize(const uint64_t& value) override;
    bool AutoComplete() override;
    void AutoComplete(const bool& value) override;
    bool DynamicContent() override;
    void DynamicContent(const bool& value) override;
    bool HighPerformance() override;
    void HighPerformance(const bool& value) override;
    bool OnDemand() override;
    void OnDemand(const bool& value) override;
    std::string NetworkCost() override;
    void NetworkCost(const std::string& value) override;
    std::string PowerPolicy() override;
    void PowerPolicy(const std::string& value) override;
    uint64_t BandwidthLimit() override;
    void BandwidthLimit(const uint64_t& value) override;
    uint64_t NotBefore() override;
    void NotBefore(const uint64_t& value) override;
    std::string ProxyMode() override;
    void ProxyMode(const std::string& value) override;
    std::string ProxyList() override;
    void ProxyList(const std::string& value) override;
    std::string ProxyBypass() override;
    void ProxyBypass(const std::string& value) override;
    std::string HttpMethod() override;
    void HttpMethod(const std::string& value) override;
    std::vector<std::string> SecurityFlags() override;
    void SecurityFlags(const std::vector<std::string>& value) override;
    std::string RedirectPolicy() override;
    void RedirectPolicy(const std::string& value) override;
    std::string ClientCertificate() override;
    void ClientCertificate(const std::string& value) override;
    std::string ReplyFileName() override;
    void ReplyFileName(const std::string& value) override;

    [[nodiscard]] const daemon::JobRecord& entry() const;
    template <class T>
    void set(const std::string& property, const T& value) {
        take(property, sdbus::Variant{value});
    }
    void take(const std::string& property, const sdbus::Variant& value);
    void add(sdbus::Result<uint32_t>&& result,
             const std::function<Result<std::vector<job::FileSpec>>()>& decode);

    /// The answer of a getter.
    template <class Get>
    auto read(Get get) {
        context_.asked();
        return guarded([&] { return get(entry()); });
    }
    /// A call that the manager answers later; `body` gets what is owed.
    template <class... Ts, class Body>
    void later(sdbus::Result<Ts...>&& result, Body&& body) {
        guarded_async(std::move(result), context_, body);
    }

    job::Id id_;
    Context& context_;
};

} // namespace haulier::bus
