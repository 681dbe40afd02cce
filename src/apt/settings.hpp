// SPDX-License-Identifier: LGPL-2.1-or-later
// What the configuration of apt, which is the first message to a method, says about this method.
#pragma once

#include "apt/message.hpp"

#include <string>

namespace haulier::apt {

struct Settings {
    /// As apt's own methods, this one gives up root's rights and becomes this user; "" = it does not.
    std::string user;
    /// Where Haulier keeps the packages of upgrades until they are in apt's cache.
    std::string staging = "/var/cache/haulier-apt";
    bool is_enabled = true;
};

Settings settings_in(const Message& configuration);

} // namespace haulier::apt
