// SPDX-License-Identifier: LGPL-2.1-or-later
// What libcurl's error codes mean for a job, and the messages for people.
#pragma once

#include "transfer/failure.hpp"
#include "transfer/http_request.hpp"

namespace haulier::transfer {

/// Of a URL, the message contains the host at most, and the port if there was no connection. `first_host` is
/// that of the file, where none was asked.
Failure curl_failure(const TransferResult& result, const HttpResponse& response,
                     const std::string& first_host);

} // namespace haulier::transfer
