// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages of workers. They are untrusted, so their values are checked and cleaned for the bus and the store.
#include "daemon/workers/worker_messages.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/validation.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

constexpr size_t MaxHeaders = 16 * 1024;
/// In bytes; messages end up in the journal and on terminals.
constexpr size_t MaxMessage = 512;
constexpr size_t MaxLinks = 16;
constexpr size_t MaxInterfaceName = 15;
/// Bytes per second.
constexpr uint64_t MaxLinkRate = uint64_t{1} << 40;

/// A number that is not in the enum is an error of the worker.
job::Cause cause_of(int cause) {
    switch (cause) {
    case wire::HTTP_STATUS: return job::Cause::HttpStatus;
    case wire::NAME_RESOLUTION: return job::Cause::NameResolution;
    case wire::CONNECT_FAILURE: return job::Cause::ConnectFailure;
    case wire::CONNECTION_LOST: return job::Cause::ConnectionLost;
    case wire::TIMEOUT: return job::Cause::Timeout;
    case wire::TLS_CERTIFICATE: return job::Cause::TlsCertificate;
    case wire::TLS_HANDSHAKE: return job::Cause::TlsHandshake;
    case wire::TOO_MANY_REDIRECTS: return job::Cause::TooManyRedirects;
    case wire::REDIRECT_REFUSED: return job::Cause::RedirectRefused;
    case wire::INVALID_RESPONSE: return job::Cause::InvalidResponse;
    case wire::SHORT_BODY: return job::Cause::ShortBody;
    case wire::LONG_BODY: return job::Cause::LongBody;
    case wire::SIZE_MISMATCH: return job::Cause::SizeMismatch;
    case wire::CHECKSUM_MISMATCH: return job::Cause::ChecksumMismatch;
    case wire::DISK_FULL: return job::Cause::DiskFull;
    case wire::LOCAL_FILE: return job::Cause::LocalFile;
    case wire::FILE_BUSY: return job::Cause::FileBusy;
    case wire::MAX_DOWNLOAD_SIZE: return job::Cause::MaxDownloadSize;
    case wire::LOCAL_FILE_CHANGED: return job::Cause::LocalFileChanged;
    case wire::MISSING_RANGE_SUPPORT: return job::Cause::MissingRangeSupport;
    case wire::INVALID_RANGE: return job::Cause::InvalidRange;
    case wire::FILE_EXISTS: return job::Cause::FileExists;
    case wire::PROXY: return job::Cause::Proxy;
    default: return job::Cause::Internal;
    }
}

job::Report report_of(uint64_t offset, const wire::Identity& identity) {
    job::Report r;
    r.offset = offset;
    r.validators = {printable(identity.etag(), 1024), printable(identity.last_modified(), 64),
                    identity.date_is_strong(), printable(identity.content_type(), 127)};
    if (identity.size_known()) r.total = identity.size();
    return r;
}

job::Inode inode_of(const wire::Inode& inode) {
    return {inode.device(), inode.number()};
}

/// Empty if the URL would have to be changed, because then it would be another one.
std::string url_of(const std::string& url) {
    return printable(url, MaxUrl) == url ? url : std::string{};
}

