// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/crew.hpp"

#include "daemon/batch.hpp"
#include "daemon/wire_values.hpp"
#include "daemon/worker_link.hpp"
#include "job/check.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

/// One Check packet: the items [first, last) of a list.
struct Slice {
    size_t first = 0;
    size_t last = 0;
};

/// Cuts a list so that each part fits into one packet.
std::vector<Slice> slices_of(const std::vector<job::FileSpec>& specs) {
    constexpr size_t Room = wire::MaxPacket - 1024;
    std::vector<Slice> slices;
    size_t used = Room;
    for (size_t i = 0; i < specs.size(); ++i) {
        size_t need = specs[i].remote.size() + specs[i].local.size() + 32;
        if (used + need > Room) {
            slices.push_back({i, i});
            used = 0;
        }
        used += need;
        slices.back().last = i + 1;
    }
    return slices;
}

std::string check_packet(uint64_t request, const std::vector<job::FileSpec>& specs, Slice slice) {
    wire::ToWorker message;
    message.mutable_check()->set_request(request);
    for (size_t i = slice.first; i < slice.last; ++i) {
        auto* item = message.mutable_check()->add_items();
        item->set_url(specs[i].remote);
        item->set_directory(job::directory_of(specs[i].local));
        item->set_name(job::name_of(specs[i].local));
    }
    return message.SerializeAsString();
}

} // namespace

Crew::Crew(Loop& loop, const Config& config, std::string worker_program, CrewListener& listener)
    : loop_(loop), config_(config), program_(std::move(worker_program)), listener_(listener) {}

Crew::~Crew() = default;

WorkerLink& Crew::link(uint32_t owner) {
    auto& link = links_[owner];
    if (!link) link = std::make_unique<WorkerLink>(loop_, config_, program_, listener_);
    return *link;
}

Ticket Crew::fetch(uint32_t owner, const FetchOrder& order) {
    link(owner).fetch(++last_ticket_, order);
    return last_ticket_;
}

void Crew::halt(uint32_t owner, Ticket ticket) {
    link(owner).halt(ticket);
}

void Crew::proceed(uint32_t owner, Ticket ticket) {
    link(owner).proceed(ticket);
}

void Crew::check(uint32_t owner, const std::vector<job::FileSpec>& specs, Answer answer) {
    auto slices = slices_of(specs);
    auto step = [&link = link(owner), specs, slices](size_t i, const StepDone& done) {
        auto request = link.next_request();
        auto first = slices[i].first;
        link.ask(request, check_packet(request, specs, slices[i]),
                 [done, first, total = specs.size()](const Status& status, uint32_t item) {
                     if (status) return done(status);
                     done(job::about_file(status.error(), first + item, total));
                 });
    };
    run_batch(slices.size(), std::move(step), std::move(answer));
}

void Crew::publish(uint32_t owner, const PublishOrder& order, Answer answer) {
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    *message.mutable_publish() = to_wire(request, order);
    worker.ask(request, message.SerializeAsString(),
               [answer = std::move(answer)](const Status& s, uint32_t) { answer(s); });
}

void Crew::discard(uint32_t owner, const std::string& directory, const std::string& temporary,
                   Answer answer) {
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    message.mutable_discard()->set_request(request);
    message.mutable_discard()->set_directory(directory);
    message.mutable_discard()->set_temporary(temporary);
    worker.ask(request, message.SerializeAsString(),
               [answer = std::move(answer)](const Status& s, uint32_t) { answer(s); });
}

bool Crew::idle() const {
    return std::all_of(links_.begin(), links_.end(), [](const auto& entry) { return entry.second->idle(); });
}

} // namespace haulier::daemon
