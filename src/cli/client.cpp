// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/client.hpp"

#include "cli/attempt.hpp"
#include "cli/decode.hpp"
#include "cli/encode.hpp"
#include "cli/proxies.hpp"
#include "cli/users.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::cli {

namespace {

constexpr uint32_t AllThatFit = 0;
/// A list of fewer jobs is a whole one; so hardly anybody has to be asked, or to type a password, twice.
constexpr size_t JobsInAnyList = 256;

Candidate candidate_of(const Json& properties) {
    auto job = view_of(properties);
    return {job.id, job.key, job.name, job.state, user_name(job.owner)};
}

std::vector<Candidate> candidates_of(const std::vector<Json>& jobs) {
    std::vector<Candidate> candidates;
    for (const auto& job : jobs)
        candidates.push_back(candidate_of(job));
    return candidates;
}

Json described(uint32_t index, const compat::Options& properties) {
    Json file{{"Index", index}};
    file.update(decode(properties));
    return file;
}

} // namespace

Client::Client(std::unique_ptr<Bus> bus) : bus_(std::move(bus)) {}
Client::~Client() = default;

Outcome<std::unique_ptr<Client>> Client::connect(const Access& access) {
    auto bus = Bus::open(access);
    if (!bus) return bus.error();
    return std::unique_ptr<Client>{new Client{std::move(*bus)}};
}

/// Made when first needed, because it may cost a round trip.
Outcome<ManagerProxy*> Client::manager() {
    return attempt(*bus_, [&] {
        if (!manager_) manager_ = std::make_unique<ManagerProxy>(bus_->connection());
        return manager_.get();
    });
}

Outcome<Created> Client::create(const NewJob& job) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return attempt(*bus_, [&] {
        auto [path, id, created] = (*proxy)->CreateJob(job.name, job.type, options_of(job));
        return Created{id, created};
    });
}

Outcome<std::vector<Json>> Client::jobs(const std::vector<std::string>& states) {
    return jobs(states, bus_->access().all_users);
}

Outcome<std::vector<Json>> Client::jobs(const std::vector<std::string>& states, bool all_users) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return attempt(*bus_, [&] {
        compat::Options filter;
        if (!states.empty()) filter["States"] = sdbus::Variant{states};
        if (all_users) filter["AllUsers"] = sdbus::Variant{true};
        std::vector<Json> jobs;
        for (;;) {
            auto page = (*proxy)->ListJobs(filter);
            for (const auto& job : page)
                jobs.push_back(decode(std::get<1>(job)));
            if (page.size() < JobsInAnyList) return jobs;
            filter["Offset"] = sdbus::Variant{static_cast<uint32_t>(jobs.size())};
        }
    });
}

Outcome<std::string> Client::resolve(const std::string& text) {
    if (auto id = whole_id(text)) return *id;
    auto own = jobs({}, false);
    if (!own) return own.error();
    auto found = pick(candidates_of(*own), text);
    if (found || !bus_->access().all_users) return found;
    auto all = jobs({}, true);
    if (!all) return all.error();
    return pick(candidates_of(*all), text);
}

Outcome<std::string> Client::resolve_unfinished(const std::string& text) {
    auto id = resolve(text);
    if (!id || !whole_id(text)) return id;
    auto job = properties(*id);
    if (!job) return job.error();
    if (has_ended(view_of(*job)))
        return Failure{Exit::NoSuchJob,
                       fmt::format("there is no job {} any more: it has ended", short_id(*id))};
    return id;
}

Outcome<Json> Client::daemon() {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return attempt(*bus_, [&] {
        return Json{{"Version", (*proxy)->Version()},
                    {"Features", (*proxy)->Features()},
                    {"Network", (*proxy)->Network()},
                    {"Metered", (*proxy)->Metered()}};
    });
}

Outcome<Json> Client::properties(const std::string& id) {
    return attempt(*bus_, [&] { return decode(JobProxy{bus_->connection(), id}.all()); });
}

Outcome<std::vector<Json>> Client::files(const std::string& id) {
    return attempt(*bus_, [&] {
        JobProxy job{bus_->connection(), id};
        std::vector<Json> files;
        for (;;) {
            auto page = job.ListFiles(static_cast<uint32_t>(files.size()), AllThatFit);
            if (page.empty()) return files;
            for (const auto& file : page)
                files.push_back(described(std::get<0>(file), std::get<1>(file)));
        }
    });
}

Outcome<Done> Client::command(const std::string& id, Verb verb) {
    return attempt(*bus_, [&] {
        JobProxy job{bus_->connection(), id};
        switch (verb) {
        case Verb::Suspend: job.Suspend(); break;
        case Verb::Resume: job.Resume(); break;
        case Verb::Cancel: job.Cancel(); break;
        case Verb::TakeOwnership: job.TakeOwnership(); break;
        }
        return Done{};
    });
}

Outcome<Completed> Client::complete(const std::string& id) {
    return attempt(*bus_, [&] {
        auto [result, kept, dropped] = JobProxy{bus_->connection(), id}.Complete();
        return Completed{result, kept, dropped};
    });
}

Outcome<Done> Client::read(const std::string& id, std::function<void(Outcome<Json>)> answer) {
    auto on_reply = [this, answer = std::move(answer)](compat::CallError error,
                                                       const compat::Options& properties) {
        bus_->fenced([&] {
            answer(error ? Outcome<Json>{bus_->failure_of(*error)} : Outcome<Json>{decode(properties)});
        });
    };
    return attempt(*bus_, [&] {
        reader_ =
            sdbus::createProxy(bus_->connection(), compat::Destination{BusName}, compat::Path{path_of(id)});
        reader_->callMethodAsync("GetAll")
            .onInterface(JobProxy::Properties)
            .withArguments(std::string{JobProxy::Interface})
            .uponReplyInvoke(on_reply);
        return Done{};
    });
}

void Client::stop_reading() {
    reader_.reset();
}

} // namespace haulier::cli
