// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_orders.hpp"

#include "job/connections.hpp"
#include "job/credentials.hpp"
#include "job/file_state.hpp"
#include "job/mirrors.hpp"
#include "job/peers.hpp"
#include "job/url.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

/// In one order for a sparse file, which must fit into one packet.
constexpr size_t MaxHoles = 1000;

/// Returns nothing for jobs that are not confined.
std::optional<job::Place> confined_place(const job::Job& job, const std::string& local, job::Use use) {
    if (!job.grants) return std::nullopt;
    return job::place_in(job, job::directory_of(local), use);
}

/// Returns nothing if temporary files are beside their targets.
std::optional<job::Place> separate_place(const job::Job& job) {
    if (job.temporary_directory.empty()) return std::nullopt;
    return job::place_in(job, job.temporary_directory, job::Use::Write);
}

/// Replaces the path with the path outside the sandbox, and returns the root of its directory.
std::string confine_file(const job::Job& job, std::string& path) {
    if (!job.grants || path.empty()) return {};
    auto place = job::place_in(job, job::directory_of(path), job::Use::Read);
    path = place.directory + "/" + job::name_of(path);
    return place.root;
}

/// Which of the job's headers, passwords and certificates a server gets.
enum class Secrets {
    All,
    ItsOwn, ///< only what the client has given for this server alone, in a URL
    None,
};

/// A server that was chosen by another server, and not by the client, gets none.
Secrets secrets_of(const job::File& file, uint32_t source) {
    const auto& url = job::url_of(file, source);
    if (file.redirected_cross_origin) return Secrets::None;
    bool renewed = source == 0 && !file.secrets_for.empty();
    return renewed && !job::is_same_server(file.secrets_for, url) ? Secrets::ItsOwn : Secrets::All;
}

RequestOptions options_for(const job::Job& job, const std::string& url, Secrets secrets) {
    RequestOptions options{job.http, job.id.hex, job.priority != job::Priority::Foreground,
                           job.answer_timeout};
    auto& http = options.http;
    options.client_certificate_root = confine_file(job, http.client_certificate);
    options.client_key_root = confine_file(job, http.client_key);
    options.certificate_authority_root = confine_file(job, http.certificate_authority);
    http.credentials =
        secrets == Secrets::ItsOwn ? job::credentials_only_for(job, url) : job::credentials_for(job, url);
    if (secrets == Secrets::All) return options;
    http.headers.clear();
    http.client_certificate.clear();
    http.client_key.clear();
    if (secrets == Secrets::None)
        std::erase_if(http.credentials,
                      [](const auto& c) { return c.target == job::Credentials::Target::Server; });
    return options;
}

/// Peers are told nothing about the owner, and reached without a proxy.
RequestOptions options_for_peer(const job::Job& job) {
    RequestOptions options{{}, job.id.hex, job.priority != job::Priority::Foreground};
    options.peer = true;
    options.http.proxy.mode = job::Proxy::Mode::None;
    options.http.security.allow_https_to_http = true;
    return options;
}

size_t size_of(const MirrorOptions& mirror) {
    size_t size = mirror.url.size();
    for (const auto& known : mirror.credentials)
        size += known.user.size() + known.password.size();
    return size;
}

/// The other sources from which the file could be fetched: as many as may be used at a time and as fit into
/// one packet. They get the headers that the source of the order gets.
std::vector<MirrorOptions> mirrors_for(const job::Job& job, const job::File& file, uint32_t connections) {
    std::vector<MirrorOptions> mirrors;
    auto secrets = secrets_of(file, file.source);
    size_t room = MaxMirrorText;
    for (uint32_t i = 0; i < job::sources_of(file) && mirrors.size() + 1 < connections; ++i) {
        if (i == file.source || job::status_of(file, i).excluded || secrets_of(file, i) != secrets) continue;
        const auto& url = job::url_of(file, i);
        MirrorOptions mirror{url, options_for(job, url, secrets).http.credentials};
        auto size = size_of(mirror);
        if (size > room) continue;
        room -= size;
        mirrors.push_back(std::move(mirror));
    }
    return mirrors;
}

job::Place place_to_delete_in(const job::Job& job, const std::string& local) {
    return job::place_in(job, job::directory_of(local), job::Use::Write);
}

/// On demand: what is in the file already and is not part of the stream that is being fetched.
uint64_t bytes_before(const JobRecord& record, const job::File& file) {
    return record.working().on_demand ? job::length_of(file.filled) : 0;
}

} // namespace

bool wants_transfer(const JobRecord& record, uint32_t index) {
    return !record.transfers.contains(index) &&
           job::is_unfinished(record.working(), record.working_files()[index]);
}

/// If a file will not be fetched as a whole, only the data that has arrived counts.
uint64_t counted_size(const JobRecord& record, uint32_t index) {
    const auto& file = record.working_files()[index];
    auto size = job::size_of(file);
    bool will_be_whole = size != job::UnknownSize && !record.working().on_demand && !file.failed;
    return will_be_whole ? size : transferred_of(record, index);
}

uint64_t counted_size_of_others(const JobRecord& record, uint32_t index) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < record.working_files().size(); ++i)
        if (i != index) sum += counted_size(record, i);
    return sum;
}

uint64_t size_limit(const JobRecord& record, uint32_t index) {
    const auto& most = record.working().maximum_download_size;
    if (!most) return job::UnknownSize;
    uint64_t taken =
        counted_size_of_others(record, index) + bytes_before(record, record.working_files()[index]);
    return *most - std::min(*most, taken);
}

