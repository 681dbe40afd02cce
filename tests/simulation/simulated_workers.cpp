// SPDX-License-Identifier: LGPL-2.1-or-later
#include "simulated_workers.hpp"

#include "job/mirrors.hpp"
#include "job/retry.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <utility>

namespace haulier::simulation {

using daemon::Ticket;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr uint64_t UploadSize = 5000;

std::string path_of(const std::string& directory, const std::string& name) {
    return directory + "/" + name;
}

uint64_t length_of(const std::vector<job::Segment>& segments, uint64_t size) {
    uint64_t sum = 0;
    for (const auto& segment : segments)
        sum += std::min(segment.length, size - std::min(size, segment.remote));
    return sum;
}

/// A server answers 416.
bool is_beyond(const std::vector<job::Segment>& segments, uint64_t size) {
    return std::any_of(segments.begin(), segments.end(), [&](const job::Segment& segment) {
        return segment.remote > 0 && segment.remote >= size;
    });
}

std::string etag_of(uint32_t version) {
    return fmt::format("\"{}\"", version);
}

job::Failure failure_of(job::Cause cause, int code, const std::string& message) {
    job::Failure failure;
    failure.error = {cause, code, message, job::NoFile};
    failure.fatal = job::is_fatal(cause, code);
    return failure;
}

Error no_folder() {
    return {Errc::LocalFile, "the folder is read-only"};
}

} // namespace

// ---- orders ----

Ticket SimulatedWorkers::fetch(uint32_t owner, const daemon::FetchOrder& order) {
    Transfer transfer;
    transfer.owner = owner;
    transfer.job = order.job;
    transfer.index = order.index;
    transfer.file = order.file;
    transfer.url = job::url_of(order.file);
    transfer.path =
        path_of(job::directory_of(order.file.spec.local), job::temporary_name(order.job, order.index));
    transfer.moved = order.offset;
    transfer.size_limit = order.size_limit;
    transfer.sparse = order.sparse;
    transfer.checkpoints = !order.no_checkpoints;
    transfer.segments = order.segments;
    return start(std::move(transfer));
}

Ticket SimulatedWorkers::upload(uint32_t owner, const daemon::UploadOrder& order) {
    Transfer transfer;
    transfer.owner = owner;
    transfer.file = order.file;
    transfer.url = job::url_of(order.file);
    transfer.checkpoints = false;
    return start(std::move(transfer));
}

Ticket SimulatedWorkers::start(Transfer transfer) {
    auto ticket = ++last_ticket_;
    if (!world_.acts()) return ticket;
    watch_.ordered(transfer);
    transfers_.emplace(ticket, std::move(transfer));
    step_later(ticket);
    return ticket;
}

/// The worker hears of it a moment later, and may have finished by then.
void SimulatedWorkers::halt(uint32_t, Ticket ticket) {
    auto found = transfers_.find(ticket);
    if (!world_.acts() || found == transfers_.end()) return;
    found->second.halting = true;
    world_.later(world_.dice.span(milliseconds{1}, seconds{3}), [this, ticket] {
        auto halted = transfers_.find(ticket);
        if (halted == transfers_.end()) return;
        if (halted->second.begun && !halted->second.waits && world_.dice.maybe(70))
            checkpoint(ticket, halted->second);
        transfers_.erase(ticket);
        events_->halted(ticket);
    });
}

void SimulatedWorkers::proceed(uint32_t, Ticket ticket) {
    auto found = transfers_.find(ticket);
    if (!world_.acts() || found == transfers_.end() || !found->second.waits) return;
    found->second.waits = false;
    create_file(found->second);
    step_later(ticket);
}

