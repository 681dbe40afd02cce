// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/bus_client.hpp"

#include "cli/bus_listener.hpp"
#include "cli/bus_names.hpp"
#include "cli/call_guarded.hpp"
#include "cli/decode.hpp"
#include "cli/encode.hpp"
#include "cli/proxies.hpp"

#include <utility>

namespace haulier::cli {

namespace {

constexpr uint32_t NoLimit = 0;
/// A list of fewer jobs than this is complete. So a second call, for which the user might be asked for a
/// password again, is rarely needed.
constexpr size_t MinPage = 256;

/// ListEndedJobs returns no more at a time.
constexpr size_t EndedPage = 1000;

compat::Options filter_of(const HistoryQuery& query) {
    compat::Options filter;
    if (query.since > 0) filter["Since"] = sdbus::Variant{query.since};
    if (!query.results.empty()) filter["Results"] = sdbus::Variant{query.results};
    if (query.all_users) filter["AllUsers"] = sdbus::Variant{true};
    return filter;
}

Json file_json(uint32_t index, const compat::Options& properties) {
    Json file{{"Index", index}};
    file.update(decode(properties));
    return file;
}

/// The properties in a list that is read page by page; one that has fewer than `shortest` entries is the
/// last.
template <class ReadPage>
std::vector<Json> all_pages(compat::Options filter, size_t shortest, ReadPage read_page) {
    std::vector<Json> all;
    for (;;) {
        auto page = read_page(filter);
        for (const auto& entry : page)
            all.push_back(decode(std::get<1>(entry)));
        if (page.size() < shortest) return all;
        filter["Offset"] = sdbus::Variant{static_cast<uint32_t>(all.size())};
    }
}

} // namespace

Result<std::unique_ptr<Client>, Failure> connect_to_bus(const Access& access) {
    auto bus = Bus::open(access);
    if (!bus) return bus.error();
    return std::unique_ptr<Client>{std::make_unique<BusClient>(std::move(*bus))};
}

BusClient::BusClient(std::unique_ptr<Bus> bus) : bus_(std::move(bus)) {}
BusClient::~BusClient() = default;

/// Made when it is first needed, because that may cost a round trip.
Result<ManagerProxy*, Failure> BusClient::manager() {
    return call_guarded(*bus_, [&] {
        if (!manager_) manager_ = std::make_unique<ManagerProxy>(bus_->connection());
        return manager_.get();
    });
}

Result<Created, Failure> BusClient::create(const NewJob& job) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] {
        auto [path, id, created] = (*proxy)->CreateJob(job.name, job.type, options_of(job));
        return Created{id, created};
    });
}

Result<std::vector<Json>, Failure> BusClient::list(const std::vector<std::string>& states, bool all_users) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] {
        compat::Options filter;
        if (!states.empty()) filter["States"] = sdbus::Variant{states};
        if (all_users) filter["AllUsers"] = sdbus::Variant{true};
        return all_pages(std::move(filter), MinPage,
                         [&](const auto& page) { return (*proxy)->ListJobs(page); });
    });
}

Result<std::vector<Json>, Failure> BusClient::history(const HistoryQuery& query) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] {
        auto filter = filter_of(query);
        filter["Hidden"] = sdbus::Variant{true};
        return all_pages(std::move(filter), EndedPage,
                         [&](const auto& page) { return (*proxy)->ListEndedJobs(page); });
    });
}

Result<uint32_t, Failure> BusClient::forget_history(const HistoryQuery& query) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] { return (*proxy)->ForgetEndedJobs(filter_of(query)); });
}

Result<std::vector<Json>, Failure> BusClient::statistics(bool all_users) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] {
        std::vector<Json> all;
        for (const auto& owner : (*proxy)->GetStatistics(filter_of({0, {}, all_users}))) {
            Json counters{{"Owner", std::get<0>(owner)}};
            for (const auto& [name, value] : std::get<1>(owner))
                counters[name] = value;
            all.push_back(std::move(counters));
        }
        return all;
    });
}

Result<Done, Failure> BusClient::hold(uint64_t until, bool all_users) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] { all_users ? (*proxy)->HoldAll(until) : (*proxy)->Hold(until); });
}

Result<Done, Failure> BusClient::release(bool all_users) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] { all_users ? (*proxy)->ReleaseAll() : (*proxy)->Release(); });
}

Result<Done, Failure> BusClient::limit(uint64_t bytes_per_second) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] { (*proxy)->BandwidthLimit(bytes_per_second); });
}

Result<std::string, Failure> BusClient::request_permit(const std::string& name, const Values& options) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] {
        compat::Options encoded;
        for (const auto& [option, value] : options)
            encoded[option] = encode(value);
        return std::string{(*proxy)->RequestPermit(name, encoded)};
    });
}

