// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes the bytes of one file and keeps track of how many of them are durable. Data is synced in the
// background while more arrives. When as many bytes are not durable as may be lost, the sink is full until
// the disk has caught up.
#pragma once

#include "base/event.hpp"
#include "transfer/disk_thread.hpp"
#include "transfer/part_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace haulier::transfer {

class Sink {
public:
    struct SyncInterval {
        uint64_t bytes = 0; ///< at most so many bytes are not durable
        Usec time{};        ///< and none for longer than this
        /// Syncs at the end only, for jobs that prefer a restart from zero to waiting for the disk.
        static SyncInterval never() { return {.bytes = ~uint64_t{0}, .time = Usec::max()}; }
    };
    /// Called from the loop, never from inside begin() or write().
    struct Events {
        std::function<void(uint64_t offset)> durable;
        std::function<void()> writable; ///< no longer full
        std::function<void(Failure)>
            failed; ///< the disk failed; only what was reported as durable can be relied on
    };
    Sink(Loop& loop, DiskThread& disk, std::shared_ptr<PartFile> part, SyncInterval sync_interval,
         Events events);

    /// Writing starts at `at`; what the file contains after that is discarded, and space for `total` bytes is
    /// reserved. The sink is full until that is done.
    void begin(uint64_t at, std::optional<uint64_t> total);
    /// As above for a sparse file: it is made `total` bytes long and its content is discarded only with
    /// `anew`.
    void begin_sparse(uint64_t at, std::optional<uint64_t> total, bool anew);
    [[nodiscard]] bool begun() const { return generation_ > 0; }
    /// Sets the offset in the file of the next byte; the counts are not affected.
    void move_to(uint64_t position) { position_ = position; }
    [[nodiscard]] bool full() const { return preparing_ || written_ - durable_ >= sync_interval_.bytes; }
    Status write(std::string_view bytes);
    /// Bytes written, including those before `at`.
    [[nodiscard]] uint64_t written() const { return written_; }
    /// Makes everything written so far durable, even if nothing is new. The last call to a sink.
    void flush(std::function<void(const Status&)> done);

private:
    void prepare(uint64_t at, std::function<Status(PartFile&)> work);
    void sync();
    void prepared(const Status& status);
    void synced(uint64_t upto, const Status& status);
    void sync_when_due();
    void fail(const Failure& failure);

    Loop& loop_;
    DiskThread& disk_;
    std::shared_ptr<PartFile> part_;
    SyncInterval sync_interval_;
    Events events_;

    uint64_t position_ = 0; ///< offset in the file of the next byte; `written_` unless it was moved
    uint64_t written_ = 0;
    uint64_t durable_ = 0;
    uint32_t generation_ = 0; ///< number of calls of begin(); completions of earlier ones are ignored
    bool preparing_ = false;
    bool syncing_ = false;
    bool flushed_ = false; ///< a sync began after flush()
    Source timer_;
    std::function<void(const Status&)> flushing_;
    std::shared_ptr<Sink*> self_; ///< expires with this object, for completions that arrive late
};

} // namespace haulier::transfer