FetchOrder fetch_order(const JobRecord& record, uint32_t index) {
    const auto& job = record.working();
    FetchOrder order;
    order.job = job.id;
    order.index = index;
    order.file = record.working_files()[index];
    order.segments = job::segments_of(order.file, job.on_demand);
    // Another transfer fetches the rest of a file with more holes.
    if (job.on_demand && order.segments.size() > MaxHoles) order.segments.resize(MaxHoles);
    if (job::asks_peer(order.file)) {
        order.options = options_for_peer(job);
    } else {
        order.options = options_for(job, job::url_of(order.file), secrets_of(order.file, order.file.source));
        order.options.attempt = order.file.failures;
    }
    order.sparse = job.on_demand;
    // The checksum is that of the whole file; an order without segments has it checked.
    if (order.sparse && !order.segments.empty()) order.file.spec.checksum.reset();
    order.from_zero = job.dynamic_content || !job.http.method.empty();
    order.no_checkpoints = job.high_performance;
    order.offset = order.sparse || order.from_zero ? 0 : order.file.offset;
    order.size_limit = size_limit(record, index);
    order.umask = job.umask;
    order.place = confined_place(job, order.file.spec.local, job::Use::Write);
    order.temporary = separate_place(job);
    bool whole = !order.from_zero && !job.on_demand && order.file.spec.ranges.empty();
    if (!whole || job::asks_peer(order.file)) return order;
    auto connections = job::connections_for(job);
    order.connections = connections.most;
    order.split_from = connections.split_from;
    order.mirrors = mirrors_for(job, order.file, connections.most);
    return order;
}

UploadOrder upload_order(const JobRecord& record, uint32_t index) {
    const auto& job = record.working();
    UploadOrder order;
    order.file = record.working_files()[index];
    order.options = options_for(job, job::url_of(order.file), secrets_of(order.file, order.file.source));
    order.options.attempt = order.file.failures;
    order.place = confined_place(job, order.file.spec.local, job::Use::Read);
    if (job.type != job::Type::UploadReply) return order;
    order.reply_file = job::reply_file(job, record.working_files());
    order.reply_place = confined_place(job, order.reply_file, job::Use::Write);
    order.reply_temporary = job::reply_temporary(job, record.working_files());
    return order;
}

AbandonOrder abandon_order(const JobRecord& record, uint32_t index) {
    const auto& file = record.working_files()[index];
    bool same = job::is_same_server(job::url_of(file), file.upload_url);
    return {file.upload_url, options_for(record.working(), file.upload_url,
                                         same ? secrets_of(file, file.source) : Secrets::None)};
}

PublishOrder publish_order(const JobRecord& record, uint32_t index) {
    const auto& file = record.working_files()[index];
    return {record.working().id,
            index,
            file,
            record.working().umask,
            confined_place(record.working(), file.spec.local, job::Use::Write),
            separate_place(record.working())};
}

PublishOrder publish_reply_order(const JobRecord& record) {
    job::File reply;
    reply.spec.local = job::reply_file(record.working(), record.working_files());
    reply.inode = record.working_files().front().inode;
    reply.part = record.working_files().front().part;
    return {record.working().id, job::ReplyIndex, reply, std::nullopt,
            confined_place(record.working(), reply.spec.local, job::Use::Write)};
}

bool has_reply(const JobRecord& record) {
    return record.working().type == job::Type::UploadReply &&
           record.working_files().front().inode.number != 0;
}

bool is_begun_upload(const job::File& file) {
    return !file.upload_url.empty() && !file.transferred;
}

DiscardOrder discard_order(const JobRecord& record, uint32_t index) {
    const auto& job = record.working();
    const auto& file = record.working_files()[index];
    auto place = job::place_in(job, job::temporary_directory(job, file.spec.local), job::Use::Write);
    return {place.directory, job::temporary_name(job.id, index, file.part), file.folder, place.root};
}

std::vector<DiscardOrder> leftovers(const JobRecord& record, bool all) {
    std::vector<DiscardOrder> rest;
    const auto& job = record.working();
    if (job::is_upload(job.type)) {
        // The file itself belongs to the client; only the reply is ours.
        bool may_be_there = all && job.type == job::Type::UploadReply && !record.working_files().empty();
        if (!may_be_there || record.working_files().front().completed) return rest;
        auto place = place_to_delete_in(job, job::reply_file(job, record.working_files()));
        return {
            {place.directory, job::reply_temporary(job, record.working_files()), job::Inode{}, place.root}};
    }
    for (uint32_t i = 0; i < record.working_files().size(); ++i) {
        const auto& file = record.working_files()[i];
        bool is_left = !file.completed && (all || !file.transferred);
        if (is_left || is_needless(file)) rest.push_back(discard_order(record, i));
    }
    return rest;
}

ActiveTransfer transfer_of(const JobRecord& record, const FetchOrder& order, Ticket ticket) {
    ActiveTransfer transfer;
    transfer.ticket = ticket;
    transfer.owner = record.working().owner;
    transfer.segments = order.segments;
    transfer.peer = order.options.peer;
    transfer.before = bytes_before(record, order.file);
    transfer.moved = transfer.base = transfer.seen = order.offset;
    return transfer;
}

} // namespace haulier::daemon