Result<Json, Failure> BusClient::permit(const std::string& path) {
    return call_guarded(*bus_, [&] {
        auto proxy = sdbus::createProxy(bus_->connection(), compat::Destination{BusName}, compat::Path{path});
        compat::Options values;
        proxy->callMethod("GetAll")
            .onInterface(JobProxy::Properties)
            .withArguments(std::string{PermitInterface})
            .storeResultsTo(values);
        return decode(values);
    });
}

Result<Json, Failure> BusClient::daemon() {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] {
        auto features = (*proxy)->Features();
        Json daemon{{"Version", (*proxy)->Version()},
                    {"Features", features},
                    {"Network", (*proxy)->Network()},
                    {"Metered", (*proxy)->Metered()}};
        auto has = [&](const char* feature) {
            return std::find(features.begin(), features.end(), feature) != features.end();
        };
        if (has("hold")) {
            daemon["Held"] = (*proxy)->Held();
            daemon["HeldUntil"] = (*proxy)->HeldUntil();
        }
        if (has("user-bandwidth-limit")) daemon["BandwidthLimit"] = (*proxy)->BandwidthLimit();
        if (has("bandwidth-schedule")) daemon["MachineLimits"] = decode((*proxy)->MachineLimits());
        return daemon;
    });
}

Result<Json, Failure> BusClient::properties(const std::string& id) {
    return call_guarded(*bus_, [&] { return decode(JobProxy{bus_->connection(), id}.all()); });
}

Result<std::vector<Json>, Failure> BusClient::files(const std::string& id) {
    return call_guarded(*bus_, [&] {
        JobProxy job{bus_->connection(), id};
        std::vector<Json> files;
        for (;;) {
            auto page = job.ListFiles(static_cast<uint32_t>(files.size()), NoLimit);
            if (page.empty()) return files;
            for (const auto& file : page)
                files.push_back(file_json(std::get<0>(file), std::get<1>(file)));
        }
    });
}

Result<Done, Failure> BusClient::command(const std::string& id, Verb verb) {
    return call_guarded(*bus_, [&] {
        JobProxy job{bus_->connection(), id};
        switch (verb) {
        case Verb::Suspend: job.Suspend(); break;
        case Verb::Resume: job.Resume(); break;
        case Verb::Cancel: job.Cancel(); break;
        case Verb::TakeOwnership: job.TakeOwnership(); break;
        }
    });
}

Result<Completed, Failure> BusClient::complete(const std::string& id) {
    return call_guarded(*bus_, [&] {
        auto [result, kept, dropped] = JobProxy{bus_->connection(), id}.Complete();
        return Completed{result, kept, dropped};
    });
}

Result<Done, Failure> BusClient::complete_files(const std::string& id, const std::vector<uint32_t>& indexes) {
    return call_guarded(*bus_, [&] { JobProxy{bus_->connection(), id}.CompleteFiles(indexes); });
}

Result<Done, Failure> BusClient::remove_files(const std::string& id, const std::vector<uint32_t>& indexes) {
    return call_guarded(*bus_, [&] { JobProxy{bus_->connection(), id}.RemoveFiles(indexes); });
}

Result<Fd, Failure> BusClient::open_file(const std::string& id, uint32_t index) {
    return call_guarded(*bus_, [&] {
        return Fd{JobProxy{bus_->connection(), id}.OpenFile(index).release()};
    });
}

Result<Done, Failure> BusClient::set(const std::string& id, const std::string& property, const Value& value) {
    return call_guarded(*bus_, [&] { JobProxy{bus_->connection(), id}.set(property, encode(value)); });
}

Result<Done, Failure> BusClient::set_credentials(const std::string& id, const Credentials& c) {
    return call_guarded(*bus_, [&] {
        JobProxy{bus_->connection(), id}.SetCredentials(c.target, c.scheme, c.user, c.password);
    });
}

Result<bool, Failure> BusClient::remove_credentials(const std::string& id, const std::string& target,
                                                    const std::string& scheme) {
    return call_guarded(*bus_, [&] {
        return JobProxy{bus_->connection(), id}.RemoveCredentials(target, scheme);
    });
}

Result<Done, Failure> BusClient::set_headers(const std::string& id, const std::vector<std::string>& lines,
                                             bool write_only) {
    return call_guarded(*bus_, [&] { JobProxy{bus_->connection(), id}.SetCustomHeaders(lines, write_only); });
}

Result<Done, Failure> BusClient::rename(const std::string& id, uint32_t index, const std::string& url) {
    return call_guarded(*bus_, [&] { JobProxy{bus_->connection(), id}.SetRemoteName(index, url); });
}

