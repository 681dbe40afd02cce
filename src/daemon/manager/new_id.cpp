// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/new_id.hpp"

#include <array>
#include <systemd/sd-id128.h>

namespace haulier::daemon {

job::Id new_id() {
    sd_id128_t id{};
    sd_id128_randomize(&id);
    std::array<char, SD_ID128_STRING_MAX> text{};
    return {sd_id128_to_string(id, text.data())};
}

} // namespace haulier::daemon
