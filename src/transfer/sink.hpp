// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes the bytes of one file and keeps track of how many of them are durable. Small pieces are gathered,
// and data is written and synced on the threads of the disk pool while more arrives and while it is synced.
// When as many bytes are not durable as may be lost, or too many wait in memory, the sink is full until the
// disk has caught up.
#pragma once

#include "base/event.hpp"
#include "transfer/byte_ranges.hpp"
#include "transfer/disk_pool.hpp"
#include "transfer/part_file.hpp"
#include "transfer/write_buffer.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
    /// `lane` orders all operations on the file, except that a sync runs while more is written.
    Sink(Loop& loop, DiskPool& disk, Lane lane, std::shared_ptr<PartFile> part, SyncInterval sync_interval,
         Events events);

    enum class Cache {
        Use,    ///< the file stays in the page cache, as far as there is room
        Bypass, ///< not that of a large file, if the file system can do without
    };
    /// Writing starts at `at`; what the file contains after that is discarded, and space for `total` bytes is
    /// reserved. The sink is full until that is done.
    void begin(uint64_t at, std::optional<uint64_t> total, Cache cache = Cache::Use);
    /// As above for a sparse file: it is made `total` bytes long and its content is discarded only with
    /// `anew`.
    void begin_sparse(uint64_t at, std::optional<uint64_t> total, bool anew);
    /// As begin() for a file that is written in several places: what is `present` is kept, and counts.
    void begin_pieces(const ByteRanges& present, std::optional<uint64_t> total);
    /// For an empty part file: nothing is written before all `total` bytes are here, or have to be durable.
    /// False if the file is too large for that.
    bool begin_small(uint64_t total);
    /// All that was passed to write(), if it need not be written by this sink, which must not be used any
    /// more.
    [[nodiscard]] std::optional<std::string> take_unwritten();
    [[nodiscard]] bool begun() const { return generation_ > 0; }
    /// Sets the offset in the file of the next byte; the counts are not affected.
    void move_to(uint64_t position);
    [[nodiscard]] bool full() const;
    /// A failure is reported later.
    void write(std::string_view bytes);
    /// As above, of a file that is written in several places.
    void write_at(uint64_t position, std::string_view bytes);
    /// The durable ranges of such a file.
    [[nodiscard]] const ByteRanges& durable_ranges() const { return durable_ranges_; }
    /// Bytes passed to write(), and those that were present before.
    [[nodiscard]] uint64_t written() const { return written_; }
    /// Makes everything written so far durable, even if nothing is new. The last call to a sink.
    void flush(std::function<void(const Status&)> done);

private:
    struct Written {
        Status status;
        WriteBuffer buffer; ///< to be reused
    };
    /// Bytes for another place than `position_`, or only the position of that place.
    struct Aside {
        uint64_t position = 0;
        WriteBuffer gathered{};
    };
    void prepare(uint64_t at, std::function<Status(PartFile&)> work);
    void switch_to(uint64_t position);
    void gather(std::string_view bytes);
    [[nodiscard]] size_t room();
    [[nodiscard]] bool is_enough() const;
    [[nodiscard]] WriteBuffer free_buffer();
    void write_all();
    void note_durable(uint64_t count);
    template <class Work, class Done>
    void run(const Lane& lane, Work work, Done done);
    void write_gathered();
    void wrote(uint64_t count, Written written);
    void sync();
    void sync_if_stored();
    void prepared(const Status& status);
    void synced(uint64_t upto, const Status& status);
    void sync_when_due();
    void fail(const Failure& failure);

    Loop& loop_;
    DiskPool& disk_;
    Lane lane_;
    Lane sync_lane_;
    std::shared_ptr<PartFile> part_;
    SyncInterval sync_interval_;
    Events events_;

    std::optional<uint64_t> small_total_; ///< nothing was given to a thread yet
    uint64_t position_ = 0; ///< offset in the file of the next byte; `written_` unless it was moved
    WriteBuffer gathered_;  ///< the bytes before `position_` that were not given to a thread yet
    bool uncached_ = false; ///< the file is written without the page cache
    std::vector<WriteBuffer> buffers_; ///< empty, to be reused
    std::vector<Aside> aside_;
    bool in_pieces_ = false;            ///< begun with begin_pieces()
    std::deque<ByteRange> handed_over_; ///< to a thread, in this order, and not known to be durable
    ByteRanges durable_ranges_;
    uint64_t written_ = 0;
    uint64_t stored_ = 0;            ///< bytes that are in the file
    std::optional<uint64_t> wanted_; ///< bytes that must be synced as soon as they are in the file
    uint64_t durable_ = 0;
    uint32_t generation_ = 0; ///< number of calls of begin(); completions of earlier ones are ignored
    bool preparing_ = false;
    bool syncing_ = false;
    bool flushed_ = false;                 ///< a sync began after flush()
    std::optional<Failure> write_failure_; ///< of writing the bytes after `stored_`
    Source timer_;
    std::function<void(const Status&)> flushing_;
    std::shared_ptr<Sink*> self_; ///< expires with this object, for completions that arrive late
};

} // namespace haulier::transfer
