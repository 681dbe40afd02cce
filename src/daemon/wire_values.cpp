// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/wire_values.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

wire::Digest::Kind to_wire(job::Checksum::Kind kind) {
    switch (kind) {
    case job::Checksum::Kind::Sha256: return wire::Digest::SHA256;
    case job::Checksum::Kind::Sha512: return wire::Digest::SHA512;
    case job::Checksum::Kind::Sha1: return wire::Digest::SHA1;
    case job::Checksum::Kind::Md5: return wire::Digest::MD5;
    }
    return wire::Digest::NONE;
}

/// A number that the enum does not know is a fault of the worker's.
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
    default: return job::Cause::Internal;
    }
}

void fill_identity(wire::Identity& out, const job::File& file) {
    out.set_etag(file.validators.etag);
    out.set_last_modified(file.validators.last_modified);
    out.set_date_is_strong(file.validators.date_is_strong);
    out.set_size_known(file.total != job::UnknownSize);
    if (file.total != job::UnknownSize) out.set_size(file.total);
}

} // namespace

wire::Settings to_wire(const Config& config) {
    auto whole_seconds = [](std::chrono::milliseconds span) {
        return static_cast<uint32_t>(std::chrono::ceil<std::chrono::seconds>(span).count());
    };
    wire::Settings s;
    s.set_checkpoint_bytes(config.checkpoint_bytes);
    s.set_checkpoint_ms(static_cast<uint32_t>(config.checkpoint_interval.count()));
    s.set_connect_timeout_s(whole_seconds(config.connect_timeout));
    s.set_stall_timeout_s(whole_seconds(config.stall_timeout));
    s.set_connections_per_host(config.connections_per_host);
    s.set_progress_ms(500);
    return s;
}

wire::Fetch to_wire(Ticket ticket, const FetchOrder& order) {
    const auto& file = order.file;
    wire::Fetch f;
    f.set_ticket(ticket);
    f.set_url(file.spec.remote);
    f.set_directory(job::directory_of(file.spec.local));
    f.set_temporary(job::temporary_name(order.job, order.index));
    f.set_offset(file.offset);
    if (file.offset > 0) fill_identity(*f.mutable_identity(), file);
    if (file.spec.checksum) {
        f.mutable_digest()->set_kind(to_wire(file.spec.checksum->kind));
        f.mutable_digest()->set_hex(file.spec.checksum->hex);
    }
    f.set_expected_size_known(file.spec.size != job::UnknownSize);
    if (file.spec.size != job::UnknownSize) f.set_expected_size(file.spec.size);
    return f;
}

wire::Publish to_wire(uint64_t request, const PublishOrder& order) {
    const auto& file = order.file;
    wire::Publish p;
    p.set_request(request);
    p.set_directory(job::directory_of(file.spec.local));
    p.set_temporary(job::temporary_name(order.job, order.index));
    p.set_name(job::name_of(file.spec.local));
    p.mutable_inode()->set_device(file.inode.device);
    p.mutable_inode()->set_number(file.inode.number);
    p.set_last_modified(file.validators.last_modified);
    p.set_mode_known(file.spec.mode.has_value());
    p.set_mode(file.spec.mode.value_or(0));
    return p;
}

job::Validators validators_of(const wire::Identity& identity) {
    return {printable(identity.etag(), 1024), printable(identity.last_modified(), 64),
            identity.date_is_strong()};
}

uint64_t size_of(const wire::Identity& identity) {
    return identity.size_known() ? identity.size() : job::UnknownSize;
}

job::Failure failure_of(const wire::Failed& failed) {
    job::Failure f;
    f.error.cause = cause_of(failed.cause());
    f.error.code = failed.code();
    f.error.sentence = printable(failed.sentence(), 8192);
    f.fatal = job::is_fatal(f.error.cause, f.error.code);
    f.retry_after = std::chrono::seconds{failed.retry_after_s()};
    f.void_offset = failed.void_offset();
    return f;
}

Status status_of(const wire::Answer& answer) {
    auto sentence = printable(answer.sentence(), 8192);
    switch (static_cast<int>(answer.fault())) {
    case wire::Answer::NONE: return Done{};
    case wire::Answer::INVALID_ARGUMENT: return Error{Errc::InvalidArgument, sentence};
    case wire::Answer::NOT_SUPPORTED: return Error{Errc::NotSupported, sentence};
    case wire::Answer::LOCAL_FILE: return Error{Errc::LocalFile, sentence};
    default: return Error{Errc::Internal, "the worker gave an answer that is not one"};
    }
}

} // namespace haulier::daemon
