// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists of checksums such as SHA256SUMS, as sha256sum(1) writes and reads them.
#pragma once

#include "cli/failure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

/// One line. The marker for text or binary means the same on Linux and is not kept.
struct Sum {
    std::string kind; ///< "sha256", "sha512", "sha1" or "md5"
    std::string hex;
    std::string name; ///< with escape sequences replaced
    bool operator==(const Sum&) const = default;
};

/// Understands "HEX  NAME", "HEX *NAME", "HEX NAME" as from `md5 -r`, and "SHA256 (NAME) = HEX", each with a
/// backslash in front if the name is escaped. Lines that have none of these forms, such as comments and
/// signatures, are skipped.
std::vector<Sum> parse_sums(std::string_view text);

/// The checksum "KIND:HEX" of the file that `url` names, or that is called `local` here. `list`: the name of
/// the list, for messages.
Result<std::string, Failure> checksum_for(const std::vector<Sum>& sums, const std::string& url,
                                          const std::string& local, const std::string& list);

} // namespace haulier::cli
