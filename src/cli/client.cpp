// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/client.hpp"

#include "cli/attempt.hpp"
#include "cli/decode.hpp"
#include "cli/encode.hpp"
#include "cli/proxies.hpp"

#include <utility>

namespace haulier::cli {

namespace {

constexpr uint32_t AllThatFit = 0;

Candidate candidate_of(const Json& properties) {
    auto job = view_of(properties);
    return {job.id, job.key, job.name, job.state};
}

Json described(uint32_t index, const compat::Options& properties) {
    Json file{{"Index", index}};
    file.update(decode(properties));
    return file;
}

} // namespace

Client::Client(std::unique_ptr<Bus> bus) : bus_(std::move(bus)) {}
Client::~Client() = default;

Outcome<std::unique_ptr<Client>> Client::connect(Scope scope) {
    auto bus = Bus::open(scope);
    if (!bus) return bus.error();
    return std::unique_ptr<Client>{new Client{std::move(*bus)}};
}

/// Made when first needed, because it may cost a round trip.
Outcome<ManagerProxy*> Client::manager() {
    return attempt([&] {
        if (!manager_) manager_ = std::make_unique<ManagerProxy>(bus_->connection());
        return manager_.get();
    });
}

Outcome<Created> Client::create(const NewJob& job) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return attempt([&] {
        auto [path, id, created] = (*proxy)->CreateJob(job.name, job.type, options_of(job));
        return Created{id, created};
    });
}

Outcome<std::vector<Json>> Client::jobs(const std::vector<std::string>& states) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return attempt([&] {
        compat::Options filter;
        if (!states.empty()) filter["States"] = states;
        std::vector<Json> jobs;
        for (const auto& job : (*proxy)->ListJobs(filter))
            jobs.push_back(decode(std::get<1>(job)));
        return jobs;
    });
}

Outcome<std::string> Client::resolve(const std::string& text) {
    if (auto id = whole_id(text)) return *id;
    auto all = jobs();
    if (!all) return all.error();
    std::vector<Candidate> candidates;
    for (const auto& job : *all)
        candidates.push_back(candidate_of(job));
    return pick(candidates, text);
}

Outcome<std::string> Client::resolve_unfinished(const std::string& text) {
    auto id = resolve(text);
    if (!id || !whole_id(text)) return id;
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return attempt([&] {
        (*proxy)->GetJob(*id);
        return *id;
    });
}

Outcome<Json> Client::properties(const std::string& id) {
    return attempt([&] {
        return decode(JobProxy{bus_->connection(), id}.GetAll(std::string{JobProxy::Interface}));
    });
}

Outcome<std::vector<Json>> Client::files(const std::string& id) {
    return attempt([&] {
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
    return attempt([&] {
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
    return attempt([&] {
        auto [result, kept, dropped] = JobProxy{bus_->connection(), id}.Complete();
        return Completed{result, kept, dropped};
    });
}

Outcome<Done> Client::read(const std::string& id, std::function<void(Outcome<Json>)> answer) {
    auto on_reply = [this, answer = std::move(answer)](compat::CallError error,
                                                       const compat::Options& properties) {
        bus_->fenced(
            [&] { answer(error ? Outcome<Json>{failure_of(*error)} : Outcome<Json>{decode(properties)}); });
    };
    return attempt([&] {
        reader_ =
            sdbus::createProxy(bus_->connection(), compat::Destination{BusName}, compat::Path{path_of(id)});
        reader_->callMethodAsync("GetAll")
            .onInterface("org.freedesktop.DBus.Properties")
            .withArguments(std::string{JobProxy::Interface})
            .uponReplyInvoke(on_reply);
        return Done{};
    });
}

void Client::stop_reading() {
    reader_.reset();
}

} // namespace haulier::cli
