// SPDX-License-Identifier: LGPL-2.1-or-later
// Compares what a connection receives with what comes of it. A server can send without end what is no
// content: empty frames, chunk extensions, control messages. libcurl does not show it, but the kernel counts
// it.
#pragma once

#include "base/clock.hpp"

#include <atomic>
#include <cstdint>
#include <optional>

namespace haulier::transfer {

class Traffic {
public:
    /// Bytes of heads and contents, of all exchanges on the connection.
    void deliver(uint64_t bytes) { delivered_ += bytes; }
    /// `received` is what the process has read from the connection in all.
    void count(uint64_t received);
    [[nodiscard]] bool is_excessive() const { return credit_ < 0; }
    /// The connection was shut down because it kept the event loop busy. May be called by any thread.
    void cut_off() { cut_off_ = true; }
    [[nodiscard]] bool is_cut_off() const { return cut_off_; }
    /// A good part of what may be wasted was wasted.
    [[nodiscard]] bool is_wasteful() const;

    /// Bytes of the connection `socket` since the last call that count for its limits: those that were read.
    /// For a new connection, all bytes that the kernel has received count, because they arrived unrequested.
    [[nodiscard]] uint64_t take_uncharged(int socket);
    [[nodiscard]] bool is_charged() const { return charged_.has_value(); }
    /// Bytes that the connection has received so far do not count.
    void was_unlimited();

private:
    /// More than libcurl keeps of a stream that is paused.
    static constexpr int64_t MaxCredit = 16 * 1024 * 1024;

    std::atomic<bool> cut_off_ = false;
    bool begun_ = false;
    uint64_t received_ = 0;
    uint64_t delivered_ = 0; ///< since the last count
    int64_t credit_ = MaxCredit;
    bool is_new_ = true;
    std::optional<uint64_t> charged_; ///< bytes that have counted for the limits
};

/// The TCP connection `socket`: bytes that the process has read from it, or 0 if the kernel does not say.
uint64_t bytes_read(int socket);
/// Bytes that it has received and that the process has not read yet.
uint64_t bytes_unread(int socket);
/// A receive window with which the peer cannot send much more than may be read at a certain rate.
struct HeldWindow {
    uint64_t bytes = 0;
    std::optional<uint64_t> buffer; ///< for limit_buffer()
};
/// Returns nothing if the kernel provides too little data, or if the connection is not established.
std::optional<HeldWindow> window_for(int socket, uint64_t bytes_per_second);
/// Keeps its receive window below `bytes`, or lets it grow again. An older kernel forgets this when its
/// buffer grows, so the call has to be repeated. The connection must be established; otherwise this would
/// decide the largest window that the connection can ever have.
void clamp_window(int socket, std::optional<uint64_t> bytes);
/// Limits what the kernel receives for a connection that is not being read; nothing = the kernel decides. A
/// buffer becomes smaller in steps, so the call has to be repeated.
void limit_buffer(int socket, std::optional<uint64_t> bytes);
/// The same before the connection is established, so that the peer sends no more at first.
void limit_first_buffer(int socket, uint64_t bytes);
/// The receive window of each of this many connections that together may transfer at this rate, before their
/// round trips are known.
uint64_t first_window_for(uint64_t bytes_per_second, size_t connections);
/// Which buffer of a socket keeps its size. The values are those of the kernel.
enum class Buffer { Sending = 1, Receiving = 2 };
/// Whether that buffer is kept, or may grow by itself; the other one stays as it is. Since Linux 5.14.
void keep_buffer(int socket, Buffer buffer, bool keep);
/// Bytes that were written to it and that the peer has not acknowledged.
uint64_t bytes_unacknowledged(int socket);

} // namespace haulier::transfer
