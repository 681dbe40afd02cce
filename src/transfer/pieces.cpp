// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/pieces.hpp"

#include "transfer/url.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace haulier::transfer {

namespace {

using std::chrono::steady_clock;

/// How often a free connection checks whether another request has become worthwhile.
constexpr Usec FillInterval = std::chrono::milliseconds{500};
/// A server that breaks this many connections in a row gets no further one.
constexpr uint32_t MaxLosses = 3;

std::string origin_of(const PieceSource& source) {
    auto url = parse_url(source.url);
    return url ? url->origin() : std::string{};
}

} // namespace

Pieces::Pieces(WorkerContext& context, Plan plan, Sink& sink, ByteRanges received, Events events)
    : context_(context), plan_(std::move(plan)), sink_(sink), received_(std::move(received)),
      events_(std::move(events)) {
    for (const auto& source : plan_.sources) {
        auto origin = origin_of(source);
        bool bears_one = context_.refusing_hosts.refuses(origin, steady_clock::now());
        servers_.push_back(
            {.origin = std::move(origin), .most = bears_one ? 1 : context_.settings.connections_per_host});
    }
}

Pieces::~Pieces() {
    for (const auto& running : pieces_)
        count_extra(servers_[running.source], false);
}

// ---- the first connection ----

void Pieces::first_begins(const ByteRange& response) {
    first_requests_ = false;
    first_.emplace(response, steady_clock::now());
    end_of_first_ = response.end;
    servers_.front().connections += 1;
    lengthen_first();
    fill_soon();
}

/// The first connection may continue up to where others have fetched, or fetch now.
void Pieces::lengthen_first() {
    if (!first_) return;
    auto taken = received_;
    for (const auto& running : pieces_)
        taken.add(running.piece->flow().left());
    first_->end_at(taken.end_of_hole(first_->left().begin, end_of_first_));
}

void Pieces::first_received(uint64_t bytes) {
    auto at = first_->left().begin;
    received_.add({at, at + bytes});
    first_->received(bytes, steady_clock::now());
}

void Pieces::first_ended() {
    if (first_) {
        servers_.front().connections -= 1;
        servers_.front().rate = first_->rate(steady_clock::now());
        first_.reset();
    }
    fill_soon();
}

void Pieces::first_requests() {
    first_requests_ = true;
}

// ---- the others ----

void Pieces::received(uint64_t at, std::string_view bytes) noexcept {
    sink_.write_at(at, bytes);
    received_.add({at, at + bytes.size()});
    events_.progress();
}

/// A piece may end in this loop, so it works on a copy of the list.
void Pieces::resume() {
    auto all = pieces_;
    for (const auto& running : all)
        running.piece->resume();
}

bool Pieces::is_yielding() const {
    return std::any_of(pieces_.begin(), pieces_.end(),
                       [](const Running& running) { return running.piece->is_yielding(); });
}

void Pieces::ended(Piece& piece, PieceEnd end) {
    auto found = std::find_if(pieces_.begin(), pieces_.end(),
                              [&](const Running& running) { return running.piece.get() == &piece; });
    if (found == pieces_.end()) return;
    ended_.push_back(found->piece);
    close(static_cast<size_t>(found - pieces_.begin()), end);
    fill_soon();
}

void Pieces::close(size_t index, PieceEnd end) {
    auto& server = servers_[pieces_[index].source];
    const auto& flow = pieces_[index].piece->flow();
    server.connections -= 1;
    count_extra(server, false);
    if (auto rate = flow.rate(steady_clock::now()); rate && flow.received() > 0) server.rate = rate;
    pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(index));
    note_end(server, end);
}

/// A server to which we have other connections may allow no more than these.
void Pieces::note_end(Server& server, PieceEnd end) {
    switch (end) {
    case PieceEnd::Complete: server.losses = 0; return;
    case PieceEnd::Lost:
        if (++server.losses >= MaxLosses) server.most = 0;
        return;
    case PieceEnd::Refused:
        server.most = server.connections;
        if (server.connections > 0) context_.refusing_hosts.add(server.origin, steady_clock::now());
        return;
    case PieceEnd::Unusable: server.most = 0; return;
    }
}

