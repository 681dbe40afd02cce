// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/worker.hpp"

#include "base/log.hpp"
#include "transfer/check.hpp"
#include "transfer/convert.hpp"
#include "transfer/publish.hpp"

#include <string>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

namespace {

mode_t read_umask() {
    mode_t mask = umask(0);
    umask(mask);
    return mask;
}

} // namespace

Worker::Worker(Loop& loop, Fd socket, std::function<void(int)> exit)
    : loop_(loop), exit_(std::move(exit)), umask_(read_umask()),
      socket_(loop, std::move(socket),
              {.packet = [this](std::string_view bytes) { packet(bytes); }, .closed = [this] { leave(0); }}),
      disk_(loop),
      curl_(loop), yard_{loop, disk_, curl_,
                         {},   {},    [this](const wire::FromWorker& message) { tell(message); }} {
    wire::FromWorker ready;
    ready.mutable_ready();
    send(ready);
}

void Worker::packet(std::string_view bytes) {
    wire::ToWorker order;
    bool sound = order.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && obey(std::move(order));
    if (sound) return;
    log::error("The daemon sent a packet that makes no sense; the worker ends.");
    leave(1);
}

/// False: no daemon in its right mind would say that now.
bool Worker::obey(wire::ToWorker&& order) {
    if (order.has_settings()) return configure(order.settings());
    if (!configured_) return false;
    switch (order.kind_case()) {
    case wire::ToWorker::kFetch: return fetch(std::move(*order.mutable_fetch()));
    case wire::ToWorker::kHalt:
        if (auto found = fetches_.find(order.halt().ticket()); found != fetches_.end()) found->second->halt();
        return true;
    case wire::ToWorker::kProceed:
        if (auto found = fetches_.find(order.proceed().ticket()); found != fetches_.end())
            found->second->proceed();
        return true;
    case wire::ToWorker::kCheck: {
        wire::FromWorker message;
        *message.mutable_answer() = check(order.check());
        send(message);
        return true;
    }
    case wire::ToWorker::kPublish:
        disk_.run([request = order.publish(), mask = umask_] { return publish(request, mask); },
                  [this, id = order.publish().request()](const Trouble& trouble) { answer(id, trouble); });
        return true;
    case wire::ToWorker::kDiscard:
        disk_.run([request = order.discard()] { return discard(request); },
                  [this, id = order.discard().request()](const Trouble& trouble) { answer(id, trouble); });
        return true;
    case wire::ToWorker::kSettings:
    case wire::ToWorker::KIND_NOT_SET: return false;
    }
    return false;
}

bool Worker::configure(const wire::Settings& settings) {
    yard_.settings = from_wire(settings);
    curl_.limit_connections(yard_.settings.connections_per_host);
    configured_ = true;
    return true;
}

bool Worker::fetch(wire::Fetch&& message) {
    auto order = from_wire(std::move(message));
    uint64_t ticket = order.ticket;
    auto [entry, fresh] = fetches_.emplace(ticket, std::make_unique<Fetch>(yard_, std::move(order)));
    if (!fresh) return false;
    if (stopping_)
        entry->second->halt();
    else
        entry->second->start();
    return true;
}

void Worker::answer(uint64_t request, const Trouble& trouble) {
    wire::FromWorker message;
    message.mutable_answer()->set_request(request);
    if (trouble) {
        message.mutable_answer()->set_fault(wire::Answer::LOCAL_FILE);
        message.mutable_answer()->set_sentence(trouble->sentence);
    }
    send(message);
}

/// What fetches say. Progress may be lost: a daemon that does not listen will not miss it.
void Worker::tell(const wire::FromWorker& message) {
    if (message.has_progress() && socket_.backed_up()) return;
    send(message);
    if (message.has_fetched()) bury(message.fetched().ticket());
    if (message.has_failed()) bury(message.failed().ticket());
    if (message.has_halted()) bury(message.halted().ticket());
}

void Worker::send(const wire::FromWorker& message) {
    socket_.send(message.SerializeAsString());
}

void Worker::bury(uint64_t ticket) {
    auto found = fetches_.find(ticket);
    ended_.push_back(std::move(found->second));
    fetches_.erase(found);
    if (!undertaker_)
        undertaker_ = loop_.defer([this] {
            undertaker_.reset();
            ended_.clear();
            if (stopping_ && fetches_.empty()) leave(0);
        });
}

void Worker::stop() {
    stopping_ = true;
    if (fetches_.empty()) return leave(0);
    // A halt may end a fetch at once and so change the table.
    std::vector<Fetch*> all;
    for (const auto& [ticket, fetch] : fetches_)
        all.push_back(fetch.get());
    for (auto* fetch : all)
        fetch->halt();
}

void Worker::leave(int code) {
    if (auto exit = std::exchange(exit_, nullptr)) exit(code);
}

} // namespace haulier::transfer
