// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/cause.hpp"

#include <array>

namespace haulier::job {

namespace {

struct Row {
    Cause cause;
    std::string_view word;
    std::string_view context;
};

constexpr std::array Rows{
    Row{Cause::HttpStatus, "http-status", "remote-file"},
    Row{Cause::NameResolution, "name-resolution", "transport"},
    Row{Cause::ConnectFailure, "connect-failure", "transport"},
    Row{Cause::ConnectionLost, "connection-lost", "transport"},
    Row{Cause::Timeout, "timeout", "transport"},
    Row{Cause::TlsCertificate, "tls-certificate", "transport"},
    Row{Cause::TlsHandshake, "tls-handshake", "transport"},
    Row{Cause::TooManyRedirects, "too-many-redirects", "remote-file"},
    Row{Cause::RedirectRefused, "redirect-refused", "remote-file"},
    Row{Cause::InvalidResponse, "invalid-response", "remote-file"},
    Row{Cause::ShortBody, "short-body", "remote-file"},
    Row{Cause::LongBody, "long-body", "remote-file"},
    Row{Cause::SizeMismatch, "size-mismatch", "remote-file"},
    Row{Cause::RemoteFileChanged, "remote-file-changed", "remote-file"},
    Row{Cause::ChecksumMismatch, "checksum-mismatch", "remote-file"},
    Row{Cause::DiskFull, "disk-full", "local-file"},
    Row{Cause::LocalFile, "local-file", "local-file"},
    Row{Cause::FileBusy, "file-busy", "local-file"},
    Row{Cause::NoProgress, "no-progress", "transport"},
    Row{Cause::MaxDownloadTime, "max-download-time", "queue"},
    Row{Cause::MaxDownloadSize, "max-download-size", "remote-file"},
    Row{Cause::ValidationFailed, "validation-failed", "local-file"},
    Row{Cause::LocalFileChanged, "local-file-changed", "local-file"},
    Row{Cause::MissingRangeSupport, "missing-range-support", "remote-file"},
    Row{Cause::InvalidRange, "invalid-range", "remote-file"},
    Row{Cause::Proxy, "proxy", "transport"},
    Row{Cause::NetworkLost, "network-lost", "transport"},
    Row{Cause::BlockedByCost, "blocked-by-cost", "queue"},
    Row{Cause::BlockedByPower, "blocked-by-power", "queue"},
    Row{Cause::FileExists, "file-exists", "local-file"},
    Row{Cause::WorkerLost, "worker-lost", "queue"},
    Row{Cause::Internal, "internal", "queue"},
};

const Row& row_of(Cause cause) {
    for (const auto& row : Rows)
        if (row.cause == cause) return row;
    return Rows.back();
}

} // namespace

std::string_view to_string(Cause cause) {
    return row_of(cause).word;
}

std::string_view context_of(Cause cause) {
    return row_of(cause).context;
}

std::optional<Cause> parse_cause(std::string_view word) {
    for (const auto& row : Rows)
        if (row.word == word) return row.cause;
    return std::nullopt;
}

} // namespace haulier::job
