// SPDX-License-Identifier: LGPL-2.1-or-later
// Metalink files (RFC 5854), which list files with their sizes, checksums and mirrors.
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

struct MetalinkFile {
    std::string name; ///< safe as the name of a file here, without directories
    std::optional<uint64_t> size;
    std::string checksum;          ///< "sha256:HEX" or the like, the strongest one; or empty
    std::vector<std::string> urls; ///< http and https only, the preferred one first
};

/// `source`: how messages call the Metalink file. A document that would expand entities is refused, and so is
/// a file without a URL, or with checksums of unknown kinds only.
Result<std::vector<MetalinkFile>, Failure> parse_metalink(std::string_view text, const std::string& source);

} // namespace haulier::cli
