// SPDX-License-Identifier: LGPL-2.1-or-later
// The outbox, the launches, the servers that rest, the holds, limits of users, and what could not be deleted.
#include "store/rows.hpp"

namespace haulier::store {

namespace {

/// In the place of an owner: all users.
constexpr int64_t AllOwners = -1;

std::string_view to_string(job::NotificationKind kind) {
    switch (kind) {
    case job::NotificationKind::Transferred: return "transferred";
    case job::NotificationKind::Error: return "error";
    case job::NotificationKind::FileTransferred: return "file-transferred";
    case job::NotificationKind::RemoteNameExpired: return "remote-name-expired";
    }
    return {};
}

std::optional<job::NotificationKind> parse_notification_kind(std::string_view word) {
    using Kind = job::NotificationKind;
    for (auto kind : {Kind::Transferred, Kind::Error, Kind::FileTransferred, Kind::RemoteNameExpired})
        if (to_string(kind) == word) return kind;
    return std::nullopt;
}

} // namespace

void bind_notification(BoundStatement& use, const job::Id& job, const job::Notification& notification) {
    use.text(job.hex).text(to_string(notification.kind));
    FileNumberCell::put(use, "file", notification.file);
}

Result<OutboxRow> read_outbox_row(BoundStatement& use) {
    Row row{use};
    OutboxRow out;
    out.row = row.integer(1, std::numeric_limits<int64_t>::max());
    out.job = row.id();
    out.owner = row.u32();
    out.notification.kind = row.parsed(parse_notification_kind);
    out.notification.file = row.number_of_file();
    return if_sound(row, std::move(out));
}

Result<Launches> read_launches(BoundStatement& use) {
    Row row{use};
    Launches launches;
    launches.owner = row.u32();
    launches.service = row.text();
    launches.count = row.u32();
    return if_sound(row, std::move(launches));
}

void bind_rest(BoundStatement& use, const Rest& rest) {
    use.integer(rest.host.owner).text(rest.host.server);
    Cell<WallTime>::put(use, "until", rest.until);
    use.text(to_string(rest.why.cause)).integer(rest.why.code).text(rest.why.message);
}

Result<Rest> read_rest(BoundStatement& use) {
    Row row{use};
    Rest rest;
    rest.host.owner = row.u32();
    rest.host.server = row.text();
    rest.until = row.date();
    rest.why.cause = row.parsed(job::parse_cause);
    rest.why.code = row.i32();
    rest.why.message = row.text();
    return if_sound(row, std::move(rest));
}

void bind_discard(BoundStatement& use, const Discard& discard) {
    use.integer(discard.owner).text(discard.directory).text(discard.temporary);
    Cell<uint64_t>::put(use, "folder_device", discard.folder.device);
    Cell<uint64_t>::put(use, "folder_inode", discard.folder.number);
    Cell<WallTime>::put(use, "since", discard.since);
    use.text(discard.root);
}

Result<Discard> read_discard(BoundStatement& use) {
    Row row{use};
    Discard discard;
    discard.owner = row.u32();
    discard.directory = row.text();
    discard.temporary = row.text();
    discard.folder.device = row.bits();
    discard.folder.number = row.bits();
    discard.since = row.date();
    discard.root = row.text();
    return if_sound(row, std::move(discard));
}

void bind_scope(BoundStatement& use, job::Scope scope) {
    use.integer(scope ? int64_t{*scope} : AllOwners);
}

Result<Hold> read_hold(BoundStatement& use) {
    Row row{use};
    Hold hold;
    auto owner = row.integer(AllOwners, MaxU32);
    if (owner != AllOwners) hold.scope = static_cast<uint32_t>(owner);
    hold.until = row.date();
    return if_sound(row, hold);
}

Result<UserLimit> read_user_limit(BoundStatement& use) {
    Row row{use};
    UserLimit limit;
    limit.owner = row.u32();
    limit.bandwidth = row.bits();
    return if_sound(row, limit);
}

} // namespace haulier::store
