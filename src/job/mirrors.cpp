// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/mirrors.hpp"

#include "job/peers.hpp"

namespace haulier::job {

namespace {

std::optional<uint32_t> best_source(const File& file) {
    std::optional<uint32_t> best;
    for (uint32_t i = 0; i < sources_of(file); ++i) {
        auto status = status_of(file, i);
        if (!status.excluded && (!best || status.failures < status_of(file, *best).failures)) best = i;
    }
    return best;
}

} // namespace

uint32_t sources_of(const File& file) {
    return static_cast<uint32_t>(1 + file.spec.mirrors.size());
}

const std::string& url_of(const File& file) {
    return asks_peer(file) ? file.spec.peers[file.peer] : url_of(file, file.source);
}

const std::string& url_of(const File& file, uint32_t source) {
    bool mirror = source > 0 && source < sources_of(file);
    return mirror ? file.spec.mirrors[source - 1] : file.spec.remote;
}

SourceStatus status_of(const File& file, uint32_t source) {
    return source < file.source_statuses.size() ? file.source_statuses[source] : SourceStatus{};
}

bool may_leave_source(const File& file) {
    uint32_t usable = 0;
    bool is_one_untried = false;
    for (uint32_t i = 0; i < sources_of(file); ++i) {
        auto status = status_of(file, i);
        if (status.excluded) continue;
        ++usable;
        is_one_untried = is_one_untried || status.failures == 0;
    }
    return usable > 1 && is_one_untried;
}

bool blames_source(Cause cause) {
    switch (cause) {
    case Cause::HttpStatus:
    case Cause::NameResolution:
    case Cause::ConnectFailure:
    case Cause::ConnectionLost:
    case Cause::Timeout:
    case Cause::TlsCertificate:
    case Cause::TlsHandshake:
    case Cause::TooManyRedirects:
    case Cause::RedirectRefused:
    case Cause::InvalidResponse:
    case Cause::ShortBody:
    case Cause::LongBody:
    case Cause::SizeMismatch:
    case Cause::RemoteFileChanged:
    case Cause::ChecksumMismatch:
    case Cause::ValidationFailed:
    case Cause::MissingRangeSupport:
    case Cause::InvalidRange: return true;
    case Cause::DiskFull:
    case Cause::LocalFile:
    case Cause::FileExists:
    case Cause::FileBusy:
    case Cause::NoProgress:
    case Cause::MaxDownloadTime:
    case Cause::MaxDownloadSize:
    case Cause::LocalFileChanged:
    case Cause::Proxy:
    case Cause::NetworkLost:
    case Cause::BlockedByCost:
    case Cause::BlockedByPower:
    case Cause::WorkerLost:
    case Cause::Internal: return false;
    }
    return false;
}

std::optional<uint32_t> after_failure(File& file, bool fatal) {
    if (sources_of(file) == 1) return std::nullopt;
    if (file.source >= sources_of(file)) file.source = 0;
    auto& statuses = file.source_statuses.edit();
    if (statuses.size() < sources_of(file)) statuses.resize(sources_of(file));
    auto& current = statuses[file.source];
    current.failures += 1;
    current.excluded = current.excluded || fatal;

    auto best = best_source(file);
    if (!best || *best == file.source) return std::nullopt;
    if (current.excluded || status_of(file, *best).failures < current.failures) return best;
    // All have failed equally often: the next attempt, after the retry delay, is for the first of them.
    use_source(file, *best);
    return std::nullopt;
}

void use_source(File& file, uint32_t source) {
    file.source = source;
    file.clocks.server.clear();
}

} // namespace haulier::job
