// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts between our own values and the messages of worker.proto. Only this, WorkerPool and WorkerLink know
// protobuf types.
#pragma once

#include "base/call_outcome.hpp"
#include "base/result.hpp"
#include "daemon/common/config.hpp"
#include "daemon/workers/orders.hpp"
#include "daemon/workers/yield_sharing.hpp"
#include "job/outcomes.hpp"
#include "notify/delivery.hpp"
#include "process/process_facts.hpp"
#include "worker.pb.h"

namespace haulier::daemon {

wire::Settings to_wire(const Config& config);
/// The number for which a packet has room. Fewer jobs of an owner run at a time.
inline constexpr size_t MaxLimitedJobs = 2000;
wire::Limits to_wire(const BandwidthLimits& limits);
wire::OtherWorkers to_wire(const LinkShares& shares);
wire::Fetch to_wire(Ticket ticket, const FetchOrder& order);
wire::Upload to_wire(Ticket ticket, const UploadOrder& order);
wire::DeleteUpload to_wire(uint64_t request, const AbandonOrder& order);
/// `delivery` is a notification to a service; progress is not told to services.
wire::Call to_wire(uint64_t request, const notify::Delivery& delivery, std::chrono::milliseconds timeout);
wire::Check::Item to_wire(const CheckItem& item);
wire::Publish to_wire(uint64_t request, const PublishOrder& order);
wire::Open open_to_wire(uint64_t request, const PublishOrder& order);
wire::Discard to_wire(uint64_t request, const DiscardOrder& order);
wire::CheckStorage to_wire(uint64_t request, const StorageQuestion& question);

// Reports of workers are untrusted; these make them fit for the bus and the store.

job::Begun begun_of(const wire::Begun& begun);
Progress progress_of(const wire::Progress& progress);
job::Report report_of(const wire::Checkpoint& checkpoint);
LinkRates link_rates_of(const wire::Yielding& yielding);
job::Fetched fetched_of(const wire::Fetched& fetched);
job::Failure failure_of(const wire::Failed& failed);
Status status_of(const wire::Reply& answer);
/// Of a file; empty if it would have to be changed.
std::string file_name_of(const std::string& name);
CallOutcome call_outcome_of(const wire::Reply& answer);
process::ProcessFacts process_of(const wire::Reply& answer);

} // namespace haulier::daemon
