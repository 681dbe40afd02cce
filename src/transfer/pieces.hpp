// SPDX-License-Identifier: LGPL-2.1-or-later
// The connections that fetch parts of one file, beside the first one, which belongs to Fetch and is counted
// here. When one of them ends, another one begins, until no further request is worthwhile. A server that
// refuses, or sends another version, gets no further request.
#pragma once

#include "base/event.hpp"
#include "transfer/byte_ranges.hpp"
#include "transfer/piece.hpp"
#include "transfer/piece_plan.hpp"
#include "transfer/sink.hpp"
#include "transfer/worker_context.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

/// Where a file may be fetched from.
struct PieceSource {
    std::string url;
    wire::Http http;
};

class Pieces final : private PieceOwner {
public:
    struct Plan {
        uint32_t connections = 1;         ///< at most so many, with the first one
        uint64_t total = 0;               ///< bytes of the file
        ResumeState version;              ///< what all parts must belong to; the offset does not matter
        std::vector<PieceSource> sources; ///< the first is that of the first connection
    };
    /// Called from the loop, and never from inside a response.
    struct Events {
        std::function<void()> idle;      ///< no connection is left, and none can be opened
        std::function<void()> cut_first; ///< others fetch all of what the first connection has still to fetch
        std::function<void()> progress;  ///< bytes have come over another connection than the first one
    };
    Pieces(WorkerContext& context, Plan plan, Sink& sink, ByteRanges received, Events events);
    ~Pieces() override;
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;

    // The first connection:
    /// The first connection has a response with these bytes.
    void first_begins(const ByteRange& response);
    [[nodiscard]] bool has_first() const { return first_.has_value(); }
    /// Bytes that the first connection has still to fetch.
    [[nodiscard]] uint64_t left_of_first() const { return first_ ? first_->left().size() : 0; }
    void first_received(uint64_t bytes);
    /// The first connection fetches nothing any more.
    void first_ended();
    /// The first connection has sent another request; no connection is opened before that is answered.
    void first_requests();

    /// The sink can be written to again.
    void resume();
    [[nodiscard]] bool has_others() const { return !pieces_.empty(); }
    [[nodiscard]] bool is_yielding() const;
    [[nodiscard]] const ByteRanges& received_ranges() const { return received_; }
    [[nodiscard]] bool is_complete() const { return received_.prefix() == plan_.total; }
    /// Another source than that of the first connection has sent bytes.
    [[nodiscard]] bool has_several_sources() const { return has_several_sources_; }

private:
    struct Server {
        std::string origin;
        uint32_t connections = 0;
        uint32_t most = 0;            ///< connections that it bears
        uint32_t losses = 0;          ///< in a row
        std::optional<uint64_t> rate; ///< of its last connection
    };
    struct Running {
        std::shared_ptr<Piece> piece;
        size_t source;
    };
    [[nodiscard]] bool is_full() const noexcept override { return sink_.full(); }
    void received(uint64_t at, std::string_view bytes) noexcept override;
    void ended(Piece& piece, PieceEnd end) override;
    void fill_soon();
    void fill();
    [[nodiscard]] bool open_one();
    [[nodiscard]] std::optional<size_t> next_source() const;
    [[nodiscard]] bool leaves_room(const Server& server) const;
    [[nodiscard]] bool may_continue() const;
    void count_extra(const Server& server, bool is_open);
    [[nodiscard]] std::vector<PieceInFlight> in_flight() const;
    void shorten(size_t index, uint64_t end);
    void lengthen_first();
    void open(size_t source, const ByteRange& range);
    void close(size_t index, PieceEnd end);
    void note_end(Server& server, PieceEnd end);
    [[nodiscard]] ResumeState version_for(size_t source) const;
    [[nodiscard]] size_t connections() const { return pieces_.size() + (first_ ? 1 : 0); }

    WorkerContext& context_;
    const Plan plan_;
    Sink& sink_;
    ByteRanges received_;
    Events events_;
    std::optional<Flow> first_;
    uint64_t end_of_first_ = 0; ///< of its response
    bool first_requests_ = false;
    bool has_several_sources_ = false;
    std::vector<Server> servers_; ///< of the sources
    std::vector<Running> pieces_;
    std::vector<std::shared_ptr<Piece>> ended_; ///< which may still be on the stack
    Source timer_;
};

} // namespace haulier::transfer
