// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/codec.hpp"

#include "daemon/bus/names.hpp"
#include "job/check.hpp"

#include <fmt/core.h>
#include <functional>

namespace haulier::bus {

namespace {

template <class T>
Result<T> value_of(const std::string& key, const sdbus::Variant& value) {
    if (!value.containsValueOfType<T>())
        return Error{Errc::InvalidArgument,
                     fmt::format("option '{}' has type '{}', '{}' is needed", key, value.peekValueType(),
                                 sdbus::signature_of<T>::str())};
    return value.get<T>();
}

/// Takes one option into a command of type C.
template <class C>
using Taker = std::function<Status(C&, const std::string&, const sdbus::Variant&)>;

/// A taker for options that need no more than the right D-Bus type.
template <class T, class C, class Assign>
Taker<C> taking(Assign assign) {
    return [assign](C& command, const std::string& key, const sdbus::Variant& variant) -> Status {
        auto value = value_of<T>(key, variant);
        if (!value) return value.error();
        return assign(command, *value);
    };
}

template <class C>
Status take_all(C& command, const Options& options, const std::map<std::string, Taker<C>>& takers,
                const char* what) {
    for (const auto& [key, value] : options) {
        auto taker = takers.find(key);
        if (taker == takers.end()) {
            std::string known;
            for (const auto& [name, unused] : takers)
                known += (known.empty() ? "" : ", ") + name;
            return Error{Errc::NotSupported, fmt::format("unknown {} '{}'; known are {}", what, key, known)};
        }
        if (auto ok = taker->second(command, key, value); !ok) return ok;
    }
    return Done{};
}

/// Assigns a parsed value, or passes its error on.
template <class T, class Place>
Status keep(Result<T> parsed, Place& place) {
    if (!parsed) return parsed.error();
    place = std::move(*parsed);
    return Done{};
}

const std::map<std::string, Taker<job::FileSpec>>& file_takers() {
    using F = job::FileSpec;
    static const std::map<std::string, Taker<F>> all{
        {"Checksum", taking<std::string, F>([](F& f, const std::string& v) {
             return keep(job::parse_checksum(v), f.checksum);
         })},
        {"Size", taking<uint64_t, F>([](F& f, uint64_t v) { return f.size = v, Status{Done{}}; })},
        {"Mode", taking<uint32_t, F>([](F& f, uint32_t v) { return f.mode = v, Status{Done{}}; })},
    };
    return all;
}

const std::map<std::string, Taker<CreateCommand>>& create_takers() {
    using C = CreateCommand;
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    static const std::map<std::string, Taker<C>> all{
        {"Files", taking<std::vector<FileArgument>, C>([](C& c, const std::vector<FileArgument>& v) {
             return keep(decode_files(v), c.request.files);
         })},
        {"Resume", taking<bool, C>([](C& c, bool v) { return c.request.resume = v, Status{Done{}}; })},
        {"Key", taking<std::string, C>(
                    [](C& c, const std::string& v) { return c.request.key = v, Status{Done{}}; })},
        {"Description", taking<std::string, C>([](C& c, const std::string& v) {
             return c.request.description = v, Status{Done{}};
         })},
        {"NotifyFlags", taking<std::vector<std::string>, C>([](C& c, const std::vector<std::string>& v) {
             return keep(job::parse_notify_flags(v), c.request.notify_flags);
         })},
        {"NotifyService", taking<NameAndPath, C>([](C& c, const NameAndPath& v) {
             return keep(job::parse_notify_service(std::get<0>(v), std::get<1>(v)), c.request.notify_service);
         })},
        {"NotifyObject", taking<sdbus::ObjectPath, C>([](C& c, const sdbus::ObjectPath& v) {
             return c.notify_object = v, Status{Done{}};
         })},
        {"MinimumRetryDelay", taking<uint32_t, C>([](C& c, uint32_t v) {
             return c.request.minimum_retry_delay = seconds{v}, Status{Done{}};
         })},
        {"NoProgressTimeout", taking<uint32_t, C>([](C& c, uint32_t v) {
             return c.request.no_progress_timeout = seconds{v}, Status{Done{}};
         })},
        {"MinimumNotificationInterval", taking<uint32_t, C>([](C& c, uint32_t v) {
             return c.request.minimum_notification_interval = milliseconds{v}, Status{Done{}};
         })},
    };
    return all;
}

Status take_states(Filter& filter, const std::vector<std::string>& words) {
    filter.states.emplace();
    for (const auto& word : words) {
        auto state = job::state_from_word(word);
        if (!state) return Error{Errc::NotSupported, fmt::format("'{}' is not a state of a job", word)};
        filter.states->push_back(*state);
    }
    return Done{};
}

const std::map<std::string, Taker<Filter>>& filter_takers() {
    static const std::map<std::string, Taker<Filter>> all{
        {"States", taking<std::vector<std::string>, Filter>(take_states)},
        {"Key", taking<std::string, Filter>(
                    [](Filter& f, const std::string& v) { return f.key = v, Status{Done{}}; })},
        {"Offset",
         taking<uint32_t, Filter>([](Filter& f, uint32_t v) { return f.offset = v, Status{Done{}}; })},
        {"Limit",
         taking<uint32_t, Filter>([](Filter& f, uint32_t v) { return f.limit = v, Status{Done{}}; })},
    };
    return all;
}

} // namespace

Result<std::vector<job::FileSpec>> decode_files(const std::vector<FileArgument>& files) {
    std::vector<job::FileSpec> specs;
    for (const auto& file : files) {
        job::FileSpec spec;
        spec.remote = std::get<0>(file);
        spec.local = std::get<1>(file);
        if (auto ok = take_all(spec, std::get<2>(file), file_takers(), "file option"); !ok)
            return job::about_file(ok.error(), specs.size(), files.size());
        specs.push_back(std::move(spec));
    }
    return specs;
}

Result<CreateCommand> decode_create(const std::string& display_name, const std::string& type,
                                    const Options& options) {
    CreateCommand command;
    command.request.display_name = display_name;
    if (auto ok = keep(job::parse_type(type), command.request.type); !ok) return ok.error();
    if (auto ok = take_all(command, options, create_takers(), "option"); !ok) return ok.error();
    return command;
}

Result<Filter> decode_filter(const Options& filter) {
    Filter out;
    if (auto ok = take_all(out, filter, filter_takers(), "filter"); !ok) return ok.error();
    return out;
}

ErrorTuple encode(const std::optional<job::JobError>& error) {
    if (!error) return {std::string{}, std::string{}, 0, std::string{}, job::NoFile};
    return {std::string{job::context_of(error->cause)}, std::string{job::to_word(error->cause)}, error->code,
            error->sentence, error->file};
}

WaitTuple encode(const job::WaitReason& reason) {
    return {std::string{reason.word}, encode(reason.until)};
}

NameAndPath encode(const job::NotifyService& service) {
    return {service.name, sdbus::ObjectPath{service.name.empty() ? "/" : service.path}};
}

NameAndPath encode(const std::optional<notify::Target>& object) {
    return {object ? object->destination : "", sdbus::ObjectPath{object ? object->path : "/"}};
}

uint64_t encode(WallTime time) {
    return static_cast<uint64_t>(time.since_epoch.count());
}

Options encode_file(const daemon::Entry& entry, uint32_t index) {
    const auto& file = entry.files[index];
    auto directory = job::directory_of(file.spec.local);
    Options o{
        {"RemoteName", file.spec.remote},
        {"LocalName", file.spec.local},
        {"TemporaryName",
         (directory == "/" ? "/" : directory + "/") + job::temporary_name(entry.job.id, index)},
        {"BytesTotal", file.total},
        {"BytesTransferred", daemon::transferred_of(entry, index)},
        {"Transferred", file.transferred},
        {"Completed", file.completed},
    };
    if (file.spec.checksum) o["Checksum"] = job::to_text(*file.spec.checksum);
    if (!file.validators.etag.empty()) o["ETag"] = file.validators.etag;
    if (!file.validators.last_modified.empty()) o["LastModified"] = file.validators.last_modified;
    return o;
}

Options encode_summary(const daemon::Entry& entry) {
    const auto& job = entry.job;
    auto tally = daemon::tally_of(entry);
    return {
        {"Id", job.id.hex},
        {"Type", std::string{job::to_word(job.type)}},
        {"Key", job.key},
        {"Owner", job.owner},
        {"DisplayName", job.display_name},
        {"State", std::string{job::to_word(job.state)}},
        {"WaitReason", encode(job::wait_reason(job))},
        {"BytesTotal", tally.total},
        {"BytesTransferred", tally.transferred},
        {"FilesTotal", job.files_total},
        {"FilesTransferred", job.files_transferred},
        {"CreationTime", encode(job.created)},
        {"Error", encode(job.error)},
    };
}

} // namespace haulier::bus
