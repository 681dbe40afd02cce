// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages to workers.
#include "daemon/workers/worker_messages.hpp"

#include "daemon/bus/names/names.hpp"
#include "job/mirrors.hpp"
#include "job/segments.hpp"

#include <algorithm>
#include <stdexcept>
#include <variant>

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

wire::Existing to_wire(job::Existing existing) {
    switch (existing) {
    case job::Existing::Replace: return wire::REPLACE;
    case job::Existing::Keep: return wire::KEEP;
    case job::Existing::Rename: return wire::RENAME;
    }
    return wire::KEEP;
}

wire::Http::Redirect to_wire(job::RedirectPolicy policy) {
    switch (policy) {
    case job::RedirectPolicy::Silent: return wire::Http::SILENT;
    case job::RedirectPolicy::Report: return wire::Http::REPORT;
    case job::RedirectPolicy::Disallow: return wire::Http::DISALLOW;
    }
    return wire::Http::DISALLOW;
}

wire::Http::ProxyMode to_wire(job::Proxy::Mode mode) {
    switch (mode) {
    case job::Proxy::Mode::Preconfigured: return wire::Http::PRECONFIGURED;
    case job::Proxy::Mode::None: return wire::Http::NO_PROXY;
    case job::Proxy::Mode::Override: return wire::Http::OVERRIDE;
    case job::Proxy::Mode::Auto: return wire::Http::AUTO;
    }
    return wire::Http::PRECONFIGURED;
}

wire::Http::Credentials::Scheme to_wire(job::Credentials::Scheme scheme) {
    switch (scheme) {
    case job::Credentials::Scheme::Basic: return wire::Http::Credentials::BASIC;
    case job::Credentials::Scheme::Digest: return wire::Http::Credentials::DIGEST;
    case job::Credentials::Scheme::Ntlm: return wire::Http::Credentials::NTLM;
    case job::Credentials::Scheme::Negotiate: return wire::Http::Credentials::NEGOTIATE;
    case job::Credentials::Scheme::Bearer: return wire::Http::Credentials::BEARER;
    }
    return wire::Http::Credentials::BASIC;
}

void fill_security(wire::Http& out, const job::SecurityFlags& security) {
    out.set_allow_https_to_http(security.allow_https_to_http);
    out.set_check_revocation(security.check_revocation);
    out.set_ignore_host_name(security.ignore_host_name);
    out.set_ignore_dates(security.ignore_dates);
    out.set_ignore_unknown_ca(security.ignore_unknown_ca);
    out.set_ignore_wrong_usage(security.ignore_wrong_usage);
}

/// `out` is a wire::Http or a wire::Mirror.
template <class Message>
void fill_credentials(Message& out, const std::vector<job::Credentials>& credentials) {
    for (const auto& known : credentials) {
        auto* one = out.add_credentials();
        one->set_proxy(known.target == job::Credentials::Target::Proxy);
        one->set_scheme(to_wire(known.scheme));
        one->set_user(known.user);
        one->set_password(known.password);
    }
}

void fill_http(wire::Http& out, const RequestOptions& options) {
    const auto& http = options.http;
    for (const auto& line : http.headers)
        out.add_headers(line);
    out.set_method(http.method);
    out.set_redirect(to_wire(http.redirect));
    fill_security(out, http.security);
    out.set_client_certificate(http.client_certificate);
    out.set_client_key(http.client_key);
    out.set_certificate_authority(http.certificate_authority);
    out.set_client_certificate_root(options.client_certificate_root);
    out.set_client_key_root(options.client_key_root);
    out.set_certificate_authority_root(options.certificate_authority_root);
    out.set_proxy_mode(to_wire(http.proxy.mode));
    out.set_proxy_list(http.proxy.list);
    out.set_proxy_bypass(http.proxy.bypass);
    fill_credentials(out, http.credentials);
    out.set_job(options.job);
    out.set_answer_timeout_s(static_cast<uint32_t>(options.answer_timeout.count()));
    out.set_attempt(options.attempt);
    out.set_http1(options.http1);
    out.set_background(options.background);
    out.set_peer(options.peer);
}

