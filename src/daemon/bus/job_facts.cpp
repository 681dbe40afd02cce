// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_object.hpp"
#include "job/validation.hpp"

namespace haulier::bus {

std::string JobObject::Id() {
    return id_.hex;
}

std::string JobObject::Type() {
    return read([](const daemon::JobRecord& e) { return std::string{job::to_string(e.job.type)}; });
}

uint32_t JobObject::Owner() {
    return read([](const daemon::JobRecord& e) { return e.job.owner; });
}

std::string JobObject::Key() {
    return read([](const daemon::JobRecord& e) { return e.job.key; });
}

std::string JobObject::State() {
    return read([](const daemon::JobRecord& e) { return std::string{job::to_string(e.job.state)}; });
}

WaitTuple JobObject::WaitReason() {
    return read([this](const daemon::JobRecord& e) {
        return encode(job::wait_reason(e.job, context_.manager.today()));
    });
}

NameAndPath JobObject::NotifyObject() {
    return read([this](const daemon::JobRecord&) { return encode(context_.manager.object_of(id_)); });
}

NameAndPath JobObject::NotifyService() {
    return read([](const daemon::JobRecord& e) { return encode(e.job.notify_service); });
}

uint64_t JobObject::BytesTotal() {
    return read([](const daemon::JobRecord& e) { return daemon::tally_of(e).total; });
}

uint64_t JobObject::BytesTransferred() {
    return read([](const daemon::JobRecord& e) { return daemon::tally_of(e).transferred; });
}

uint32_t JobObject::FilesTotal() {
    return read([](const daemon::JobRecord& e) { return e.job.files_total; });
}

uint32_t JobObject::FilesTransferred() {
    return read([](const daemon::JobRecord& e) { return e.job.files_transferred; });
}

uint64_t JobObject::CreationTime() {
    return read([](const daemon::JobRecord& e) { return encode(e.job.created); });
}

uint64_t JobObject::ModificationTime() {
    return read([](const daemon::JobRecord& e) { return encode(e.job.modified); });
}

uint64_t JobObject::TransferCompletionTime() {
    return read([](const daemon::JobRecord& e) { return encode(e.job.transferred_at); });
}

ErrorTuple JobObject::Error() {
    return read([](const daemon::JobRecord& e) { return encode(e.job.error); });
}

uint32_t JobObject::ErrorCount() {
    return read([](const daemon::JobRecord& e) { return e.job.error_count; });
}

RangeTuple JobObject::ReplyProgress() {
    return read([](const daemon::JobRecord& e) {
        return RangeTuple{e.job.reply_total, e.job.reply_transferred};
    });
}

std::vector<std::string> JobObject::CustomHeaders() {
    return read([](const daemon::JobRecord& e) {
        return e.job.http.headers_write_only ? std::vector<std::string>{} : e.job.http.headers;
    });
}

} // namespace haulier::bus
