// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_object.hpp"

#include "daemon/bus/fence.hpp"
#include "daemon/bus/names.hpp"
#include "job/check.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::bus {

namespace {

constexpr uint32_t FilesInOneList = 1000;

/// Answers a verb without results.
daemon::Reply<Done> done_to(const std::shared_ptr<Owed<>>& owed) {
    return [owed](const Result<Done>& status) {
        if (status)
            owed->give();
        else
            owed->refuse(status.error());
    };
}

} // namespace

JobObject::JobObject(sdbus::IConnection& connection, job::Id id, Context& context)
    : AdaptorInterfaces(connection, path_of(id)), id_(std::move(id)), context_(context) {
    registerAdaptor();
}

JobObject::~JobObject() {
    unregisterAdaptor();
}

void JobObject::emit_properties(const std::vector<std::string>& names) {
    emit_changed(getObject(), INTERFACE_NAME, names);
}

/// There as long as this object is: the service drops both together.
const daemon::Entry& JobObject::entry() const {
    const auto* entry = context_.manager.find(id_);
    if (!entry) throw to_bus({Errc::NotFound, fmt::format("there is no job {}", id_.hex)});
    return *entry;
}

template <class Get>
auto JobObject::read(Get get) {
    context_.asked();
    return fenced([&] { return get(entry()); });
}

void JobObject::set(const Decide& decide) {
    context_.asked();
    fenced([&] { unwrap(context_.manager.set(id_, decide)); });
}

// ---- methods ----

void JobObject::add(sdbus::Result<uint32_t>&& result,
                    const std::function<Result<std::vector<job::FileSpec>>()>& decode) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) {
        auto specs = decode();
        if (!specs) return owed->refuse(specs.error());
        context_.manager.add_files(id_, *specs, [owed](const Result<uint32_t>& first) {
            if (first)
                owed->give(*first);
            else
                owed->refuse(first.error());
        });
    });
}

void JobObject::AddFile(sdbus::Result<uint32_t>&& result, std::string remote, std::string local) {
    add(std::move(result), [&] {
        job::FileSpec spec;
        spec.remote = remote;
        spec.local = local;
        return Result<std::vector<job::FileSpec>>{{spec}};
    });
}

void JobObject::AddFiles(sdbus::Result<uint32_t>&& result, std::vector<FileArgument> files) {
    add(std::move(result), [&] { return decode_files(files); });
}

std::vector<ListedFile> JobObject::ListFiles(const uint32_t& offset, const uint32_t& limit) {
    return read([&](const daemon::Entry& e) {
        std::vector<ListedFile> files;
        uint64_t wanted = limit == 0 ? FilesInOneList : std::min(limit, FilesInOneList);
        uint64_t end = std::min<uint64_t>(e.files.size(), offset + wanted);
        for (uint64_t i = offset; i < end; ++i) {
            auto index = static_cast<uint32_t>(i);
            files.emplace_back(index, encode_file(e, index));
        }
        return files;
    });
}

void JobObject::Suspend(sdbus::Result<>&& result) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) { context_.manager.suspend(id_, done_to(owed)); });
}

void JobObject::Resume(sdbus::Result<>&& result) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) { context_.manager.resume(id_, done_to(owed)); });
}

void JobObject::Cancel(sdbus::Result<>&& result) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) {
        context_.manager.cancel(id_, [done = done_to(owed)](const Result<job::Outcome>& ended) {
            if (ended)
                done(Done{});
            else
                done(ended.error());
        });
    });
}

void JobObject::Complete(sdbus::Result<std::string, uint32_t, uint32_t>&& result) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) {
        context_.manager.complete(id_, [owed](const Result<job::Outcome>& ended) {
            if (ended)
                owed->give(std::string{ended->word()}, ended->kept, ended->dropped);
            else
                owed->refuse(ended.error());
        });
    });
}

void JobObject::SetNotifyObject(sdbus::Result<>&& result, sdbus::ObjectPath path) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) {
        std::optional<notify::Target> object;
        if (path != "/") object = notify::Target{sender_of(getObject()), path, false};
        context_.manager.set_notify_object(id_, object, done_to(owed));
    });
}

void JobObject::SetNotifyService(sdbus::Result<>&& result, std::string name, sdbus::ObjectPath path) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) {
        auto service = job::parse_notify_service(name, path);
        if (!service) return owed->refuse(service.error());
        // This object may be gone when the bus has answered; the context is not.
        auto then = [owed, &context = context_, id = id_, service = *service](const Status& activatable) {
            context.asked();
            if (!activatable) return owed->refuse(activatable.error());
            context.manager.set_notify_service(id, service, done_to(owed));
        };
        context_.peers.need_activatable(name, then);
    });
}