void fill_digest(wire::Digest& out, const job::Checksum& checksum) {
    out.set_kind(to_wire(checksum.kind));
    out.set_hex(checksum.hex);
}

/// Dates in headers have no fractions. The date is rounded down, so that every later change is newer.
uint64_t seconds_of(WallTime date) {
    return static_cast<uint64_t>(std::chrono::floor<std::chrono::seconds>(date.since_epoch).count());
}

void fill_inode(wire::Inode& out, const job::Inode& inode) {
    out.set_device(inode.device);
    out.set_number(inode.number);
}

/// Of a finished file: for a wire::Fetch or wire::Publish.
template <class Message>
void fill_permissions(Message& out, const job::FileSpec& spec, std::optional<uint32_t> umask) {
    out.set_mode_known(spec.mode.has_value());
    out.set_mode(spec.mode.value_or(0));
    out.set_umask_known(umask.has_value());
    out.set_umask(umask.value_or(0));
}

void fill_pieces(wire::Fetch& out, const FetchOrder& order) {
    if (order.offset > 0)
        for (const auto& range : order.file.pieces) {
            auto* piece = out.add_pieces();
            piece->set_begin(range.offset);
            piece->set_end(range.offset + range.length);
        }
    out.set_connections(order.connections);
    out.set_split_from(order.split_from);
    for (const auto& mirror : order.mirrors) {
        auto* one = out.add_mirrors();
        one->set_url(mirror.url);
        fill_credentials(*one, mirror.credentials);
    }
}

/// The directory of a file, and the root beneath which it is opened.
template <class Message>
void fill_place(Message& out, const std::string& local, const std::optional<job::Place>& place) {
    out.set_directory(place ? place->directory : job::directory_of(local));
    if (place) out.set_root(place->root);
}

/// The directory of the temporary file, if it is not that of the file.
template <class Message>
void fill_temporary_place(Message& out, const std::optional<job::Place>& place) {
    if (!place) return;
    out.set_temporary_directory(place->directory);
    out.set_temporary_root(place->root);
}

void fill_stamp(wire::Stamp& out, const job::SourceStamp& stamp) {
    fill_inode(*out.mutable_inode(), stamp.inode);
    out.set_size(stamp.size);
    out.set_modified_ns(stamp.modified_ns);
}

void fill_identity(wire::Identity& out, const job::File& file) {
    out.set_etag(file.validators.etag);
    out.set_last_modified(file.validators.last_modified);
    out.set_date_is_strong(file.validators.date_is_strong);
    out.set_content_type(file.validators.content_type);
    out.set_size_known(file.total != job::UnknownSize);
    if (file.total != job::UnknownSize) out.set_size(file.total);
}

void fill_content(wire::Call& call, const notify::JobTransferred&) {
    call.set_method(wire::Call::JOB_TRANSFERRED);
}

void fill_content(wire::Call& call, const notify::JobFailed& content) {
    call.set_method(wire::Call::JOB_ERROR);
    auto& failure = *call.mutable_failure();
    failure.set_context(std::string{job::context_of(content.error.cause)});
    failure.set_name(std::string{job::to_string(content.error.cause)});
    failure.set_code(content.error.code);
    failure.set_message(content.error.message);
    failure.set_file(content.error.file);
}

void fill_content(wire::Call& call, const notify::FileTransferred& content) {
    call.set_method(wire::Call::FILE_TRANSFERRED);
    call.mutable_file()->set_index(content.file);
    call.mutable_file()->set_remote(content.remote_name);
    call.mutable_file()->set_temporary(content.temporary_name);
}

void fill_content(wire::Call& call, const notify::RemoteNameExpired& content) {
    call.set_method(wire::Call::REMOTE_NAME_EXPIRED);
    call.mutable_file()->set_index(content.file);
    call.mutable_file()->set_remote(content.remote_name);
}

[[noreturn]] void fill_content(wire::Call& /*call*/, const notify::FileRangesTransferred&) {
    throw std::logic_error("services are not told of ranges");
}

