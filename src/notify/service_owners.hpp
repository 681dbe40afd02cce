// SPDX-License-Identifier: LGPL-2.1-or-later
// Which connections have the names of the services on our bus, as far as is known while changes are reported.
#pragma once

#include "base/clock.hpp"

#include <map>
#include <optional>
#include <string>

namespace haulier::notify {

class ServiceOwners {
public:
    struct Answer {
        std::string unique_name; ///< empty: the service does not run
        BootTime when;
    };

    void asked(const std::string& name) { answers_[name] = std::nullopt; }
    [[nodiscard]] bool is_asked(const std::string& name) const;
    /// The last answer, however old.
    [[nodiscard]] const Answer* find(const std::string& name) const;
    void answered(const std::string& name, const std::string& unique_name, BootTime now);
    /// The name has another owner now. Does nothing if it was never asked for.
    void changed(const std::string& name, const std::string& unique_name, BootTime now);
    void forget(const std::string& name) { answers_.erase(name); }
    /// Changes are no longer reported, so the answers so far are dropped.
    void clear();
    void connection_lost(const std::string& unique_name);

private:
    std::map<std::string, std::optional<Answer>> answers_; ///< nothing: has been asked for
};

} // namespace haulier::notify