void SimulatedWorkers::die(uint32_t owner) {
    auto died_often = world_.dice.maybe(20);
    for (const auto& [ticket, transfer] : std::exchange(transfers_, {})) {
        if (transfer.owner != owner) {
            transfers_.emplace(ticket, transfer);
            continue;
        }
        world_.later(milliseconds{1}, [this, ticket = ticket, died_often] {
            if (died_often)
                events_->failed(ticket,
                                failure_of(job::Cause::WorkerLost, 0, "the worker died again and again"));
            else
                events_->halted(ticket);
        });
    }
}

// ---- transfers ----

RemoteFile& SimulatedWorkers::remote(const Transfer& transfer) {
    auto place = place_of(transfer.url);
    return world_.hosts[place.host].files[place.path];
}

bool SimulatedWorkers::is_active(const std::string& path) const {
    return std::any_of(transfers_.begin(), transfers_.end(),
                       [&](const auto& entry) { return entry.second.path == path; });
}

void SimulatedWorkers::step_later(Ticket ticket) {
    world_.later(world_.dice.span(milliseconds{1}, seconds{20}), [this, ticket] { step(ticket); });
}

void SimulatedWorkers::step(Ticket ticket) {
    auto found = transfers_.find(ticket);
    if (found == transfers_.end() || found->second.waits) return;
    auto& transfer = found->second;
    if (fail_by_server(ticket, transfer)) return;
    if (world_.disk_is_full && transfer.job != job::Id{}) {
        auto failure = failure_of(job::Cause::DiskFull, 28, "no space is left");
        failure.fatal = false;
        failure.storage = true;
        return fail(ticket, failure);
    }
    if (!transfer.begun) return begin(ticket, transfer);
    if (transfer.moved >= transfer.length) return finish(ticket, transfer);
    if (world_.dice.maybe(5)) return fail(ticket, some_failure());
    move(ticket, transfer);
}

bool SimulatedWorkers::fail_by_server(Ticket ticket, Transfer& transfer) {
    auto& host = world_.hosts[place_of(transfer.url).host];
    switch (host.state) {
    case HostState::Serves: return false;
    case HostState::IsDown:
        fail(ticket, failure_of(transfer.begun ? job::Cause::ConnectionLost : job::Cause::ConnectFailure, 7,
                                "the host is down"));
        return true;
    case HostState::IsOverloaded: {
        if (transfer.begun) return false;
        auto failure = failure_of(job::Cause::HttpStatus, 503, "the server answered 503");
        failure.retry_after = host.retry_after;
        failure.origin = "http://" + place_of(transfer.url).host;
        fail(ticket, failure);
        return true;
    }
    case HostState::HasNothing:
        if (transfer.begun) return false;
        if (world_.dice.maybe(50))
            fail(ticket, failure_of(job::Cause::HttpStatus, 404, "the server answered 404"));
        else
            fail(ticket, failure_of(job::Cause::HttpStatus, 410, "the server answered 410"));
        return true;
    }
    return false;
}

job::Failure SimulatedWorkers::some_failure() {
    switch (world_.dice.below(5)) {
    case 0: return failure_of(job::Cause::HttpStatus, 502, "the server answered 502");
    case 1: return failure_of(job::Cause::InvalidResponse, 0, "the answer makes no sense");
    case 2: {
        auto failure = failure_of(job::Cause::ChecksumMismatch, 0, "the checksum is wrong");
        failure.void_offset = true;
        return failure;
    }
    default: return failure_of(job::Cause::ConnectionLost, 0, "the connection was lost");
    }
}

/// Over whatever is there.
void SimulatedWorkers::create_file(const Transfer& transfer) {
    world_.renamed.erase(transfer.path);
    world_.disk[transfer.path] = {transfer.url, transfer.version, 0, 0, false, ++world_.last_inode};
}

