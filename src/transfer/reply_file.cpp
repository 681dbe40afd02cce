// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/reply_file.hpp"

#include <chrono>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr Usec LockRetry = std::chrono::milliseconds{100};
constexpr uint32_t MaxLockAttempts = 100;

} // namespace

Status check_reply_name(const std::string& directory, const std::string& name, const Inode& source) {
    auto opened = Directory::open(directory);
    if (!opened) return opened.error();
    struct stat st {};
    if (fstatat(opened->fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0) return Done{};
    auto what = inode_of(st) == source ? "the file that is uploaded" : irreplaceable(*opened, name);
    if (what.empty()) return Done{};
    return Failure{.cause = wire::LOCAL_FILE,
                   .message = fmt::format("'{}' in '{}' is {}, the reply cannot replace it, another name is "
                                          "needed for the reply",
                                          name, directory, what)};
}

ReplyFile::ReplyFile(Loop& loop, DiskThread& disk, Sink::SyncInterval sync_interval, Events events)
    : loop_(loop), disk_(disk), sync_interval_(sync_interval), events_(std::move(events)) {}

void ReplyFile::close() {
    retry_.reset();
    if (part_) part_->unlock();
}

void ReplyFile::open(const std::string& directory, const std::string& temporary) {
    if (!is_temporary_name(temporary))
        return events_.opened(Failure{.message = "the name of the temporary file is invalid"});
    try_lock(directory, temporary);
}

/// A worker that is about to exit may still hold the lock.
void ReplyFile::try_lock(const std::string& directory, const std::string& temporary) {
    auto opened = Directory::open(directory);
    if (!opened) return events_.opened(opened.error());
    auto part = PartFile::open(*std::move(opened), temporary);
    if (!part) return events_.opened(part.error());
    if (!part->lock()) {
        if (++attempts_ > MaxLockAttempts)
            return events_.opened(
                Failure{.cause = wire::FILE_BUSY,
                        .message = fmt::format("another process is still writing the temporary file in '{}'",
                                               directory)});
        retry_ = loop_.after(LockRetry, [this, directory, temporary] { try_lock(directory, temporary); });
        return;
    }
    part_ = std::make_shared<PartFile>(*std::move(part));
    // A reply is received again from its beginning, so it does not matter which part of it is durable.
    sink_ = std::make_unique<Sink>(
        loop_, disk_, part_, sync_interval_,
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