[[noreturn]] void fill_content(wire::Call& /*call*/, const notify::JobModified&) {
    throw std::logic_error("services are not told of modifications");
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
    s.set_minimum_rate(config.minimum_rate);
    s.set_keep_free(config.keep_free);
    s.set_yields(config.yields);
    s.set_progress_ms(500);
    s.set_proxy_command(config.proxy_command);
    return s;
}

wire::Limits to_wire(const BandwidthLimits& limits) {
    wire::Limits l;
    l.set_all(limits.all);
    l.set_background(limits.background);
    for (const auto& [job, bytes_per_second] : limits.jobs) {
        if (static_cast<size_t>(l.jobs_size()) == MaxLimitedJobs) break;
        auto* one = l.add_jobs();
        one->set_job(job);
        one->set_bytes_per_second(bytes_per_second);
    }
    return l;
}

wire::OtherWorkers to_wire(const LinkShares& shares) {
    wire::OtherWorkers n;
    for (const auto& [link, share] : shares) {
        auto* one = n.add_shares();
        one->set_workers(share.workers);
        one->mutable_link()->set_interface(link.interface);
        one->mutable_link()->set_sends(link.sends);
        one->mutable_link()->set_bytes_per_second(share.rate);
    }
    return n;
}

wire::Fetch to_wire(Ticket ticket, const FetchOrder& order) {
    const auto& file = order.file;
    wire::Fetch f;
    f.set_ticket(ticket);
    f.set_url(job::url_of(file));
    fill_place(f, file.spec.local, order.place);
    fill_temporary_place(f, order.temporary);
    f.set_temporary(job::temporary_name(order.job, order.index, order.file.part));
    f.set_offset(order.offset);
    bool has_bytes = order.offset > 0 || (order.sparse && (!file.filled.empty() || order.segments.empty()));
    if (has_bytes) fill_identity(*f.mutable_identity(), file);
    if (file.spec.checksum) fill_digest(*f.mutable_digest(), *file.spec.checksum);
    f.set_expected_size_known(file.spec.size != job::UnknownSize);
    if (file.spec.size != job::UnknownSize) f.set_expected_size(file.spec.size);
    for (const auto& segment : order.segments) {
        auto* one = f.add_segments();
        one->set_remote(segment.remote);
        one->set_length(segment.length);
        one->set_local(segment.local);
    }
    f.set_sparse(order.sparse);
    f.set_from_zero(order.from_zero);
    f.set_no_checkpoints(order.no_checkpoints);
    f.set_size_limit_known(order.size_limit != job::UnknownSize);
    if (order.size_limit != job::UnknownSize) f.set_size_limit(order.size_limit);
    if (file.folder.number != 0) fill_inode(*f.mutable_folder(), file.folder);
    f.set_other_folder(file.clocks.other_folder);
    f.set_has_other_sources(order.options.peer || job::may_leave_source(file));
    f.set_may_be_mixed(order.offset > 0 && !order.options.peer && job::sources_of(file) > 1);
    fill_permissions(f, file.spec, order.umask);
    f.set_if_range_broken(order.if_range_broken);
    f.set_if_modified_since_s(seconds_of(file.spec.if_modified_since));
    f.set_if_none_match(file.spec.if_none_match.get());
    f.set_server_name(file.spec.server_name);
    f.set_keep_existing(file.spec.existing == job::Existing::Keep);
    if (!file.spec.server_name || order.offset > 0) f.set_name(job::name_of(file.spec.local));
    fill_http(*f.mutable_http(), order.options);
    fill_pieces(f, order);
    return f;
}

wire::Upload to_wire(Ticket ticket, const UploadOrder& order) {
    const auto& file = order.file;
    wire::Upload u;
    u.set_ticket(ticket);
    u.set_url(job::url_of(file));
    fill_place(u, file.spec.local, order.place);
    u.set_name(job::name_of(file.spec.local));
    u.set_upload_url(file.upload_url.get());
    if (file.stamp) fill_stamp(*u.mutable_stamp(), *file.stamp);
    if (file.spec.checksum) fill_digest(*u.mutable_digest(), *file.spec.checksum);
    fill_http(*u.mutable_http(), order.options);
    if (order.reply_file.empty()) return u;
    u.set_want_reply(true);
    u.set_reply_directory(order.reply_place ? order.reply_place->directory
                                            : job::directory_of(order.reply_file));
    if (order.reply_place) u.set_reply_root(order.reply_place->root);
    u.set_reply_temporary(order.reply_temporary);
    u.set_reply_name(job::name_of(order.reply_file));
    return u;
}

