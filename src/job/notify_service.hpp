// SPDX-License-Identifier: LGPL-2.1-or-later
// The text form of a notify service's name: "NAME", or "session:NAME" for a service on the session bus of the
// job's owner. Used on the bus and in the database.
#pragma once

#include "job/options.hpp"

#include <string>
#include <string_view>

namespace haulier::job {

/// Reads the text form without checking the name; see parse_notify_service.
NotifyService notify_service_of(std::string_view name, std::string path);
/// The text form of the name; empty if there is no service.
std::string to_string(const NotifyService& service);

} // namespace haulier::job
