// SPDX-License-Identifier: LGPL-2.1-or-later
// org.haulier.Haulier1.Job: decodes, asks the manager, encodes.
#pragma once

#include "daemon/bus/codec.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/job_properties.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/signals.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace haulier::bus {

class JobObject {
public:
    JobObject(sdbus::IConnection& connection, job::Id id, Context& context);
    JobObject(const JobObject&) = delete;
    JobObject& operator=(const JobObject&) = delete;

    /// For signals.
    sdbus::IObject& object() { return *object_; }

private:
    void export_verbs(Interface& job);
    void export_files(Interface& job);
    void export_properties(Interface& job);

    // job_object.cpp: the job and its callbacks
    void suspend(sdbus::Result<>&& result);
    void resume(sdbus::Result<>&& result);
    void cancel(sdbus::Result<>&& result);
    void complete(sdbus::Result<std::string, uint32_t, uint32_t>&& result);
    void take_ownership(sdbus::Result<>&& result);
    void set_notify_object(sdbus::Result<>&& result, sdbus::ObjectPath path);
    void set_notify_service(sdbus::Result<>&& result, std::string name, sdbus::ObjectPath path);
    void set_credentials(sdbus::Result<>&& result, std::string target, std::string scheme, std::string user,
                         std::string password);
    void remove_credentials(sdbus::Result<bool>&& result, std::string target, std::string scheme);
    void set_custom_headers(sdbus::Result<>&& result, std::vector<std::string> lines, bool write_only);

    // job_files.cpp
    void add_file(sdbus::Result<uint32_t>&& result, std::string remote, std::string local);
    void add_files(sdbus::Result<uint32_t>&& result, std::vector<FileArgument> files);
    std::vector<ListedFile> list_files(const uint32_t& offset, const uint32_t& limit);
    std::vector<ListedFile> list_active_files();
    void set_remote_name(sdbus::Result<>&& result, uint32_t index, std::string remote);
    void replace_remote_prefix(sdbus::Result<uint32_t>&& result, std::string from, std::string to);
    void complete_files(sdbus::Result<uint32_t>&& result, std::vector<uint32_t> indexes);
    void remove_files(sdbus::Result<>&& result, std::vector<uint32_t> indexes);
    void open_file(sdbus::Result<sdbus::UnixFd>&& result, uint32_t index);
    void set_validation_state(sdbus::Result<>&& result, uint32_t index, bool valid);
    void request_file_ranges(sdbus::Result<>&& result, uint32_t index, std::vector<RangeTuple> ranges);
    std::vector<RangeTuple> get_filled_file_ranges(const uint32_t& index);
    void update_download_position(sdbus::Result<>&& result, uint32_t index, uint64_t offset);
    void get_reply_data(sdbus::Result<std::vector<uint8_t>>&& result);

    [[nodiscard]] const daemon::JobRecord& entry() const;
    [[nodiscard]] JobView view() const;
    void set(const JobProperty& property, sdbus::PropertySetCall& call);
    void add(sdbus::Result<uint32_t>&& result,
             const std::function<Result<std::vector<job::FileSpec>>()>& decode);

    /// A call whose reply is what `get` returns.
    template <class Get>
    auto read(Get get) {
        context_.asked();
        return guarded([&] { return get(entry()); });
    }
    /// A call to which the manager replies later; `body` gets the reply to send.
    template <class... Ts, class Body>
    void later(sdbus::Result<Ts...>&& result, Body&& body) {
        guarded_async(std::move(result), context_, body);
    }

    job::Id id_;
    Context& context_;
    std::unique_ptr<sdbus::IObject> object_; ///< last, because its handlers use the others
};

} // namespace haulier::bus
