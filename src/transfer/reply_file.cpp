// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/reply_file.hpp"

#include <chrono>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

namespace {

Status check_reply_name(const Directory& directory, const std::string& name, const Inode& source) {
    struct stat st {};
    if (fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0) return Done{};
    auto what = inode_of(st) == source ? "the file that is uploaded" : irreplaceable(directory, name);
    if (what.empty()) return Done{};
    return Failure{.cause = wire::LOCAL_FILE,
                   .message = fmt::format("'{}' in '{}' is {}, the reply cannot replace it, another name is "
                                          "needed for the reply",
                                          name, directory.path(), what)};
}

} // namespace

/// Nothing if another process holds the lock.
struct ReplyFile::Opened {
    std::shared_ptr<PartFile> part;
    Inode inode;

    static Result<Opened, Failure> open(const Place& place, uint64_t keep_free) {
        auto directory = Directory::open({place.directory, place.root});
        if (!directory) return directory.error();
        if (auto ok = check_reply_name(*directory, place.name, place.source); !ok) return ok.error();
        auto part = PartFile::open(*std::move(directory), place.temporary, keep_free);
        if (!part) return part.error();
        auto shared = std::make_shared<PartFile>(*std::move(part));
        if (!shared->lock()) return Opened{};
        return Opened{shared, shared->inode()};
    }
};

ReplyFile::ReplyFile(Loop& loop, DiskPool& disk, Sink::SyncInterval sync_interval, uint64_t keep_free,
                     Events events)
    : loop_(loop), disk_(disk), sync_interval_(sync_interval), keep_free_(keep_free),
      events_(std::move(events)), self_(std::make_shared<ReplyFile*>(this)) {}

ReplyFile::~ReplyFile() {
    close();
    sink_.reset();
    if (part_) disk_.destroy({.path = place_.directory}, std::move(part_));
}

void ReplyFile::close() {
    retry_.reset();
    if (!part_) return;
    disk_.run(
        {.path = place_.directory},
        [part = part_] {
            part->unlock();
            return Done{};
        },
        [](Done) {});
}

void ReplyFile::open(Place place) {
    place_ = std::move(place);
    if (!is_temporary_name(place_.temporary))
        return events_.opened(Failure{.message = "the name of the temporary file is invalid"});
    try_lock();
}

void ReplyFile::try_lock() {
    retry_.reset();
    disk_.run_within(
        FileServerLimit, {.path = place_.directory},
        [place = place_, keep_free = keep_free_] { return Opened::open(place, keep_free); },
        [self = std::weak_ptr{self_}](std::optional<Result<Opened, Failure>> result) {
            auto reply = self.lock();
            if (!reply) return;
            (*reply)->opened(result ? *std::move(result) : not_responding((*reply)->place_.directory));
        });
}

/// A worker that is about to exit may still hold the lock.
void ReplyFile::opened(Result<Opened, Failure> result) {
    if (!result) return events_.opened(result.error());
    if (!result->part) {
        if (++attempts_ > MaxLockAttempts)
            return events_.opened(
                Failure{.cause = wire::FILE_BUSY,
                        .message = fmt::format("another process is still writing the temporary file in '{}'",
                                               place_.directory)});
        retry_ = loop_.after(LockRetry, [this] { try_lock(); });
        return;
    }
    part_ = result->part;
    inode_ = result->inode;
    // A reply is received again from its beginning, so it does not matter which part of it is durable.
    sink_ = std::make_unique<Sink>(
        loop_, disk_, Lane{.path = place_.directory}, part_, sync_interval_,
        Sink::Events{.durable = [](uint64_t) {}, .writable = events_.writable, .failed = events_.failed});
    events_.opened(Done{});
}

void ReplyFile::begin(std::optional<uint64_t> size) {
    expected_ = size;
    sink_->begin(0, size);
}

void ReplyFile::flush(std::function<void(const Status&)> done) {
    if (!begun()) begin(0);
    sink_->flush(std::move(done));
}

} // namespace haulier::transfer
