// SPDX-License-Identifier: LGPL-2.1-or-later
// Values that many tests of the notifier need.
#pragma once

#include "base/clock.hpp"
#include "job/notify_service.hpp"
#include "notify/call_budget.hpp"

#include <cstdint>

namespace haulier::notify {

inline constexpr BootTime Start{std::chrono::seconds{1000}};
inline constexpr uint32_t Owner = 1000;
inline const job::NotifyService SampleService{"org.example.App", "/app"};
inline const job::NotifyService SampleSessionService{"org.example.App", "/app", job::ServiceBus::Session};

} // namespace haulier::notify
