// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_orders.hpp"

#include "job/credentials.hpp"
#include "job/mirrors.hpp"
#include "job/url.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

/// Of a sparse file in one order, which must fit into one packet.
constexpr size_t MaxHoles = 1000;

/// A server that another server chose, and not the client, is told no secrets.
RequestOptions manner_for(const job::Job& job, const std::string& url, bool chosen_by_client) {
    RequestOptions options{job.http, job.bandwidth_limit};
    auto& http = options.http;
    http.credentials = job::credentials_for(job, url);
    if (chosen_by_client) return options;
    http.headers.clear();
    http.client_certificate.clear();
    std::erase_if(http.credentials,
                  [](const auto& c) { return c.target == job::Credentials::Target::Server; });
    return options;
}

/// On demand: what is in the file already, and no part of the stream that is being fetched.
uint64_t bytes_before(const JobRecord& entry, const job::File& file) {
    return entry.job.on_demand ? job::length_of(file.filled) : 0;
}

} // namespace

bool wants_transfer(const JobRecord& entry, uint32_t index) {
    const auto& file = entry.files[index];
    if (entry.transfers.contains(index)) return false;
    return entry.job.on_demand ? job::lacks_ranges(file) : !file.transferred;
}

uint64_t size_limit(const JobRecord& entry, uint32_t index) {
    if (!entry.job.maximum_download_size) return job::UnknownSize;
    uint64_t left = *entry.job.maximum_download_size;
    for (uint32_t i = 0; i < entry.files.size() && left > 0; ++i) {
        if (i == index) continue;
        auto size = job::size_of(entry.files[i]);
        left -= std::min(left, size == job::UnknownSize ? transferred_of(entry, i) : size);
    }
    return left - std::min(left, bytes_before(entry, entry.files[index]));
}

FetchOrder fetch_order(const JobRecord& entry, uint32_t index) {
    const auto& job = entry.job;
    FetchOrder order;
    order.job = job.id;
    order.index = index;
    order.file = entry.files[index];
    order.segments = job::segments_of(order.file, job.on_demand);
    // The rest of a file in many pieces is another transfer's.
    if (job.on_demand && order.segments.size() > MaxHoles) order.segments.resize(MaxHoles);
    order.options = manner_for(job, job::url_of(order.file), !order.file.redirected_cross_origin);
    order.sparse = job.on_demand;
    // A checksum is of the whole; the order without segments asks for it.
    if (order.sparse && !order.segments.empty()) order.file.spec.checksum.reset();
    order.from_zero = job.dynamic_content || !job.http.method.empty();
    order.no_checkpoints = job.high_performance;
    order.offset = order.sparse || order.from_zero ? 0 : order.file.offset;
    order.size_limit = size_limit(entry, index);
    return order;
}

UploadOrder upload_order(const JobRecord& entry, uint32_t index) {
    const auto& job = entry.job;
    UploadOrder order;
    order.file = entry.files[index];
    order.options = manner_for(job, job::url_of(order.file), !order.file.redirected_cross_origin);
    if (job.type != job::Type::UploadReply) return order;
    order.reply_file = job::reply_file(job, entry.files);
    order.reply_temporary = job::temporary_name(job.id, job::ReplyIndex);
    return order;
}

AbandonOrder abandon_order(const JobRecord& entry, uint32_t index) {
    const auto& file = entry.files[index];
    bool same = job::is_same_server(file.upload_url, job::url_of(file));
    return {file.upload_url, manner_for(entry.job, file.upload_url, same && !file.redirected_cross_origin)};
}

PublishOrder publish_order(const JobRecord& entry, uint32_t index) {
    return {entry.job.id, index, entry.files[index]};
}

PublishOrder publish_reply_order(const JobRecord& entry) {
    job::File reply;
    reply.spec.local = job::reply_file(entry.job, entry.files);
    reply.inode = entry.files.front().inode;
    return {entry.job.id, job::ReplyIndex, reply};
}

bool has_reply(const JobRecord& entry) {
    return entry.job.type == job::Type::UploadReply && entry.files.front().inode.number != 0;
}

bool is_begun_upload(const job::File& file) {
    return !file.upload_url.empty() && !file.transferred;
}

std::vector<Leftover> leftovers(const JobRecord& entry, bool all) {
    std::vector<Leftover> rest;
    const auto& job = entry.job;
    if (job::is_upload(job.type)) {
        // The file itself is the client's; only the reply is ours.
        bool may_be_there = all && job.type == job::Type::UploadReply && !entry.files.empty();
        if (!may_be_there || entry.files.front().completed) return rest;
        return {{job::directory_of(job::reply_file(job, entry.files)),
                 job::temporary_name(job.id, job::ReplyIndex)}};
    }
    for (uint32_t i = 0; i < entry.files.size(); ++i) {
        const auto& file = entry.files[i];
        if (!file.completed && (all || !file.transferred))
            rest.push_back({job::directory_of(file.spec.local), job::temporary_name(job.id, i)});
    }
    return rest;
}

ActiveTransfer transfer_of(const JobRecord& entry, const FetchOrder& order, Ticket ticket) {
    return {ticket, entry.job.owner, order.segments, bytes_before(entry, order.file), order.offset, false};
}

} // namespace haulier::daemon