/// Bytes of another version than the server's are worthless; the worker writes over them when it is told to.
void SimulatedWorkers::begin(Ticket ticket, Transfer& transfer) {
    const auto& remote_file = remote(transfer);
    job::Begun begun;
    begun.origin = "http://" + place_of(transfer.url).host;
    begun.folder = {1, 1};
    transfer.begun = true;
    if (transfer.job == job::Id{}) {
        transfer.length = UploadSize;
        begun.report.total = UploadSize;
        events_->begun(ticket, begun);
        return step_later(ticket);
    }
    if (is_beyond(transfer.segments, remote_file.size))
        return fail(ticket,
                    failure_of(job::Cause::InvalidRange, 416, "the range is beyond the end of the file"));
    bool is_conditional = transfer.moved == 0 && !transfer.file.spec.if_none_match.empty();
    if (is_conditional && world_.dice.maybe(50)) return finish_unmodified(ticket, transfer, begun);
    auto local = world_.disk.find(transfer.path);
    bool is_there = local != world_.disk.end();
    bool is_same =
        is_there && local->second.version == remote_file.version && local->second.url == transfer.url;
    bool has_bytes = transfer.moved > 0 || !transfer.file.filled.empty();
    if (!is_same) {
        transfer.moved = 0;
        begun.restarted = has_bytes;
    }
    transfer.length = length_of(transfer.segments, remote_file.size);
    transfer.moved = std::min(transfer.moved, transfer.length);
    transfer.version = remote_file.version;
    if (!is_same && !begun.restarted) create_file(transfer);
    begun.report = report_of(transfer, transfer.moved);
    transfer.waits = begun.restarted;
    events_->begun(ticket, begun);
    if (!begun.restarted) step_later(ticket);
}

job::Report SimulatedWorkers::report_of(const Transfer& transfer, uint64_t offset) {
    const auto& remote_file = remote(transfer);
    job::Report report;
    report.offset = offset;
    bool has_size = remote_file.has_size || transfer.sparse;
    report.total = has_size ? remote_file.size : job::UnknownSize;
    report.validators.etag = etag_of(transfer.version);
    if (transfer.job == job::Id{}) report.total = UploadSize;
    return report;
}

void SimulatedWorkers::move(Ticket ticket, Transfer& transfer) {
    auto left = transfer.length - transfer.moved;
    transfer.moved += world_.dice.maybe(50)
                          ? left
                          : 1 + static_cast<uint64_t>(world_.dice.below(static_cast<int64_t>(left)));
    if (transfer.moved > transfer.size_limit)
        return fail(ticket, failure_of(job::Cause::MaxDownloadSize, 0, "the file is too large"));
    auto& local = world_.disk[transfer.path];
    local.size = std::max(local.size, transfer.moved);
    events_->progress(ticket, {transfer.moved, {}});
    if (transfer.checkpoints && world_.dice.maybe(40)) checkpoint(ticket, transfer);
    step_later(ticket);
}

void SimulatedWorkers::checkpoint(Ticket ticket, Transfer& transfer) {
    if (!transfer.checkpoints) return;
    auto& local = world_.disk[transfer.path];
    local.durable = std::max(local.durable, transfer.moved);
    events_->checkpointed(ticket, report_of(transfer, transfer.moved));
}

void SimulatedWorkers::finish(Ticket ticket, Transfer& transfer) {
    job::Fetched fetched;
    fetched.report = report_of(transfer, transfer.length);
    if (transfer.job != job::Id{}) {
        auto& local = world_.disk[transfer.path];
        local.durable = local.size = transfer.length;
        local.complete = true;
        fetched.inode = {1, local.inode};
    }
    transfers_.erase(ticket);
    events_->fetched(ticket, fetched);
}

/// It has opened the temporary file, and leaves it empty.
void SimulatedWorkers::finish_unmodified(Ticket ticket, const Transfer& transfer, const job::Begun& begun) {
    create_file(transfer);
    job::Fetched fetched;
    fetched.not_modified = true;
    events_->begun(ticket, begun);
    transfers_.erase(ticket);
    events_->fetched(ticket, fetched);
}

