// SPDX-License-Identifier: LGPL-2.1-or-later
// What draws views and notices on a desktop, and what people press there.
#pragma once

#include "desktop/picture.hpp"

#include <functional>
#include <string>
#include <vector>

namespace haulier::desktop {

enum class Button { Pause, Resume, Cancel };

struct Presses {
    std::function<void(const std::vector<JobKey>& jobs, Button)> button;
    std::function<void(const Notice& notice, NoticeAction action)> action;
};

} // namespace haulier::desktop