void Pieces::fill_soon() {
    timer_ = context_.loop.defer([this] { fill(); });
}

void Pieces::fill() {
    timer_.reset();
    ended_.clear();
    if (first_requests_) return;
    lengthen_first();
    while (connections() < plan_.connections && open_one()) {
    }
    if (connections() == 0) {
        auto idle = events_.idle; // which may destroy this object
        return idle();
    }
    if (connections() < plan_.connections && may_continue())
        timer_ = context_.loop.after(FillInterval, [this] { fill(); });
}

bool Pieces::open_one() {
    auto source = next_source();
    if (!source) return false;
    auto next = next_piece(received_, plan_.total, in_flight(), servers_[*source].rate);
    if (!next) return false;
    if (next->from) shorten(*next->from, next->range.begin);
    open(*source, next->range);
    return true;
}

/// The one with the fewest connections.
std::optional<size_t> Pieces::next_source() const {
    std::optional<size_t> best;
    for (size_t i = 0; i < servers_.size(); ++i) {
        const auto& server = servers_[i];
        if (server.connections >= server.most || !leaves_room(server)) continue;
        if (!best || server.connections < servers_[*best].connections) best = i;
    }
    return best;
}

/// Half of the connections to a server remain for the first ones of files, which would otherwise wait until a
/// large file is complete.
bool Pieces::leaves_room(const Server& server) const {
    auto found = context_.extra_connections.find(server.origin);
    auto extra = found == context_.extra_connections.end() ? 0 : found->second;
    return extra < context_.settings.connections_per_host / 2;
}

/// As soon as other files use fewer connections, if not now.
bool Pieces::may_continue() const {
    return std::any_of(servers_.begin(), servers_.end(),
                       [](const Server& server) { return server.connections < server.most; });
}

void Pieces::count_extra(const Server& server, bool is_open) {
    auto& count = context_.extra_connections[server.origin];
    if (is_open)
        ++count;
    else
        --count;
    if (count == 0) context_.extra_connections.erase(server.origin);
}

/// The first connection is the last element.
std::vector<PieceInFlight> Pieces::in_flight() const {
    auto now = steady_clock::now();
    std::vector<PieceInFlight> all;
    for (const auto& running : pieces_)
        all.push_back({running.piece->flow().left(), running.piece->flow().rate(now)});
    if (first_) all.push_back({first_->left(), first_->rate(now)});
    return all;
}

void Pieces::shorten(size_t index, uint64_t end) {
    if (index == pieces_.size()) {
        first_->end_at(end);
        if (!first_->is_done()) return;
        first_ended();
        return events_.cut_first();
    }
    pieces_[index].piece->end_at(end);
    const auto& flow = pieces_[index].piece->flow();
    // A server that has not answered would otherwise get one request after the other.
    if (flow.is_done()) close(index, flow.received() > 0 ? PieceEnd::Complete : PieceEnd::Lost);
}

void Pieces::open(size_t source, const ByteRange& range) {
    const auto& from = plan_.sources[source];
    HttpRequest request{.url = from.url, .method = from.http.method(), .http = from.http};
    // Over HTTP/2 all requests would share one connection.
    if (plan_.connections > 1) request.http.set_http1(true);
    servers_[source].connections += 1;
    count_extra(servers_[source], true);
    has_several_sources_ = has_several_sources_ || source > 0;
    PieceOwner& owner = *this;
    pieces_.push_back(
        {std::make_shared<Piece>(context_.network, std::move(request), version_for(source), range, owner),
         source});
}

/// Servers may have different validators for the same bytes; then the checksum is the proof.
ResumeState Pieces::version_for(size_t source) const {
    auto version = plan_.version;
    if (source > 0 && version.digest)
        version.identity = {.size = version.identity.size, .content_type = version.identity.content_type};
    return version;
}

} // namespace haulier::transfer
