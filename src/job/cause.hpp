// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a transfer failed: the closed list of names in a job's Error. describe.hpp has their meanings.
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
    TlsCertificate,      ///< the server's certificate is not trusted
    TlsHandshake,        ///< no secure connection could be established
    TooManyRedirects,    ///< more than 10
    RedirectRefused,     ///< to a scheme other than http and https, or out of https
    InvalidResponse,     ///< for example a 206 for another range
    ShortBody,           ///< fewer bytes than announced
    LongBody,            ///< more bytes than announced
    SizeMismatch,        ///< not the size that the client had specified
    RemoteFileChanged,   ///< changed repeatedly during the transfer
    ChecksumMismatch,    ///< of the complete file
    DiskFull,            ///< no space, or over quota
    LocalFile,           ///< code = errno
    FileBusy,            ///< another worker is still writing the temporary file
    NoProgress,          ///< NoProgressTimeout has expired
    MaxDownloadTime,     ///< MaximumDownloadTime is used up
    MaxDownloadSize,     ///< more bytes than MaximumDownloadSize
    ValidationFailed,    ///< the client rejected the content
    LocalFileChanged,    ///< the source of an upload changed during the transfer
    MissingRangeSupport, ///< ranges were requested and the server does not support them
    InvalidRange,        ///< a range lies beyond the end of the remote file
    Proxy,               ///< the proxy is misconfigured or refuses
    NetworkLost,         ///< this machine has no network
    BlockedByCost,       ///< NetworkCost does not allow the current network
    BlockedByPower,      ///< PowerPolicy does not allow the current power supply
    FileExists,          ///< the name is taken, and Existing is `keep`
    WorkerLost,          ///< the worker process died, several times
    Internal,
};

/// The name on the bus, such as "http-status".
std::string_view to_string(Cause cause);
std::optional<Cause> parse_cause(std::string_view word);

/// Where the error occurred (BITS: error context): "remote-file", "local-file", "transport" or "queue".
std::string_view context_of(Cause cause);

} // namespace haulier::job
