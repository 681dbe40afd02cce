// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of files that come from the network.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haulier {

std::string percent_decoded(std::string_view text);

/// The path of a URL without query and fragment.
std::string_view path_of_url(std::string_view url);

/// `text` made safe as a file name: without slashes, control characters and invalid UTF-8, not hidden, at
/// most 255 bytes. Nothing if it is empty.
std::optional<std::string> safe_file_name(std::string_view text);

/// The last segment of the URL's path, decoded and made safe. Nothing if the path ends with a slash.
std::optional<std::string> file_name_of(std::string_view url);

} // namespace haulier