wire::DeleteUpload to_wire(uint64_t request, const AbandonOrder& order) {
    wire::DeleteUpload a;
    a.set_request(request);
    a.set_upload_url(order.upload_url);
    fill_http(*a.mutable_http(), order.options);
    return a;
}

wire::Call to_wire(uint64_t request, const notify::Delivery& delivery, std::chrono::milliseconds timeout) {
    wire::Call call;
    call.set_request(request);
    call.set_name(delivery.target.destination);
    call.set_path(delivery.target.path);
    call.set_job(bus::path_of(delivery.job));
    call.set_id(delivery.job.hex);
    call.set_timeout_ms(static_cast<uint32_t>(timeout.count()));
    std::visit([&](const auto& content) { fill_content(call, content); }, delivery.content);
    return call;
}

wire::Check::Item to_wire(const CheckItem& item) {
    wire::Check::Item i;
    i.set_url(item.url);
    i.set_directory(item.directory);
    i.set_name(item.name);
    for (const auto& mirror : item.mirrors)
        i.add_mirrors(mirror);
    i.set_upload(item.upload);
    i.set_untrusted_path(item.foreign);
    i.set_mode_known(item.mode.has_value());
    i.set_mode(item.mode.value_or(0));
    i.set_size_known(item.size != job::UnknownSize);
    if (item.size != job::UnknownSize) i.set_size(item.size);
    i.set_existing(to_wire(item.existing));
    i.set_server_name(item.server_name);
    i.set_root(item.root);
    i.set_temporary_directory(item.temporary.directory);
    i.set_temporary_root(item.temporary.root);
    return i;
}

wire::Publish to_wire(uint64_t request, const PublishOrder& order) {
    const auto& file = order.file;
    wire::Publish p;
    p.set_request(request);
    fill_place(p, file.spec.local, order.place);
    fill_temporary_place(p, order.temporary);
    p.set_temporary(job::temporary_name(order.job, order.index, order.file.part));
    p.set_name(job::name_of(file.spec.local));
    fill_inode(*p.mutable_inode(), file.inode);
    p.set_last_modified(file.validators.last_modified);
    fill_permissions(p, file.spec, order.umask);
    auto size = job::size_of(file);
    p.set_size_known(size != job::UnknownSize);
    if (size != job::UnknownSize) p.set_size(size);
    p.set_existing(to_wire(file.spec.existing));
    return p;
}

wire::Open open_to_wire(uint64_t request, const PublishOrder& order) {
    wire::Open o;
    o.set_request(request);
    fill_place(o, order.file.spec.local, order.place);
    fill_temporary_place(o, order.temporary);
    o.set_temporary(job::temporary_name(order.job, order.index, order.file.part));
    o.set_name(job::name_of(order.file.spec.local));
    fill_inode(*o.mutable_inode(), order.file.inode);
    return o;
}

wire::Discard to_wire(uint64_t request, const DiscardOrder& order) {
    wire::Discard d;
    d.set_request(request);
    d.set_directory(order.directory);
    d.set_temporary(order.temporary);
    if (order.folder.number != 0) fill_inode(*d.mutable_folder(), order.folder);
    d.set_root(order.root);
    return d;
}

wire::CheckStorage to_wire(uint64_t request, const StorageQuestion& question) {
    wire::CheckStorage c;
    c.set_request(request);
    c.set_directory(question.directory);
    if (question.folder.number != 0) fill_inode(*c.mutable_folder(), question.folder);
    c.set_bytes(question.bytes);
    c.set_root(question.root);
    return c;
}

} // namespace haulier::daemon
