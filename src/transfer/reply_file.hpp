// SPDX-License-Identifier: LGPL-2.1-or-later
// The temporary file for the body of the answer to an upload. Whatever it held before is of an answer that
// counts no more.
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

/// Nothing if a reply may get that name there: it must not replace a directory, nor the file that is sent.
Trouble check_reply_name(const std::string& directory, const std::string& name, const Inode& source);

class ReplyFile {
public:
    struct Events {
        std::function<void(Trouble)> open; ///< it is ours, or why not
        std::function<void()> room;        ///< no longer full
        std::function<void(Failure)> broken;
    };
    ReplyFile(Loop& loop, DiskThread& disk, Sink::Rhythm rhythm, Events events);
    ~ReplyFile() { close(); }
    ReplyFile(const ReplyFile&) = delete;
    ReplyFile& operator=(const ReplyFile&) = delete;

    /// Told by Events::open, perhaps before this returns.
    void open(const std::string& directory, const std::string& temporary);
    /// Lets others have it; the last thing done, also from inside an event.
    void close();
    void begin(std::optional<uint64_t> size);
    [[nodiscard]] bool begun() const { return begun_; }
    [[nodiscard]] bool full() const { return sink_->full(); }
    Trouble write(std::string_view bytes) { return sink_->write(bytes); }
    [[nodiscard]] uint64_t size() const { return sink_->written(); }
    /// As it was announced.
    [[nodiscard]] std::optional<uint64_t> expected() const { return expected_; }
    [[nodiscard]] Inode inode() const { return part_->inode(); }
    /// Makes it durable, empty if nothing was begun.
    void flush(std::function<void(Trouble)> done);

private:
    void take(const std::string& directory, const std::string& temporary);

    Loop& loop_;
    DiskThread& disk_;
    Sink::Rhythm rhythm_;
    Events events_;
    Source retry_;
    uint32_t tries_ = 0;
    std::shared_ptr<PartFile> part_;
    std::unique_ptr<Sink> sink_;
    bool begun_ = false;
    std::optional<uint64_t> expected_;
};

} // namespace haulier::transfer
