// SPDX-License-Identifier: LGPL-2.1-or-later
// Conversions between wire messages and the worker's values.
#pragma once

#include "transfer/fetch.hpp"
#include "transfer/http_rules.hpp"
#include "transfer/source_file.hpp"
#include "worker.pb.h"

namespace haulier::transfer {

Identity from_wire(const wire::Identity& message);
void to_wire(const Identity& identity, wire::Identity& message);
/// Adds nothing if they are the beginning of the file.
void to_wire(const ByteRanges& durable, wire::Checkpoint& message);
Inode from_wire(const wire::Inode& message);
void to_wire(const Inode& inode, wire::Inode& message);
Stamp from_wire(const wire::Stamp& message);
void to_wire(const Stamp& stamp, wire::Stamp& message);
FetchOrder from_wire(wire::Fetch&& message);
/// The directory of the temporary file in a Fetch, Publish or Open.
template <class Message>
Place part_place(const Message& message) {
    if (message.temporary_directory().empty()) return {message.directory(), message.root()};
    return {message.temporary_directory(), message.temporary_root()};
}
void to_wire(const Failure& failure, wire::Failed& message);
/// In both, zero stands for the default.
TransferSettings transfer_settings(const wire::Settings& message);
NetworkSettings network_settings(const wire::Settings& message);

} // namespace haulier::transfer
