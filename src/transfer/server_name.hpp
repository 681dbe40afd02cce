// SPDX-License-Identifier: LGPL-2.1-or-later
// The name that a server gives a file.
#pragma once

#include <string>
#include <string_view>

namespace haulier::transfer {

/// From Content-Disposition (RFC 6266), whose `filename*` is preferred to `filename`, or else from the URL
/// that answered. It is made safe as safe_file_name() does it. Empty if neither has a name.
std::string server_name(std::string_view content_disposition, std::string_view url);

} // namespace haulier::transfer
