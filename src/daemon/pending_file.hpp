// SPDX-License-Identifier: LGPL-2.1-or-later
// The file that says, while the daemon is away, that it has work: systemd's haulier.path looks for it at boot
// and at log-in.
#pragma once

#include <string>

namespace haulier::daemon {

class PendingFile {
public:
    explicit PendingFile(const std::string& state_directory);

    [[nodiscard]] bool exists() const { return exists_; }
    /// Durable when it returns; costs nothing while it is there.
    void create();
    void remove();

private:
    std::string directory_;
    std::string path_;
    bool exists_;
};

} // namespace haulier::daemon
