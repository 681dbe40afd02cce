// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/convert.hpp"

#include "base/version.hpp"
#include "transfer/http_date.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace haulier::transfer {

namespace {

constexpr uint64_t CheckpointBytes = 32 * 1024 * 1024;
constexpr uint32_t CheckpointMs = 5000;
constexpr uint32_t TimeoutSeconds = 60;
constexpr uint32_t ConnectionsPerHost = 6;
constexpr uint32_t ProgressMs = 500;

template <class T>
T or_default(T value, T fallback) {
    return value == 0 ? fallback : value;
}

} // namespace

Identity from_wire(const wire::Identity& message) {
    Identity identity{.etag = parse_strong_etag(message.etag()).value_or(""),
                      .last_modified = message.last_modified(),
                      .date_is_strong = message.date_is_strong(),
                      .content_type = message.content_type()};
    if (message.size_known()) identity.size = message.size();
    return identity;
}

void to_wire(const ByteRanges& durable, wire::Checkpoint& message) {
    if (durable.is_prefix()) return;
    for (const auto& range : durable.all()) {
        auto* piece = message.add_pieces();
        piece->set_begin(range.begin);
        piece->set_end(range.end);
    }
}

void to_wire(const Identity& identity, wire::Identity& message) {
    message.set_etag(identity.etag);
    message.set_last_modified(identity.last_modified);
    message.set_date_is_strong(identity.date_is_strong);
    message.set_size_known(identity.size.has_value());
    message.set_size(identity.size.value_or(0));
    message.set_content_type(identity.content_type);
}

namespace {

Layout layout_of(const wire::Fetch& message) {
    if (message.segments().empty() && !message.sparse()) return {};
    std::vector<Segment> segments;
    for (const auto& segment : message.segments())
        segments.push_back({segment.remote(), segment.length(), segment.local()});
    return Layout{std::move(segments), message.sparse()};
}

ByteRanges pieces_of(const wire::Fetch& message) {
    ByteRanges pieces;
    for (const auto& piece : message.pieces())
        if (piece.begin() < piece.end()) pieces.add({piece.begin(), piece.end()});
    return pieces;
}

/// Mirrors are asked as the present source is, but have credentials of their own.
std::vector<PieceSource> mirrors_of(const wire::Fetch& message, const wire::Http& http) {
    std::vector<PieceSource> mirrors;
    for (const auto& mirror : message.mirrors()) {
        PieceSource source{mirror.url(), http};
        *source.http.mutable_credentials() = mirror.credentials();
        mirrors.push_back(std::move(source));
    }
    return mirrors;
}

std::vector<std::string> conditions_of(const wire::Fetch& message) {
    std::vector<std::string> lines;
    if (!message.if_none_match().empty()) lines.push_back("If-None-Match: " + message.if_none_match());
    if (message.if_modified_since_s() != 0)
        lines.push_back("If-Modified-Since: " +
                        http_date(static_cast<int64_t>(message.if_modified_since_s())));
    return lines;
}

} // namespace

FetchOrder from_wire(wire::Fetch&& message) {
    Place target{message.directory(), message.root()};
    auto part = part_place(message);
    FetchOrder order{.ticket = message.ticket(),
                     .url = std::move(*message.mutable_url()),
                     .directory = std::move(part.path),
                     .temporary = std::move(*message.mutable_temporary()),
                     .offset = message.offset(),
                     .pieces = pieces_of(message),
                     .identity = from_wire(message.identity()),
                     .digest = message.digest().kind(),
                     .digest_hex = message.digest().hex(),
                     .layout = layout_of(message),
                     .sparse = message.sparse(),
                     .from_zero = message.from_zero(),
                     .no_checkpoints = message.no_checkpoints(),
                     .http = std::move(*message.mutable_http()),
                     .folder = from_wire(message.folder()),
                     .other_folder = message.other_folder(),
                     .has_other_sources = message.has_other_sources(),
                     .may_be_mixed = message.may_be_mixed(),
                     .if_range_broken = message.if_range_broken(),
                     .server_name = message.server_name(),
                     .keep_existing = message.keep_existing(),
                     .name = message.name(),
                     .permissions = permissions_in(message),
                     .root = std::move(part.root),
                     .target = std::move(target),
                     .connections = std::max(message.connections(), 1U),
                     .split_from = message.split_from()};
    order.conditions = conditions_of(message);
    order.mirrors = mirrors_of(message, order.http);
    if (message.expected_size_known()) order.expected_size = message.expected_size();
    if (message.size_limit_known()) order.size_limit = message.size_limit();
    return order;
}

TransferSettings transfer_settings(const wire::Settings& message) {
    return {.sync_interval = {.bytes = or_default(message.checkpoint_bytes(), CheckpointBytes),
                              .time = std::chrono::milliseconds{or_default(message.checkpoint_ms(),
                                                                           CheckpointMs)}},
            .progress = std::chrono::milliseconds{or_default(message.progress_ms(), ProgressMs)},
            .connections_per_host = or_default(message.connections_per_host(), ConnectionsPerHost),
            .minimum_rate = message.minimum_rate(),
            .keep_free = message.keep_free(),
            .yields = message.yields()};
}

NetworkSettings network_settings(const wire::Settings& message) {
    return {.connect_timeout_s = or_default(message.connect_timeout_s(), TimeoutSeconds),
            .stall_timeout_s = or_default(message.stall_timeout_s(), TimeoutSeconds),
            .user_agent = message.user_agent().empty() ? "haulier/" HAULIER_VERSION : message.user_agent()};
}

void to_wire(const Failure& failure, wire::Failed& message) {
    message.set_cause(failure.cause);
    message.set_code(failure.code);
    message.set_message(failure.message);
    message.set_retry_after_s(failure.retry_after_s);
    message.set_void_offset(failure.void_offset);
    message.set_remote(failure.remote);
    message.set_by_proxy(failure.by_proxy);
    message.set_is_final(failure.is_final);
    message.set_is_transient(failure.is_transient);
    message.set_storage(failure.storage);
    message.set_clock(failure.clock);
    message.set_http1_next(failure.http1_next);
    message.set_name_taken(failure.name_taken);
}

Inode from_wire(const wire::Inode& message) {
    return {message.device(), message.number()};
}

void to_wire(const Inode& inode, wire::Inode& message) {
    message.set_device(inode.device);
    message.set_number(inode.number);
}

Stamp from_wire(const wire::Stamp& message) {
    return {from_wire(message.inode()), message.size(), message.modified_ns()};
}

void to_wire(const Stamp& stamp, wire::Stamp& message) {
    to_wire(stamp.inode, *message.mutable_inode());
    message.set_size(stamp.size);
    message.set_modified_ns(stamp.modified_ns);
}

} // namespace haulier::transfer
