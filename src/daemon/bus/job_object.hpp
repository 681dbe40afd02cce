// SPDX-License-Identifier: LGPL-2.1-or-later
// org.haulier.Haulier1.Job: decodes, asks the manager, encodes.
#pragma once

#include "daemon/bus/codec.hpp"
#include "daemon/bus/compat.hpp"
#include "daemon/bus/context.hpp"
#include "job_adaptor.hpp"

#include <functional>
#include <string>
#include <vector>

namespace haulier::bus {

class JobObject final : public sdbus::AdaptorInterfaces<org::haulier::Haulier1::Job_adaptor> {
public:
    JobObject(sdbus::IConnection& connection, job::Id id, Context& context);
    ~JobObject();
    JobObject(const JobObject&) = delete;
    JobObject& operator=(const JobObject&) = delete;

    void emit_properties(const std::vector<std::string>& names);

private:
    void AddFile(sdbus::Result<uint32_t>&& result, std::string remote, std::string local) override;
    void AddFiles(sdbus::Result<uint32_t>&& result, std::vector<FileArgument> files) override;
    std::vector<ListedFile> ListFiles(const uint32_t& offset, const uint32_t& limit) override;
    void Suspend(sdbus::Result<>&& result) override;
    void Resume(sdbus::Result<>&& result) override;
    void Cancel(sdbus::Result<>&& result) override;
    void Complete(sdbus::Result<std::string, uint32_t, uint32_t>&& result) override;
    void SetNotifyObject(sdbus::Result<>&& result, sdbus::ObjectPath path) override;
    void SetNotifyService(sdbus::Result<>&& result, std::string name, sdbus::ObjectPath path) override;

    std::string Id() override;
    std::string Type() override;
    uint32_t Owner() override;
    std::string Key() override;
    std::string State() override;
    WaitTuple WaitReason() override;
    std::string DisplayName() override;
    void DisplayName(const std::string& value) override;
    std::string Description() override;
    void Description(const std::string& value) override;
    std::vector<std::string> NotifyFlags() override;
    void NotifyFlags(const std::vector<std::string>& value) override;
    NameAndPath NotifyObject() override;
    NameAndPath NotifyService() override;
    uint32_t MinimumNotificationInterval() override;
    void MinimumNotificationInterval(const uint32_t& value) override;
    uint64_t BytesTotal() override;
    uint64_t BytesTransferred() override;
    uint32_t FilesTotal() override;
    uint32_t FilesTransferred() override;
    uint64_t CreationTime() override;
    uint64_t ModificationTime() override;
    uint64_t TransferCompletionTime() override;
    ErrorTuple Error() override;
    uint32_t ErrorCount() override;
    uint32_t MinimumRetryDelay() override;
    void MinimumRetryDelay(const uint32_t& value) override;
    uint32_t NoProgressTimeout() override;
    void NoProgressTimeout(const uint32_t& value) override;

    [[nodiscard]] const daemon::Entry& entry() const;
    /// The answer of a getter.
    template <class Get>
    auto read(Get get);
    using Decide = std::function<Result<job::Decision>(const job::Job&, Now)>;
    void set(const Decide& decide);
    void add(sdbus::Result<uint32_t>&& result,
             const std::function<Result<std::vector<job::FileSpec>>()>& decode);

    job::Id id_;
    Context& context_;
};

} // namespace haulier::bus