Result<uint32_t, Failure> BusClient::rename_all(const std::string& id, const std::string& from,
                                                const std::string& to) {
    return call_guarded(*bus_, [&] {
        return JobProxy{bus_->connection(), id}.ReplaceRemotePrefix(from, to);
    });
}

Result<Done, Failure> BusClient::validate(const std::string& id, uint32_t index, bool valid) {
    return call_guarded(*bus_, [&] { JobProxy{bus_->connection(), id}.SetValidationState(index, valid); });
}

Result<std::vector<Range>, Failure> BusClient::filled_ranges(const std::string& id, uint32_t index) {
    return call_guarded(*bus_, [&] {
        std::vector<Range> ranges;
        for (const auto& range : JobProxy{bus_->connection(), id}.GetFilledFileRanges(index))
            ranges.push_back({std::get<0>(range), std::get<1>(range)});
        return ranges;
    });
}

Result<Done, Failure> BusClient::request_ranges(const std::string& id, uint32_t index,
                                                const std::vector<Range>& ranges) {
    return call_guarded(*bus_, [&] {
        JobProxy{bus_->connection(), id}.RequestFileRanges(index, encode(ranges));
    });
}

Result<Done, Failure> BusClient::request_from(const std::string& id, uint32_t index, uint64_t offset) {
    return call_guarded(*bus_, [&] {
        JobProxy{bus_->connection(), id}.UpdateDownloadPosition(index, offset);
    });
}

Result<std::string, Failure> BusClient::reply(const std::string& id) {
    return call_guarded(*bus_, [&] {
        auto data = JobProxy{bus_->connection(), id}.GetReplyData();
        return std::string{data.begin(), data.end()};
    });
}

Result<std::string, Failure> BusClient::describe(const std::string& name, int32_t code) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return call_guarded(*bus_, [&] { return (*proxy)->DescribeError(name, code); });
}

Result<Done, Failure> BusClient::read(const std::string& id,
                                      std::function<void(Result<Json, Failure>)> on_reply) {
    auto handle_reply = [this, on_reply = std::move(on_reply)](compat::CallError error,
                                                               const compat::Options& properties) {
        bus_->guarded([&] {
            on_reply(error ? Result<Json, Failure>{bus_->failure_of(*error)}
                           : Result<Json, Failure>{decode(properties)});
        });
    };
    return call_guarded(*bus_, [&] {
        auto& reader = readers_[id];
        reader =
            sdbus::createProxy(bus_->connection(), compat::Destination{BusName}, compat::Path{path_of(id)});
        reader->callMethodAsync("GetAll")
            .onInterface(JobProxy::Properties)
            .withArguments(std::string{JobProxy::Interface})
            .uponReplyInvoke(handle_reply);
    });
}

/// A list of files that is read page by page.
struct BusClient::FileReader {
    std::unique_ptr<sdbus::IProxy> proxy;
    Files files;
    std::function<void(Result<Files, Failure>)> on_reply;
};

void BusClient::read_page(const std::shared_ptr<FileReader>& reader) {
    using Page = std::vector<sdbus::Struct<uint32_t, compat::Options>>;
    std::weak_ptr<FileReader> weak = reader; // the proxy, which it owns, keeps the handler
    auto handle_reply = [this, weak](compat::CallError error, const Page& page) {
        bus_->guarded([&] {
            auto reading = weak.lock();
            if (!reading) return;
            if (error) return reading->on_reply(bus_->failure_of(*error));
            for (const auto& file : page)
                reading->files.push_back(file_json(std::get<0>(file), std::get<1>(file)));
            if (page.empty()) return reading->on_reply(std::move(reading->files));
            read_page(reading);
        });
    };
    reader->proxy->callMethodAsync("ListFiles")
        .onInterface(JobProxy::Interface)
        .withArguments(static_cast<uint32_t>(reader->files.size()), NoLimit)
        .uponReplyInvoke(handle_reply);
}

Result<Done, Failure> BusClient::read_files(const std::string& id,
                                            std::function<void(Result<Files, Failure>)> on_reply) {
    return call_guarded(*bus_, [&] {
        auto& reader = file_readers_[id];
        reader = std::make_shared<FileReader>();
        reader->on_reply = std::move(on_reply);
        reader->proxy =
            sdbus::createProxy(bus_->connection(), compat::Destination{BusName}, compat::Path{path_of(id)});
        read_page(reader);
    });
}

void BusClient::stop_reading(const std::string& id) {
    readers_.erase(id);
    file_readers_.erase(id);
}

std::unique_ptr<Listener> BusClient::new_listener() {
    return std::make_unique<BusListener>(*bus_);
}

Result<Wakeup, Failure> BusClient::run_once(const Interrupts* interrupts, std::optional<Deadline> deadline) {
    return bus_->run_once(interrupts, deadline);
}

} // namespace haulier::cli
