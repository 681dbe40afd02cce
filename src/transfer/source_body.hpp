// SPDX-License-Identifier: LGPL-2.1-or-later
// A part of a local file as the content of a request. It is read in the disk pool, one piece ahead, because a
// file system may not respond. Each piece is checked: the file must still have its stamp, so that no server
// gets a complete file that is a mixture of two versions.
#pragma once

#include "transfer/disk_pool.hpp"
#include "transfer/http_request.hpp"
#include "transfer/source_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace haulier::transfer {

class SourceBody final : public RequestBody {
public:
    struct Source {
        std::shared_ptr<const SourceFile> file;
        Lane lane;
        Stamp stamp;
    };
    struct Events {
        std::function<void()> read;     ///< bytes were passed on
        std::function<void()> readable; ///< after Pause: there are bytes again, or reading failed
    };
    /// The bytes from `from` up to `end`.
    SourceBody(DiskPool& disk, Source source, uint64_t from, uint64_t end, Events events);

    [[nodiscard]] uint64_t size() const noexcept override { return end_ - from_; }
    size_t read(char* into, size_t most) noexcept override;
    bool rewind() noexcept override;

    [[nodiscard]] bool all_read() const { return position_ == end_; }
    /// Why reading was aborted; success if it was not.
    [[nodiscard]] const Status& status() const { return status_; }

private:
    using Piece = Result<std::string, Failure>;
    void begin_at(uint64_t position);
    void read_ahead();
    void piece_read(std::optional<Piece> piece);

    DiskPool& disk_;
    Source source_;
    uint64_t from_;
    uint64_t end_;
    Events events_;
    uint64_t position_ = 0; ///< of the next byte to pass on
    uint64_t ahead_ = 0;    ///< of the next byte to read
    std::string piece_;     ///< the bytes before `ahead_` that are not passed on yet
    size_t used_ = 0;       ///< bytes of it that were
    bool reading_ = false;
    bool paused_ = false;
    Status status_ = Done{};
    std::shared_ptr<SourceBody*> self_; ///< replaced by rewind(), expires with this object
};

} // namespace haulier::transfer
