// SPDX-License-Identifier: LGPL-2.1-or-later
// What the text of a host or a port says about itself.
#pragma once

#include <string_view>

namespace haulier {

/// `text` is a decimal number from 1 to 65535.
bool is_port(std::string_view text);

/// `text` is a name or an address, with IPv6 in brackets, which a colon and a port may follow. Names may be
/// Unicode.
bool is_host_and_port(std::string_view text);

/// `host`, in any case and with an IPv6 address in brackets, is always this machine: `localhost` and the
/// names below it, with or without a final dot (RFC 6761 6.3), ::1, and 127.0.0.0/8 in every form that curl
/// accepts, such as 127.1 or 0x7f000001. Any other name counts as remote, whatever its address may be.
bool is_loopback_host(std::string_view host);

} // namespace haulier
