// SPDX-License-Identifier: LGPL-2.1-or-later
// Verification of the server's certificate, and the client's own. Each of the job's flags makes an exception
// for exactly what it names; a certificate with two faults needs two flags.
#pragma once

#include "transfer/curl_handle.hpp"
#include "worker.pb.h"

namespace haulier::transfer {

/// A flag weakens the verification of the server's certificate.
bool is_relaxed(const wire::Http& http);

/// A flag makes an exception for this fault of a certificate. `error` is one of X509_V_ERR_*, and `depth` 0
/// is the server's own certificate.
bool is_excepted(const wire::Http& http, int error, int depth);

/// Only the first server gets the client's certificate.
void set_tls(CurlHandle& handle, const wire::Http& http, bool first_server);

} // namespace haulier::transfer