/// Line by line, because a line feed is not printable.
std::string headers_of(std::string_view text) {
    std::string out;
    while (!text.empty() && out.size() < MaxHeaders) {
        auto end = std::min(text.find('\n'), text.size());
        out += printable(text.substr(0, end), MaxHeaders - out.size()) + '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// A 403 with a date to come back at is a rate limit.
bool is_fatal(const job::Failure& failure) {
    if (failure.storage || failure.clock) return false;
    bool says_when = failure.error.cause == job::Cause::HttpStatus && failure.error.code == 403 &&
                     failure.retry_after.count() > 0;
    return !says_when && job::is_fatal(failure.error.cause, failure.error.code);
}

} // namespace

std::string file_name_of(const std::string& name) {
    return printable(name, MaxFileName) == name ? name : std::string{};
}

job::Begun begun_of(const wire::Begun& begun) {
    job::Begun b;
    b.report = report_of(begun.offset(), begun.identity());
    b.restarted = begun.restarted();
    b.headers = headers_of(begun.headers());
    b.remote = url_of(begun.remote());
    b.upload_url = url_of(begun.upload_url());
    b.origin = url_of(begun.origin());
    b.folder = inode_of(begun.folder());
    b.if_range_broken = begun.if_range_broken();
    b.name = file_name_of(begun.name());
    if (begun.has_stamp())
        b.stamp = job::SourceStamp{inode_of(begun.stamp().inode()), begun.stamp().size(),
                                   begun.stamp().modified_ns()};
    return b;
}

Progress progress_of(const wire::Progress& progress) {
    Progress p;
    p.moved = progress.received();
    p.yields = progress.yields();
    if (progress.replying())
        p.reply = Progress::Reply{progress.reply_size_known() ? progress.reply_size() : job::UnknownSize,
                                  progress.reply_received()};
    return p;
}

LinkRates link_rates_of(const wire::Yielding& yielding) {
    LinkRates rates;
    for (const auto& link : yielding.links()) {
        if (rates.size() == MaxLinks) break;
        rates[{printable(link.interface(), MaxInterfaceName), link.sends()}] =
            std::min<uint64_t>(link.bytes_per_second(), MaxLinkRate);
    }
    return rates;
}

job::Report report_of(const wire::Checkpoint& checkpoint) {
    auto report = report_of(checkpoint.offset(), checkpoint.identity());
    for (const auto& piece : checkpoint.pieces())
        report.pieces.push_back({piece.begin(), piece.end() - piece.begin()});
    return report;
}

job::Fetched fetched_of(const wire::Fetched& fetched) {
    job::Fetched f;
    f.report = report_of(fetched.size(), fetched.identity());
    f.inode = inode_of(fetched.inode());
    if (fetched.replied()) f.reply = fetched.reply_size();
    f.headers = headers_of(fetched.headers());
    f.not_modified = fetched.not_modified();
    if (fetched.has_begun() && fetched.begun().ticket() == fetched.ticket())
        f.begun = begun_of(fetched.begun());
    return f;
}

job::Failure failure_of(const wire::Failed& failed) {
    job::Failure f;
    f.error.cause = cause_of(failed.cause());
    f.error.code = failed.code();
    f.error.message = printable(failed.message(), MaxMessage);
    f.retry_after = std::chrono::seconds{failed.retry_after_s()};
    f.storage = failed.storage();
    f.clock = failed.clock();
    f.fatal = failed.is_final() || (!failed.is_transient() && is_fatal(f));
    f.void_offset = failed.void_offset();
    f.remote = url_of(failed.remote());
    f.origin = url_of(failed.origin());
    f.by_proxy = failed.by_proxy();
    f.http2 = failed.http1_next();
    f.name_taken = failed.name_taken();
    return f;
}

Status status_of(const wire::Reply& answer) {
    auto message = printable(answer.message(), MaxMessage);
    switch (static_cast<int>(answer.fault())) {
    case wire::Reply::NONE: return Done{};
    case wire::Reply::INVALID_ARGUMENT: return Error{Errc::InvalidArgument, message};
    case wire::Reply::NOT_SUPPORTED: return Error{Errc::NotSupported, message};
    case wire::Reply::FILE_EXISTS: return Error{Errc::FileExists, message};
    case wire::Reply::LOCAL_FILE: return Error{Errc::LocalFile, message};
    default: return Error{Errc::Internal, "the worker gave an answer that is not one"};
    }
}

/// An unknown value does not count as an acknowledgement.
CallOutcome call_outcome_of(const wire::Reply& answer) {
    switch (static_cast<int>(answer.call_outcome())) {
    case wire::Reply::ACKNOWLEDGED: return CallOutcome::Acknowledged;
    case wire::Reply::REFUSED: return CallOutcome::Refused;
    case wire::Reply::NO_SUCH_METHOD: return CallOutcome::NoSuchMethod;
    case wire::Reply::NO_SUCH_OBJECT: return CallOutcome::NoSuchObject;
    case wire::Reply::GONE: return CallOutcome::Gone;
    case wire::Reply::NOT_STARTED: return CallOutcome::NotStarted;
    case wire::Reply::NO_BUS: return CallOutcome::NoBus;
    default: return CallOutcome::Unanswered;
    }
}

process::ProcessFacts process_of(const wire::Reply& answer) {
    using View = process::ProcessFacts::View;
    const auto& seen = answer.process();
    process::ProcessFacts facts;
    if (seen.view() == wire::Process::OPEN) facts.view = View::Open;
    if (seen.view() == wire::Process::ENDED) facts.view = View::Ended;
    facts.in_flatpak = seen.in_flatpak();
    facts.flatpak_info = seen.flatpak_info();
    facts.cgroups = seen.cgroups();
    facts.folders.home = seen.home();
    facts.folders.runtime = seen.runtime();
    for (const auto& folder : seen.folders())
        facts.folders.named[folder.name()] = folder.path();
    return facts;
}

} // namespace haulier::daemon