void SimulatedWorkers::fail(Ticket ticket, const job::Failure& failure) {
    auto transfer = std::move(transfers_.at(ticket));
    transfers_.erase(ticket);
    watch_.failed(transfer, failure);
    events_->failed(ticket, failure);
}

// ---- requests ----

void SimulatedWorkers::request(std::function<Status()> execute, Callback<Done> done) {
    if (!world_.acts()) return;
    ++open_requests_;
    auto delay = world_.dice.maybe(3) ? seconds{30} : world_.dice.span(milliseconds{1}, milliseconds{500});
    world_.later(delay, [this, execute = std::move(execute), done = std::move(done)] {
        auto status = execute();
        world_.later(world_.dice.span(milliseconds{1}, milliseconds{50}), [this, status, done] {
            --open_requests_;
            done(status);
            if (idle()) events_->on_idle();
        });
    });
}

void SimulatedWorkers::check(uint32_t, std::vector<daemon::CheckItem>, Callback<Done> done) {
    request(
        [this]() -> Status {
            if (world_.dice.maybe(5)) return Error{Errc::LocalFile, "no file can be created there"};
            return Done{};
        },
        std::move(done));
}

void SimulatedWorkers::check_storage(uint32_t, const daemon::StorageQuestion&, Callback<Done> done) {
    world_.note([] { return "is there room?"; });
    request(
        [this]() -> Status {
            if (world_.disk_is_full) return Error{Errc::LocalFile, "no space is left"};
            return Done{};
        },
        std::move(done));
}

void SimulatedWorkers::publish(uint32_t, const daemon::PublishOrder& order, Callback<std::string> done) {
    world_.note([&] {
        return fmt::format("{} publish {} as {}", order.job.hex.substr(0, 8), order.index,
                           order.file.spec.local);
    });
    request([this, order] { return give_name(order); },
            [done](const Status& status) {
                if (!status) return done(status.error());
                done(std::string{});
            });
}

Status SimulatedWorkers::give_name(const daemon::PublishOrder& order) {
    const auto& local = order.file.spec.local;
    auto path = path_of(job::directory_of(local), job::temporary_name(order.job, order.index));
    if (is_active(path)) world_.fault("file " + path + " is given its name while it is fetched");
    auto temporary = world_.disk.find(path);
    if (temporary == world_.disk.end()) {
        auto named = world_.disk.find(local);
        bool was_named = named != world_.disk.end() && named->second.inode == order.file.inode.number;
        if (was_named) return Done{};
        return Error{Errc::LocalFile, "the temporary file is gone"};
    }
    if (!temporary->second.complete)
        world_.fault("file " + path + " is given its name before it is complete");
    if (world_.folder_is_read_only) return no_folder();
    world_.renamed.insert(path);
    world_.disk[local] = temporary->second;
    world_.disk.erase(path);
    return Done{};
}

void SimulatedWorkers::discard(uint32_t, const daemon::DiscardOrder& order, Callback<Done> done) {
    if (!world_.acts()) return;
    world_.note([&] { return "discard " + order.temporary; });
    ++open_requests_;
    remove_later(order, 5000, std::move(done));
}

/// A file that is being fetched is deleted when its transfer has been halted.
void SimulatedWorkers::remove_later(const daemon::DiscardOrder& order, int tries, Callback<Done> done) {
    world_.later(world_.dice.span(milliseconds{1}, milliseconds{200}), [=, this] {
        auto path = path_of(order.directory, order.temporary);
        if (is_active(path) && tries > 0) return remove_later(order, tries - 1, done);
        if (is_active(path)) world_.fault("file " + path + " is deleted while it is fetched");
        Status status = Done{};
        if (!world_.folder_is_read_only)
            world_.disk.erase(path);
        else if (world_.disk.contains(path)) {
            if (order.folder == job::Inode{}) world_.left_behind.insert(path);
            status = no_folder();
        }
        --open_requests_;
        done(status);
        if (idle()) events_->on_idle();
    });
}

} // namespace haulier::simulation
