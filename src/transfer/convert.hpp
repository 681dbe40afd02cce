// SPDX-License-Identifier: LGPL-2.1-or-later
// Between the messages on the wire and our values.
#pragma once

#include "transfer/fetch.hpp"
#include "transfer/http_rules.hpp"
#include "worker.pb.h"

namespace haulier::transfer {

Identity from_wire(const wire::Identity& message);
void to_wire(const Identity& identity, wire::Identity& message);
Order from_wire(wire::Fetch&& message);
/// Zeros, which no clock or size may be, become defaults.
FlightSettings flight_settings(const wire::Settings& message);
NetworkSettings network_settings(const wire::Settings& message);
void to_wire(const Failure& failure, wire::Failed& message);
void to_wire(const Inode& inode, wire::Inode& message);

} // namespace haulier::transfer
