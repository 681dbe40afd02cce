// SPDX-License-Identifier: LGPL-2.1-or-later
// What a worker is told to do, made of what is known of a job and one of its files.
#pragma once

#include "daemon/manager/job_record.hpp"
#include "daemon/workers/worker_pool.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace haulier::daemon {

/// Has the file something that is neither here nor on its way?
bool wants_transfer(const JobRecord& entry, uint32_t index);

FetchOrder fetch_order(const JobRecord& entry, uint32_t index);
UploadOrder upload_order(const JobRecord& entry, uint32_t index);
AbandonOrder abandon_order(const JobRecord& entry, uint32_t index);
PublishOrder publish_order(const JobRecord& entry, uint32_t index);
/// The reply of an upload; its inode stands where a download has its own.
PublishOrder publish_reply_order(const JobRecord& entry);

bool has_reply(const JobRecord& entry);
/// A tus upload that the server keeps a part of.
bool is_begun_upload(const job::File& file);

struct Leftover {
    std::string directory;
    std::string temporary;
};
/// Temporary files to be deleted at the end: all, or those of what is not transferred.
std::vector<Leftover> leftovers(const JobRecord& entry, bool all);

/// Bytes that file `index` may have, so that the job stays within MaximumDownloadSize.
uint64_t size_limit(const JobRecord& entry, uint32_t index);

/// The transfer of an order.
ActiveTransfer transfer_of(const JobRecord& entry, const FetchOrder& order, Ticket ticket);

} // namespace haulier::daemon
