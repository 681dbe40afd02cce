// SPDX-License-Identifier: LGPL-2.1-or-later
// What libcurl's error codes mean for a job, and the messages for people.
#pragma once

#include "transfer/failure.hpp"
#include "transfer/http_request.hpp"

namespace haulier::transfer {

/// `host` is the only part of the URL that the message contains.
Failure curl_failure(const TransferResult& result, const HttpResponse& response, const std::string& host);

} // namespace haulier::transfer
