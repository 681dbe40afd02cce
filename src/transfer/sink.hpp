// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the bytes of one file go, and how many of them would survive a power cut. Data is synced in the
// background while more comes in; when as much is at risk as one checkpoint may cost, the sink is full until
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
    struct Rhythm {
        uint64_t bytes = 0; ///< at most so much is at risk
        Usec time{};        ///< nothing is at risk for longer
        /// For who would rather begin again than wait for a disk: nothing is synced before the end.
        static Rhythm never() { return {.bytes = ~uint64_t{0}, .time = Usec::max()}; }
    };
    /// Called from the loop, never from inside begin() or write().
    struct Events {
        std::function<void(uint64_t offset)> durable;
        std::function<void()> room;          ///< no longer full
        std::function<void(Failure)> broken; ///< the disk failed; nothing since the last `durable` counts
    };
    Sink(Loop& loop, DiskThread& disk, std::shared_ptr<PartFile> part, Rhythm rhythm, Events events);

    /// From now on bytes go to `at`; what the file held after that is gone. Full until that is done.
    void begin(uint64_t at, std::optional<uint64_t> total);
    /// As above, for a file with holes: it becomes `total` bytes long, and only with `anew` is what it held
    /// gone.
    void begin_sparse(uint64_t at, std::optional<uint64_t> total, bool anew);
    /// The next bytes go to this place of the file; all counts go on.
    void move_to(uint64_t place) { place_ = place; }
    [[nodiscard]] bool full() const { return preparing_ || written_ - durable_ >= rhythm_.bytes; }
    Trouble write(std::string_view bytes);
    [[nodiscard]] uint64_t written() const { return written_; }
    /// Makes everything written so far durable, also if it is nothing new. The last thing done with a sink.
    void flush(std::function<void(Trouble)> done);

private:
    void prepare(uint64_t at, std::function<Trouble(PartFile&)> work);
    void sync();
    void prepared(const Trouble& trouble);
    void synced(uint64_t upto, const Trouble& trouble);
    void sync_when_due();
    void give_up(const Failure& failure);

    Loop& loop_;
    DiskThread& disk_;
    std::shared_ptr<PartFile> part_;
    Rhythm rhythm_;
    Events events_;

    uint64_t place_ = 0; ///< in the file, of the next byte; `written_` unless it was moved
    uint64_t written_ = 0;
    uint64_t durable_ = 0;
    uint32_t life_ = 0; ///< counts begin(); what was synced for an earlier one is of no interest
    bool preparing_ = false;
    bool syncing_ = false;
    bool flushed_ = false; ///< a sync began after flush()
    Source clock_;
    std::function<void(Trouble)> flushing_;
    std::shared_ptr<Sink*> self_; ///< completions that come late see that it is gone
};

} // namespace haulier::transfer
