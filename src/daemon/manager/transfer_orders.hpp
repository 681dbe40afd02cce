// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the orders for a worker from the working values of a job and one of its files.
#pragma once

#include "daemon/manager/job_record.hpp"
#include "daemon/workers/orders.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace haulier::daemon {

/// Is something of the file neither here nor being transferred?
bool wants_transfer(const JobRecord& record, uint32_t index);

FetchOrder fetch_order(const JobRecord& record, uint32_t index);
UploadOrder upload_order(const JobRecord& record, uint32_t index);
AbandonOrder abandon_order(const JobRecord& record, uint32_t index);
PublishOrder publish_order(const JobRecord& record, uint32_t index);
/// For the reply of an upload, whose inode is stored where a download has its own.
PublishOrder publish_reply_order(const JobRecord& record);

bool has_reply(const JobRecord& record);
/// A tus upload of which the server keeps a part.
bool is_begun_upload(const job::File& file);

DiscardOrder discard_order(const JobRecord& record, uint32_t index);
/// Temporary files to be deleted at the end: all, or those of files that are not transferred.
std::vector<DiscardOrder> leftovers(const JobRecord& record, bool all);

/// Bytes that file `index` has or will have, as far as that is known, for MaximumDownloadSize.
uint64_t counted_size(const JobRecord& record, uint32_t index);
/// The same for all files except `index`.
uint64_t counted_size_of_others(const JobRecord& record, uint32_t index);
/// Bytes that file `index` may have, so that the job stays within MaximumDownloadSize.
uint64_t size_limit(const JobRecord& record, uint32_t index);

/// The active transfer that an order starts.
ActiveTransfer transfer_of(const JobRecord& record, const FetchOrder& order, Ticket ticket);

} // namespace haulier::daemon