// ---- properties ----

std::string JobObject::Id() {
    return id_.hex;
}

std::string JobObject::Type() {
    return read([](const daemon::Entry& e) { return std::string{job::to_word(e.job.type)}; });
}

uint32_t JobObject::Owner() {
    return read([](const daemon::Entry& e) { return e.job.owner; });
}

std::string JobObject::Key() {
    return read([](const daemon::Entry& e) { return e.job.key; });
}

std::string JobObject::State() {
    return read([](const daemon::Entry& e) { return std::string{job::to_word(e.job.state)}; });
}

WaitTuple JobObject::WaitReason() {
    return read([](const daemon::Entry& e) { return encode(job::wait_reason(e.job)); });
}

std::string JobObject::DisplayName() {
    return read([](const daemon::Entry& e) { return e.job.display_name; });
}

void JobObject::DisplayName(const std::string& value) {
    set([&](const job::Job& job, Now now) { return job::set_display_name(job, value, now); });
}

std::string JobObject::Description() {
    return read([](const daemon::Entry& e) { return e.job.description; });
}

void JobObject::Description(const std::string& value) {
    set([&](const job::Job& job, Now now) { return job::set_description(job, value, now); });
}

std::vector<std::string> JobObject::NotifyFlags() {
    return read([](const daemon::Entry& e) { return job::to_words(e.job.notify_flags); });
}

void JobObject::NotifyFlags(const std::vector<std::string>& value) {
    set([&](const job::Job& job, Now now) -> Result<job::Decision> {
        auto flags = job::parse_notify_flags(value);
        if (!flags) return flags.error();
        return job::set_notify_flags(job, *flags, now);
    });
}

NameAndPath JobObject::NotifyObject() {
    return read([this](const daemon::Entry&) { return encode(context_.manager.object_of(id_)); });
}

NameAndPath JobObject::NotifyService() {
    return read([](const daemon::Entry& e) { return encode(e.job.notify_service); });
}

uint32_t JobObject::MinimumNotificationInterval() {
    return read([](const daemon::Entry& e) {
        return static_cast<uint32_t>(e.job.minimum_notification_interval.count());
    });
}

void JobObject::MinimumNotificationInterval(const uint32_t& value) {
    set([&](const job::Job& job, Now now) {
        return job::set_minimum_notification_interval(job, std::chrono::milliseconds{value}, now);
    });
}

uint64_t JobObject::BytesTotal() {
    return read([](const daemon::Entry& e) { return daemon::tally_of(e).total; });
}

uint64_t JobObject::BytesTransferred() {
    return read([](const daemon::Entry& e) { return daemon::tally_of(e).transferred; });
}

uint32_t JobObject::FilesTotal() {
    return read([](const daemon::Entry& e) { return e.job.files_total; });
}

uint32_t JobObject::FilesTransferred() {
    return read([](const daemon::Entry& e) { return e.job.files_transferred; });
}

uint64_t JobObject::CreationTime() {
    return read([](const daemon::Entry& e) { return encode(e.job.created); });
}

uint64_t JobObject::ModificationTime() {
    return read([](const daemon::Entry& e) { return encode(e.job.modified); });
}

uint64_t JobObject::TransferCompletionTime() {
    return read([](const daemon::Entry& e) { return encode(e.job.transferred_at); });
}

ErrorTuple JobObject::Error() {
    return read([](const daemon::Entry& e) { return encode(e.job.error); });
}

uint32_t JobObject::ErrorCount() {
    return read([](const daemon::Entry& e) { return e.job.error_count; });
}

uint32_t JobObject::MinimumRetryDelay() {
    return read(
        [](const daemon::Entry& e) { return static_cast<uint32_t>(e.job.minimum_retry_delay.count()); });
}

void JobObject::MinimumRetryDelay(const uint32_t& value) {
    set([&](const job::Job& job, Now now) {
        return job::set_minimum_retry_delay(job, std::chrono::seconds{value}, now);
    });
}

uint32_t JobObject::NoProgressTimeout() {
    return read(
        [](const daemon::Entry& e) { return static_cast<uint32_t>(e.job.no_progress_timeout.count()); });
}

void JobObject::NoProgressTimeout(const uint32_t& value) {
    set([&](const job::Job& job, Now now) {
        return job::set_no_progress_timeout(job, std::chrono::seconds{value}, now);
    });
}

} // namespace haulier::bus
