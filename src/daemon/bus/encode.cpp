// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/codec.hpp"
#include "job/file_state.hpp"
#include "job/mirrors.hpp"
#include "job/notify_service.hpp"
#include "job/segments.hpp"
#include "job/url.hpp"
#include "job/validation.hpp"

namespace haulier::bus {

using sdbus::Variant;

FileErrorTuple encode_file_error(const std::optional<job::JobError>& error) {
    if (!error) return {std::string{}, std::string{}, 0, std::string{}};
    return {std::string{job::context_of(error->cause)}, std::string{job::to_string(error->cause)},
            error->code, error->message};
}

ErrorTuple encode(const std::optional<job::JobError>& error) {
    if (!error) return {std::string{}, std::string{}, 0, std::string{}, job::NoFile};
    return {std::string{job::context_of(error->cause)}, std::string{job::to_string(error->cause)},
            error->code, error->message, error->file};
}

WaitTuple encode(const job::WaitReason& reason) {
    return {std::string{reason.word}, encode(reason.until)};
}

NameAndPath encode(const job::NotifyService& service) {
    return {job::to_string(service), sdbus::ObjectPath{service.name.empty() ? "/" : service.path}};
}

NameAndPath encode(const std::optional<notify::Target>& object) {
    return {object ? object->destination : "", sdbus::ObjectPath{object ? object->path : "/"}};
}

uint64_t encode(WallTime time) {
    return static_cast<uint64_t>(time.since_epoch.count());
}

std::vector<RangeTuple> encode(const std::vector<job::Range>& ranges) {
    std::vector<RangeTuple> out;
    for (const auto& range : ranges)
        out.emplace_back(range.offset, range.length);
    return out;
}

ActivityTuple encode(const daemon::Activity& activity) {
    return {activity.known, activity.stored, activity.rate, activity.running, activity.needing_someone};
}

Options encode_active_file(const daemon::JobRecord& entry, uint32_t index,
                           const daemon::ActiveTransfer& transfer, BootTime now) {
    const auto& file = entry.durable_file(index);
    auto source = job::authority_of(job::url_of(file));
    return {
        {"BytesTotal", Variant{job::size_of(file)}},
        {"BytesTransferred", Variant{daemon::transferred_of(entry, index)}},
        {"Source", Variant{source ? source->host : std::string{}}},
        {"Rate", Variant{transfer.flow.rate(now)}},
    };
}

Options encode_file(const daemon::JobRecord& entry, uint32_t index) {
    const auto& file = entry.durable_file(index);
    auto state = job::state_of(entry.durable(), file, entry.transfers.contains(index));
    Options o{
        {"RemoteName", Variant{file.spec.remote}},
        {"LocalName", Variant{file.spec.local}},
        {"TemporaryName", Variant{job::temporary_path(entry.durable(), file, index)}},
        {"BytesTotal", Variant{job::size_of(file)}},
        {"BytesTransferred", Variant{daemon::transferred_of(entry, index)}},
        {"Transferred", Variant{file.transferred && !file.removed}},
        {"State", Variant{std::string{job::to_string(state)}}},
        {"Error", Variant{encode_file_error(file.error)}},
        {"RetryDate", Variant{state == job::FileState::TransientError ? encode(file.retry_date) : 0}},
        {"Completed", Variant{file.completed && !file.removed}},
        {"Validation", Variant{std::string{job::to_string(file.validation)}}},
        {"Source", Variant{job::url_of(file)}},
    };
    if (!file.spec.ranges.empty()) o["Ranges"] = Variant{encode(file.spec.ranges.get())};
    if (!file.spec.mirrors.empty()) o["Mirrors"] = Variant{file.spec.mirrors.get()};
    if (!file.spec.peers.empty()) o["Peers"] = Variant{file.spec.peers.get()};
    if (job::is_conditional(file.spec)) o["NotModified"] = Variant{file.not_modified};
    if (file.spec.checksum) o["Checksum"] = Variant{job::to_text(*file.spec.checksum)};
    if (!file.validators.etag.empty()) o["ETag"] = Variant{file.validators.etag};
    if (!file.validators.last_modified.empty()) o["LastModified"] = Variant{file.validators.last_modified};
    if (!file.response_headers.empty()) o["ResponseHeaders"] = Variant{file.response_headers};
    return o;
}

} // namespace haulier::bus
