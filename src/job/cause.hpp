// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a transfer failed: the closed list behind a job's Error.name.
#pragma once

#include <optional>
#include <string_view>

namespace haulier::job {

enum class Cause {
    HttpStatus,          ///< code = status
    NameResolution,      ///< the host name has no address
    ConnectFailure,      ///< refused, unreachable
    ConnectionLost,      ///< reset or broken while in use
    Timeout,             ///< no connection or no data for too long
    TlsCertificate,      ///< the certificate is not one to trust
    TlsHandshake,        ///< no secure connection came about
    TooManyRedirects,    ///< more than 10
    RedirectRefused,     ///< to a scheme other than http and https, or out of https
    InvalidResponse,     ///< the server's answer makes no sense (for example a 206 for another range)
    ShortBody,           ///< fewer bytes than announced
    LongBody,            ///< more bytes than announced
    SizeMismatch,        ///< not the size that the client had given
    RemoteFileChanged,   ///< changed again and again while it was fetched
    ChecksumMismatch,    ///< all bytes, but not those
    DiskFull,            ///< no space, or over quota
    LocalFile,           ///< code = errno
    FileBusy,            ///< another worker still writes the temporary file
    NoProgress,          ///< NoProgressTimeout is over
    MaxDownloadTime,     ///< MaximumDownloadTime is used up
    MaxDownloadSize,     ///< more bytes than MaximumDownloadSize
    ValidationFailed,    ///< the client found the content wrong
    LocalFileChanged,    ///< the source of an upload changed meanwhile
    MissingRangeSupport, ///< the server cannot give pieces, and pieces were asked for
    InvalidRange,        ///< a range lies beyond the end of the remote file
    Proxy,               ///< the proxy cannot be used as it is written, or refuses
    NetworkLost,         ///< this machine has no network
    BlockedByCost,       ///< NetworkCost does not allow the present network
    BlockedByPower,      ///< PowerPolicy does not allow the present supply
    WorkerLost,          ///< the worker process died, several times
    Internal,
};

/// The word on the bus, e.g. "http-status".
std::string_view to_string(Cause cause);
std::optional<Cause> parse_cause(std::string_view word);

/// What was being dealt with (BITS: error context): "remote-file", "local-file", "transport" or "queue".
std::string_view context_of(Cause cause);

} // namespace haulier::job
