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
constexpr uint32_t LockTries = 100;

} // namespace

Trouble check_reply_name(const std::string& directory, const std::string& name, const Inode& source) {
    auto opened = Directory::open(directory);
    if (auto* failure = std::get_if<Failure>(&opened)) return std::move(*failure);
    const auto& place = std::get<Directory>(opened);
    struct stat st {};
    if (fstatat(place.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0) return {};
    auto what = inode_of(st) == source ? "the file that is sent" : irreplaceable(place, name);
    if (what.empty()) return {};
    return Failure{.cause = wire::LOCAL_FILE,
                   .message = fmt::format("“{}” in “{}” is {}; the reply cannot replace it. Choose another "
                                          "ReplyFileName.",
                                          name, directory, what)};
}

ReplyFile::ReplyFile(Loop& loop, DiskThread& disk, Sink::Rhythm rhythm, Events events)
    : loop_(loop), disk_(disk), rhythm_(rhythm), events_(std::move(events)) {}

void ReplyFile::close() {
    retry_.reset();
    if (part_) part_->unlock();
}

void ReplyFile::open(const std::string& directory, const std::string& temporary) {
    if (!is_temporary_name(temporary))
        return events_.open(Failure{.message = "The temporary file has an impossible name."});
    take(directory, temporary);
}

/// The lock may still be with a worker that is about to die.
void ReplyFile::take(const std::string& directory, const std::string& temporary) {
    auto opened = Directory::open(directory);
    if (auto* failure = std::get_if<Failure>(&opened)) return events_.open(std::move(*failure));
    auto part = PartFile::open(std::get<Directory>(std::move(opened)), temporary);
    if (auto* failure = std::get_if<Failure>(&part)) return events_.open(std::move(*failure));
    if (!std::get<PartFile>(part).lock()) {
        if (++tries_ > LockTries)
            return events_.open(
                Failure{.cause = wire::FILE_BUSY,
                        .message = fmt::format("Another process still writes the temporary file in “{}”.",
                                               directory)});
        retry_ = loop_.after(LockRetry, [this, directory, temporary] { take(directory, temporary); });
        return;
    }
    part_ = std::make_shared<PartFile>(std::get<PartFile>(std::move(part)));
    // What of a reply is durable is no one's concern before all of it is.
    sink_ = std::make_unique<Sink>(
        loop_, disk_, part_, rhythm_,
        Sink::Events{.durable = [](uint64_t) {}, .room = events_.room, .broken = events_.broken});
    events_.open({});
}

void ReplyFile::begin(std::optional<uint64_t> size) {
    begun_ = true;
    expected_ = size;
    sink_->begin(0, size);
}

void ReplyFile::flush(std::function<void(Trouble)> done) {
    if (!begun_) begin(0);
    sink_->flush(std::move(done));
}

} // namespace haulier::transfer
