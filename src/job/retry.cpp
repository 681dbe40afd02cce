// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/retry.hpp"

#include <algorithm>
#include <cmath>

namespace haulier::job {

namespace {

/// BITS 3.3, but with 423, 429 and 503 transient (docs/decisions.md, Jobs): locks and rate limits end. A 3xx
/// status comes here only if the redirect was not followed.
bool is_fatal_status(int32_t status) {
    if (status >= 300 && status <= 305) return true;
    if (status == 307 || status == 308) return true;
    if (status >= 400 && status <= 499)
        return status != 408 && status != 409 && status != 423 && status != 429;
    return status == 501 || status == 505;
}

} // namespace

bool is_fatal(Cause cause, int32_t code) {
    switch (cause) {
    case Cause::HttpStatus: return is_fatal_status(code);
    case Cause::NameResolution:
    case Cause::ConnectFailure:
    case Cause::ConnectionLost:
    case Cause::Timeout:
    case Cause::TlsHandshake:
    case Cause::InvalidResponse:
    case Cause::ShortBody:
    case Cause::LongBody:
    case Cause::FileBusy:
    case Cause::NetworkLost:
    case Cause::BlockedByCost:
    case Cause::BlockedByPower:
    case Cause::WorkerLost: return false;
    case Cause::TlsCertificate:
    case Cause::TooManyRedirects:
    case Cause::RedirectRefused:
    case Cause::SizeMismatch:
    case Cause::RemoteFileChanged:
    case Cause::ChecksumMismatch:
    case Cause::DiskFull:
    case Cause::LocalFile:
    case Cause::NoProgress:
    case Cause::MaxDownloadTime:
    case Cause::MaxDownloadSize:
    case Cause::ValidationFailed:
    case Cause::LocalFileChanged:
    case Cause::MissingRangeSupport:
    case Cause::InvalidRange:
    case Cause::Proxy:
    case Cause::FileExists:
    case Cause::Internal: return true;
    }
    return true;
}

std::chrono::seconds retry_delay(const RetryPolicy& policy, std::chrono::seconds minimum, uint32_t failures,
                                 std::chrono::seconds retry_after, Random& random) {
    auto wait = static_cast<double>(minimum.count());
    if (policy.backoff == Backoff::Exponential && failures > 1) {
        double ceiling = std::max(wait, static_cast<double>(policy.maximum_delay.count()));
        double doubled = std::min(wait * std::exp2(std::min(failures - 1, 63U)), ceiling);
        // Up to a quarter less, so that clients that were disconnected together do not all return at the same
        // time; never below the minimum.
        wait = std::max(wait, doubled * (1.0 - random.fraction() / 4));
    }
    return std::max(std::chrono::seconds{std::llround(wait)},
                    std::min(retry_after, policy.maximum_retry_after));
}

} // namespace haulier::job
