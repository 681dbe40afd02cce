// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/worker.hpp"

#include "base/log.hpp"
#include "transfer/check.hpp"
#include "transfer/convert.hpp"
#include "transfer/fetch.hpp"
#include "transfer/publish.hpp"
#include "transfer/read_piece.hpp"
#include "transfer/upload.hpp"

#include <string>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

namespace {

wire::Answer::Verdict to_wire(CallOutcome verdict) {
    switch (verdict) {
    case CallOutcome::Acknowledged: return wire::Answer::ACKNOWLEDGED;
    case CallOutcome::Refused: return wire::Answer::REFUSED;
    case CallOutcome::Gone: return wire::Answer::GONE;
    case CallOutcome::NoSuchObject: return wire::Answer::NO_SUCH_OBJECT;
    case CallOutcome::Unanswered: return wire::Answer::UNANSWERED;
    case CallOutcome::NoBus: return wire::Answer::NO_BUS;
    }
    return wire::Answer::UNANSWERED;
}

mode_t read_umask() {
    mode_t mask = umask(0);
    umask(mask);
    return mask;
}

} // namespace

Worker::Worker(Loop& loop, Fd socket, Ring ring, std::function<void(int)> exit)
    : loop_(loop), ring_(std::move(ring)), exit_(std::move(exit)), umask_(read_umask()),
      socket_(loop, std::move(socket),
              {.packet = [this](std::string_view bytes) { packet(bytes); }, .closed = [this] { leave(0); }}),
      disk_(loop), proxies_(disk_),
      curl_(loop), yard_{.loop = loop,
                         .disk = disk_,
                         .network = {loop, curl_, proxies_, {}},
                         .tell = [this](const wire::FromWorker& message) { tell(message); }} {
    wire::FromWorker ready;
    ready.mutable_ready()->set_protocol(wire::Protocol);
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
    case wire::ToWorker::kFetch: {
        uint64_t ticket = order.fetch().ticket();
        return launch(ticket, std::make_unique<Fetch>(yard_, from_wire(std::move(*order.mutable_fetch()))));
    }
    case wire::ToWorker::kHalt:
        if (auto found = flights_.find(order.halt().ticket()); found != flights_.end()) found->second->halt();
        return true;
    case wire::ToWorker::kProceed:
        if (auto found = flights_.find(order.proceed().ticket()); found != flights_.end())
            found->second->proceed();
        return true;
    case wire::ToWorker::kCheck: check(std::move(*order.mutable_check())); return true;
    case wire::ToWorker::kPublish:
        disk_.run([request = order.publish(), mask = umask_] { return publish(request, mask); },
                  [this, id = order.publish().request()](const Trouble& trouble) { answer(id, trouble); });
        return true;
    case wire::ToWorker::kDiscard:
        disk_.run([request = order.discard()] { return discard(request); },
                  [this, id = order.discard().request()](const Trouble& trouble) { answer(id, trouble); });
        return true;
    case wire::ToWorker::kUpload: {
        uint64_t ticket = order.upload().ticket();
        return launch(ticket, std::make_unique<Upload>(yard_, std::move(*order.mutable_upload())));
    }
    case wire::ToWorker::kRead:
        disk_.run([request = order.read()] { return read_piece(request); },
                  [this](wire::Answer&& piece) { answer(std::move(piece)); });
        return true;
    case wire::ToWorker::kAbandon: return abandon(std::move(*order.mutable_abandon()));
    case wire::ToWorker::kCall: call(order.call()); return true;
    case wire::ToWorker::kPing: answer(order.ping().request(), {}); return true;
    case wire::ToWorker::kSettings:
    case wire::ToWorker::KIND_NOT_SET: return false;
    }
    return false;
}

bool Worker::configure(const wire::Settings& settings) {
    yard_.settings = flight_settings(settings);
    yard_.network.settings = network_settings(settings);
    curl_.limit_connections(yard_.settings.connections_per_host);
    configured_ = true;
    return true;
}

bool Worker::launch(uint64_t ticket, std::unique_ptr<Flight> flight) {
    auto [entry, fresh] = flights_.emplace(ticket, std::move(flight));
    if (!fresh) return false;
    if (stopping_)
        entry->second->halt();
    else
        entry->second->start();
    return true;
}

void Worker::check(wire::Check&& request) {
    disk_.run([request = std::move(request)] { return transfer::check(request); },
              [this](wire::Answer&& found) { answer(std::move(found)); });
}

bool Worker::abandon(wire::Abandon&& order) {
    uint64_t request = order.request();
    auto done = [this, request] {
        drop_later(std::move(abandonments_.extract(request).mapped()));
        answer(request, {});
    };
    auto [entry, fresh] = abandonments_.try_emplace(request);
    if (fresh) entry->second = std::make_unique<Abandonment>(loop_, yard_.network, std::move(order), done);
    return fresh;
}

void Worker::call(const wire::Call& call) {
    ring_(call, [this, request = call.request()](CallOutcome verdict) {
        wire::Answer answer;
        answer.set_request(request);
        answer.set_verdict(to_wire(verdict));
        this->answer(std::move(answer));
    });
}

void Worker::answer(uint64_t request, const Trouble& trouble) {
    wire::Answer answer;
    answer.set_request(request);
    if (trouble) {
        answer.set_fault(wire::Answer::LOCAL_FILE);
        answer.set_message(trouble->message);
    }
    this->answer(std::move(answer));
}

void Worker::answer(wire::Answer&& answer) {
    wire::FromWorker message;
    *message.mutable_answer() = std::move(answer);
    send(message);
}

/// What flights say. Progress may be lost: a daemon that does not listen will not miss it.
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
    drop_later(std::move(flights_.extract(ticket).mapped()));
}

void Worker::drop_later(std::shared_ptr<void> ended) {
    ended_.push_back(std::move(ended));
    if (!undertaker_)
        undertaker_ = loop_.defer([this] {
            undertaker_.reset();
            ended_.clear();
            if (stopping_ && flights_.empty()) leave(0);
        });
}

void Worker::stop() {
    stopping_ = true;
    if (flights_.empty()) return leave(0);
    // A halt may end a flight at once and so change the table.
    std::vector<Flight*> all;
    for (const auto& [ticket, flight] : flights_)
        all.push_back(flight.get());
    for (auto* flight : all)
        flight->halt();
}

void Worker::leave(int code) {
    if (auto exit = std::exchange(exit_, nullptr)) exit(code);
}

} // namespace haulier::transfer
