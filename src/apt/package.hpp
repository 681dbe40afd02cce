// SPDX-License-Identifier: LGPL-2.1-or-later
// A package that apt wants, as far as Haulier may have it.
#pragma once

#include "apt/message.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace haulier::apt {

struct Package {
    std::string uri;
    std::string path; ///< where apt wants it
    uint64_t size = 0;
    std::vector<std::string> checksums; ///< in Haulier's notation: "sha256:HEX"; at least one

    /// The name of the file, which is the same in all folders.
    [[nodiscard]] std::string name() const { return path.substr(path.rfind('/') + 1); }
    [[nodiscard]] bool has_checksum(const std::string& checksum) const;
};

/// Nothing if the message is no request for a package whose content apt can check.
std::optional<Package> package_in(const Message& acquire);

/// Tells apt that the package is at its path and that nothing was transferred for it. There is no checksum in
/// it, so apt computes it.
std::string found_here(const Package& package, const std::string& last_modified);

} // namespace haulier::apt
