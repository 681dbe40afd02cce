// SPDX-License-Identifier: LGPL-2.1-or-later
// The temporary file for the content of the response to an upload. Content from an earlier attempt is
// discarded.
#pragma once

#include "base/event.hpp"
#include "transfer/disk_pool.hpp"
#include "transfer/part_file.hpp"
#include "transfer/sink.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

class ReplyFile {
public:
    struct Events {
        std::function<void(const Status&)> opened; ///< the file is locked, or why it is not
        std::function<void()> writable;            ///< no longer full
        std::function<void(Failure)> failed;
    };
    ReplyFile(Loop& loop, DiskPool& disk, Sink::SyncInterval sync_interval, uint64_t keep_free,
              Events events);
    ~ReplyFile();
    ReplyFile(const ReplyFile&) = delete;
    ReplyFile& operator=(const ReplyFile&) = delete;

    struct Place {
        std::string directory;
        std::string temporary;
        std::string name; ///< the final one
        Inode source;     ///< of the file that is uploaded
        std::string root; ///< of the directory
    };
    /// Events::opened is called later. It fails if the reply cannot have that name, or would replace the
    /// source.
    void open(Place place);
    /// Unlocks the file. The last call; may be made from an event.
    void close();
    void begin(std::optional<uint64_t> size);
    [[nodiscard]] bool begun() const { return sink_ && sink_->begun(); }
    [[nodiscard]] bool full() const { return sink_->full(); }
    void write(std::string_view bytes) { sink_->write(bytes); }
    /// Bytes written.
    [[nodiscard]] uint64_t size() const { return sink_->written(); }
    /// The size passed to begin().
    [[nodiscard]] std::optional<uint64_t> expected() const { return expected_; }
    [[nodiscard]] Inode inode() const { return inode_; }
    /// Makes the file durable. It is empty if begin() was not called.
    void flush(std::function<void(const Status&)> done);

private:
    struct Opened;
    void try_lock();
    void opened(Result<Opened, Failure> result);

    Loop& loop_;
    DiskPool& disk_;
    Sink::SyncInterval sync_interval_;
    uint64_t keep_free_;
    Events events_;
    Place place_;
    Source retry_;
    uint32_t attempts_ = 0;
    std::shared_ptr<PartFile> part_;
    Inode inode_;
    std::unique_ptr<Sink> sink_;
    std::optional<uint64_t> expected_;
    std::shared_ptr<ReplyFile*> self_; ///< expires with this object, for a file that is opened late
};

} // namespace haulier::transfer
