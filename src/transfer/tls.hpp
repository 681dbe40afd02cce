// SPDX-License-Identifier: LGPL-2.1-or-later
// Verification of the server's certificate, and the client's own. Each of the job's flags makes an exception
// for exactly what it names; a certificate with two faults needs two flags.
#pragma once

#include "transfer/curl_handle.hpp"
#include "transfer/failure.hpp"
#include "worker.pb.h"

#include <string>

namespace haulier::transfer {

/// A flag weakens the verification of the server's certificate.
bool is_relaxed(const wire::Http& http);

/// A flag makes an exception for this fault of a certificate. `error` is one of X509_V_ERR_*, and `depth` 0
/// is the server's own certificate.
bool is_excepted(const wire::Http& http, int error, int depth);

/// The server's certificate, or the proxy's, was refused because it is not valid yet, or because it has
/// expired while the clock is not synchronised.
bool may_be_fault_of_clock(const CurlHandle& handle);

/// The contents of the job's PEM files.
struct TlsFiles {
    std::string certificate; ///< the client's; empty = none
    std::string key;         ///< the client's; empty = it is in `certificate`
    std::string authorities; ///< certificates to trust; empty = those of the system
};
void set_tls(CurlHandle& handle, const wire::Http& http, const TlsFiles& files);

/// These functions return the content of a file, whose directory is opened beneath `root` if `root` is not
/// empty. They block, so they run in the disk pool.
Result<std::string, Failure> read_certificate(const std::string& path, const std::string& root);
Result<std::string, Failure> read_authorities(const std::string& path, const std::string& root);

} // namespace haulier::transfer
