// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/source_body.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr uint64_t PieceSize = 512 * 1024;
constexpr Usec ReadLimit = std::chrono::seconds{30};

Result<std::string, Failure> read_piece(const SourceFile& file, const Stamp& stamp, uint64_t at,
                                        size_t count) {
    std::string piece(count, '\0');
    if (auto ok = file.read(at, piece.data(), count); !ok && file.stamp() == stamp) return ok.error();
    // Checked after reading: bytes that were read before a change are of the old version.
    if (file.stamp() != stamp) return file.changed();
    return piece;
}

} // namespace

SourceBody::SourceBody(DiskPool& disk, Source source, uint64_t from, uint64_t end, Events events)
    : disk_(disk), source_(std::move(source)), from_(from), end_(end), events_(std::move(events)) {
    begin_at(from);
}

void SourceBody::begin_at(uint64_t position) {
    self_ = std::make_shared<SourceBody*>(this);
    position_ = ahead_ = position;
    piece_.clear();
    used_ = 0;
    reading_ = paused_ = false;
    read_ahead();
}

void SourceBody::read_ahead() {
    if (reading_ || ahead_ == end_ || !status_) return;
    reading_ = true;
    size_t count = std::min(PieceSize, end_ - ahead_);
    disk_.run_within(
        ReadLimit, source_.lane,
        [file = source_.file, stamp = source_.stamp, at = ahead_, count] {
            return read_piece(*file, stamp, at, count);
        },
        [self = std::weak_ptr{self_}](std::optional<Piece> piece) {
            if (auto body = self.lock()) (*body)->piece_read(std::move(piece));
        });
}

void SourceBody::piece_read(std::optional<Piece> piece) {
    reading_ = false;
    if (!piece)
        status_ = not_responding(source_.lane.path);
    else if (!*piece)
        status_ = piece->error();
    else {
        piece_.erase(0, std::exchange(used_, 0));
        ahead_ += (*piece)->size();
        piece_ += **piece;
    }
    if (std::exchange(paused_, false)) events_.readable();
}

size_t SourceBody::read(char* into, size_t most) noexcept {
    if (!status_) return Abort;
    size_t count = std::min(most, piece_.size() - used_);
    if (count == 0 && position_ < end_) {
        paused_ = true;
        read_ahead();
        return Pause;
    }
    std::memcpy(into, piece_.data() + used_, count);
    used_ += count;
    position_ += count;
    if (piece_.size() - used_ < PieceSize) read_ahead();
    events_.read();
    return count;
}

bool SourceBody::rewind() noexcept {
    begin_at(from_);
    return true;
}

} // namespace haulier::transfer
