// SPDX-License-Identifier: LGPL-2.1-or-later
// A file that exists while the daemon has work to do. At boot and at log-in, systemd's haulier.path starts
// the daemon if the file is there.
#pragma once

#include <string>

namespace haulier::daemon {

class PendingFile {
public:
    explicit PendingFile(const std::string& state_directory);

    [[nodiscard]] bool exists() const { return exists_; }
    /// The file is durable when this returns. Does nothing if it exists.
    void create();
    void remove();

private:
    std::string directory_;
    std::string path_;
    bool exists_;
};

} // namespace haulier::daemon
