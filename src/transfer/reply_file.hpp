// SPDX-License-Identifier: LGPL-2.1-or-later
// The temporary file for the content of the response to an upload. Content from an earlier attempt is
// discarded.
#pragma once

#include "base/event.hpp"
#include "transfer/disk_thread.hpp"
#include "transfer/part_file.hpp"
#include "transfer/sink.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

/// The reply may be given this name: it does not replace a directory or the file that is uploaded. LOCAL_FILE
/// otherwise.
Status check_reply_name(const std::string& directory, const std::string& name, const Inode& source);

class ReplyFile {
public:
    struct Events {
        std::function<void(const Status&)> opened; ///< the file is locked, or why it is not
        std::function<void()> writable;            ///< no longer full
        std::function<void(Failure)> failed;
    };
    ReplyFile(Loop& loop, DiskThread& disk, Sink::SyncInterval sync_interval, Events events);
    ~ReplyFile() { close(); }
    ReplyFile(const ReplyFile&) = delete;
    ReplyFile& operator=(const ReplyFile&) = delete;

    /// Events::opened is called, possibly before this returns.
    void open(const std::string& directory, const std::string& temporary);
    /// Unlocks the file. The last call; may be made from an event.
    void close();
    void begin(std::optional<uint64_t> size);
    [[nodiscard]] bool begun() const { return sink_ && sink_->begun(); }
    [[nodiscard]] bool full() const { return sink_->full(); }
    Status write(std::string_view bytes) { return sink_->write(bytes); }
    /// Bytes written.
    [[nodiscard]] uint64_t size() const { return sink_->written(); }
    /// The size passed to begin().
    [[nodiscard]] std::optional<uint64_t> expected() const { return expected_; }
    [[nodiscard]] Inode inode() const { return part_->inode(); }
    /// Makes the file durable. It is empty if begin() was not called.
    void flush(std::function<void(const Status&)> done);

private:
    void try_lock(const std::string& directory, const std::string& temporary);

    Loop& loop_;
    DiskThread& disk_;
    Sink::SyncInterval sync_interval_;
    Events events_;
    Source retry_;
    uint32_t attempts_ = 0;
    std::shared_ptr<PartFile> part_;
    std::unique_ptr<Sink> sink_;
    std::optional<uint64_t> expected_;
};

} // namespace haulier::transfer
