// SPDX-License-Identifier: LGPL-2.1-or-later
// Between job values and the words of worker.proto. Protobuf types end here and in worker_link.
#pragma once

#include "daemon/config.hpp"
#include "daemon/crew.hpp"
#include "job/decide.hpp"
#include "worker.pb.h"

namespace haulier::daemon {

wire::Settings to_wire(const Config& config);
wire::Fetch to_wire(Ticket ticket, const FetchOrder& order);
wire::Publish to_wire(uint64_t request, const PublishOrder& order);

job::Validators validators_of(const wire::Identity& identity);
uint64_t size_of(const wire::Identity& identity);
job::Failure failure_of(const wire::Failed& failed);
Status status_of(const wire::Answer& answer);

} // namespace haulier::daemon
