// SPDX-License-Identifier: LGPL-2.1-or-later
// Sets the options of curl's easy handle that depend on the configuration and the job only.
#pragma once

#include "transfer/curl_handle.hpp"
#include "transfer/proxy.hpp"
#include "transfer/url.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <string>

namespace haulier::transfer {

/// The configuration of exchanges.
struct NetworkSettings {
    uint32_t connect_timeout_s = 60;
    uint32_t stall_timeout_s = 60; ///< longest time without a byte once connected
    std::string user_agent;
};

/// The settings for a request with these options: peers get little time and no User-Agent.
NetworkSettings settings_for(const NetworkSettings& settings, const wire::Http& http);
/// Makes connections to this machine fail.
void forbid_loopback(CurlHandle& handle);

/// Sets the options of a transfer that begins with this limit; 0 = no limit.
void set_buffers(CurlHandle& handle, uint64_t bytes_per_second);
void set_route(CurlHandle& handle, const Route& route, const wire::Http& http);
void set_connection(CurlHandle& handle, const NetworkSettings& settings, const Url& url,
                    const wire::Http& http);

/// A header line in the form that curl takes.
std::string for_curl(const std::string& line);

} // namespace haulier::transfer
