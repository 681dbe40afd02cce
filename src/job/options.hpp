// SPDX-License-Identifier: LGPL-2.1-or-later
// The types of what a client can choose: enumerations and small values, each with its words on the bus.
#pragma once

#include "job/enum_names.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::job {

/// Which events reach the client through callbacks (BITS 5.1). Signals are sent whatever the flags say.
struct NotifyFlags {
    bool transferred = true;
    bool error = true;
    bool modification = false;
    bool file_transferred = false;
    bool file_ranges_transferred = false;
    bool remote_name_expired = false; ///< a question, see File::wait
    bool disable = false;             ///< overrides all others
    bool operator==(const NotifyFlags&) const = default;
};
template <>
struct Names<NotifyFlags> {
    static constexpr std::string_view what = "notify flag";
    static constexpr std::array rows{
        EnumName{&NotifyFlags::transferred, "transferred"},
        EnumName{&NotifyFlags::error, "error"},
        EnumName{&NotifyFlags::modification, "modification"},
        EnumName{&NotifyFlags::file_transferred, "file-transferred"},
        EnumName{&NotifyFlags::file_ranges_transferred, "file-ranges-transferred"},
        EnumName{&NotifyFlags::remote_name_expired, "remote-name-expired"},
        EnumName{&NotifyFlags::disable, "disable"},
    };
};

/// The bus on which a notify service is called.
enum class ServiceBus {
    Own,     ///< the bus that the daemon serves
    Session, ///< the session bus of the job's owner
};

/// A well-known bus name that the bus can start, and the object there; empty name = none.
/// job/notify_service.hpp has its text form.
struct NotifyService {
    std::string name;
    std::string path;
    ServiceBus bus = ServiceBus::Own;
    bool operator==(const NotifyService&) const = default;
};

/// BITS 4.1. Foreground jobs run all at once; of the others, a lower one waits for every higher one.
enum class Priority { Foreground, High, Normal, Low };
template <>
struct Names<Priority> {
    static constexpr std::string_view what = "priority";
    static constexpr std::array rows{
        EnumName{Priority::Foreground, "foreground"},
        EnumName{Priority::High, "high"},
        EnumName{Priority::Normal, "normal"},
        EnumName{Priority::Low, "low"},
    };
};

/// On which networks a job may move data (BITS 4.6, as far as Linux can tell networks apart).
enum class NetworkCost {
    Always,
    NoRoaming,
    Standard,  ///< neither roaming nor known to be metered
    Unmetered, ///< not even possibly metered
};
template <>
struct Names<NetworkCost> {
    static constexpr std::string_view what = "network cost";
    static constexpr std::array rows{
        EnumName{NetworkCost::Always, "always"},
        EnumName{NetworkCost::NoRoaming, "no-roaming"},
        EnumName{NetworkCost::Standard, "standard"},
        EnumName{NetworkCost::Unmetered, "unmetered"},
    };
};

enum class PowerPolicy {
    Always,
    NoSaver, ///< not while the power saver is on
    AcOnly,
};
template <>
struct Names<PowerPolicy> {
    static constexpr std::string_view what = "power policy";
    static constexpr std::array rows{
        EnumName{PowerPolicy::Always, "always"},
        EnumName{PowerPolicy::NoSaver, "no-saver"},
        EnumName{PowerPolicy::AcOnly, "ac-only"},
    };
};

enum class RedirectPolicy {
    Silent,   ///< follow; the stored URL stays
    Report,   ///< follow; the remote name becomes the final URL
    Disallow, ///< fail with the 3xx; the remote name becomes the target
};
template <>
struct Names<RedirectPolicy> {
    static constexpr std::string_view what = "redirect policy";
    static constexpr std::array rows{
        EnumName{RedirectPolicy::Silent, "silent"},
        EnumName{RedirectPolicy::Report, "report"},
        EnumName{RedirectPolicy::Disallow, "disallow"},
    };
};

/// BITS 6.9: each weakens, or with check_revocation sharpens, the check of a server's certificate.
struct SecurityFlags {
    bool check_revocation = false; ///< a stapled OCSP answer is required
    bool ignore_host_name = false;
    bool ignore_dates = false;
    bool ignore_unknown_ca = false;
    bool ignore_wrong_usage = false;
    bool allow_https_to_http = false; ///< a redirect may leave https
    bool operator==(const SecurityFlags&) const = default;
};
template <>
struct Names<SecurityFlags> {
    static constexpr std::string_view what = "security flag";
    static constexpr std::array rows{
        EnumName{&SecurityFlags::check_revocation, "check-revocation"},
        EnumName{&SecurityFlags::ignore_host_name, "ignore-host-name"},
        EnumName{&SecurityFlags::ignore_dates, "ignore-dates"},
        EnumName{&SecurityFlags::ignore_unknown_ca, "ignore-unknown-ca"},
        EnumName{&SecurityFlags::ignore_wrong_usage, "ignore-wrong-usage"},
        EnumName{&SecurityFlags::allow_https_to_http, "allow-https-to-http"},
    };
};

/// BITS 6.10.
struct Proxy {
    enum class Mode {
        Preconfigured, ///< the service's environment, else the desktop's settings
        None,
        Override, ///< `list`, except for hosts in `bypass`
        Auto,     ///< the desktop's settings, PAC and WPAD included, asked for each file
    } mode = Mode::Preconfigured;
    /// Proxies with spaces between them, tried in order: [protocol=][scheme://]host[:port].
    std::string list;
    /// Hosts with spaces between them; a leading "*." and "<local>" are understood.
    std::string bypass;
    bool operator==(const Proxy&) const = default;
};
template <>
struct Names<Proxy::Mode> {
    static constexpr std::string_view what = "proxy mode";
    static constexpr std::array rows{
        EnumName{Proxy::Mode::Preconfigured, "preconfigured"},
        EnumName{Proxy::Mode::None, "none"},
        EnumName{Proxy::Mode::Override, "override"},
        EnumName{Proxy::Mode::Auto, "auto"},
    };
};

/// BITS 6.8. Write-only: nothing that leaves the daemon to a client ever holds one.
struct Credentials {
    enum class Target { Server, Proxy } target = Target::Server;
    enum class Scheme { Basic, Digest, Ntlm, Negotiate, Bearer } scheme = Scheme::Basic;
    /// Empty with bearer; empty user and password with ntlm and negotiate = the owner's own.
    std::string user;
    std::string password; ///< the token, with bearer
    /// "host:port" in lower case where a URL brought them: only that server gets them. Empty = all servers of
    /// the job.
    std::string only_for;
    bool operator==(const Credentials&) const = default;
};
template <>
struct Names<Credentials::Target> {
    static constexpr std::string_view what = "target";
    static constexpr std::array rows{
        EnumName{Credentials::Target::Server, "server"},
        EnumName{Credentials::Target::Proxy, "proxy"},
    };
};
template <>
struct Names<Credentials::Scheme> {
    static constexpr std::string_view what = "scheme";
    static constexpr std::array rows{
        EnumName{Credentials::Scheme::Basic, "basic"},
        EnumName{Credentials::Scheme::Digest, "digest"},
        EnumName{Credentials::Scheme::Ntlm, "ntlm"},
        EnumName{Credentials::Scheme::Negotiate, "negotiate"},
        EnumName{Credentials::Scheme::Bearer, "bearer"},
    };
};

/// How the requests of a job are made.
struct Http {
    std::vector<std::string> headers; ///< "Name: value", sent with every request
    bool headers_write_only = false;  ///< they can never be read back; cannot be undone
    std::string method;               ///< empty = GET for downloads, PUT for uploads
    SecurityFlags security;
    RedirectPolicy redirect = RedirectPolicy::Silent;
    std::string client_certificate; ///< absolute path of a PEM file with certificate and key; empty = none
    std::string client_key;         ///< absolute path of a PEM file with its key; empty = in the same file
    std::string
        certificate_authority; ///< absolute path of a PEM file with those to trust; empty = the system's
    Proxy proxy;
    std::vector<Credentials> credentials; ///< one per target, scheme and only_for
    bool operator==(const Http&) const = default;
};

/// A piece of a remote file.
struct Range {
    uint64_t offset = 0;
    uint64_t length = 0; ///< at least 1; ToEnd = to the end of the file
    bool operator==(const Range&) const = default;
};
inline constexpr uint64_t ToEnd = ~uint64_t{0};

/// What a file that fails for good means for the others of its job.
enum class OnFileError {
    Stop,     ///< the job fails with it (BITS)
    Continue, ///< they go on; the job fails when nothing more can be transferred
};
template <>
struct Names<OnFileError> {
    static constexpr std::string_view what = "OnFileError";
    static constexpr Errc refusal = Errc::InvalidArgument; // BITS has no such choice
    static constexpr std::array rows{
        EnumName{OnFileError::Stop, "stop"},
        EnumName{OnFileError::Continue, "continue"},
    };
};

/// When the files of a download get their names.
enum class PublishFiles {
    Together, ///< when the job is completed (BITS)
    Each,     ///< each as soon as it is transferred
};
template <>
struct Names<PublishFiles> {
    static constexpr std::string_view what = "PublishFiles";
    static constexpr Errc refusal = Errc::InvalidArgument; // BITS has no such choice
    static constexpr std::array rows{
        EnumName{PublishFiles::Together, "together"},
        EnumName{PublishFiles::Each, "each"},
    };
};

/// When a client is asked for another URL of a file that the server refuses
/// (NotifyFlags::remote_name_expired).
enum class RenewRemoteName {
    AfterBytes, ///< if a part of the file has come already: the link was good, and has expired
    Always,
};
template <>
struct Names<RenewRemoteName> {
    static constexpr std::string_view what = "RenewRemoteName";
    static constexpr Errc refusal = Errc::InvalidArgument; // BITS has no such choice
    static constexpr std::array rows{
        EnumName{RenewRemoteName::AfterBytes, "after-bytes"},
        EnumName{RenewRemoteName::Always, "always"},
    };
};

/// What programs that show transfers show of a job.
enum class Visibility {
    Hidden,
    Progress, ///< the job, as long as it is not transferred
    Result,   ///< how it ended
    Full,     ///< both
};
template <>
struct Names<Visibility> {
    static constexpr std::string_view what = "Visibility";
    static constexpr Errc refusal = Errc::InvalidArgument; // BITS has no such choice
    static constexpr std::array rows{
        EnumName{Visibility::Hidden, "hidden"},
        EnumName{Visibility::Progress, "progress"},
        EnumName{Visibility::Result, "result"},
        EnumName{Visibility::Full, "full"},
    };
};

/// How it is known which app a job belongs to.
enum class AppIdSource {
    None,
    Sandbox, ///< the sandbox of the app says so
    Cgroup,  ///< the desktop has started the app in a unit with its name
    Client,  ///< the app itself says so
};
template <>
struct Names<AppIdSource> {
    static constexpr std::string_view what = "AppIdSource";
    static constexpr std::array rows{
        EnumName{AppIdSource::None, ""},
        EnumName{AppIdSource::Sandbox, "sandbox"},
        EnumName{AppIdSource::Cgroup, "cgroup"},
        EnumName{AppIdSource::Client, "client"},
    };
};

/// What happens to a file that has the name of a downloaded one when that gets its name.
enum class Existing {
    Replace,
    Keep,   ///< it stays, and the downloaded file fails
    Rename, ///< it stays, and the downloaded file gets another name
};
template <>
struct Names<Existing> {
    static constexpr std::string_view what = "Existing";
    static constexpr Errc refusal = Errc::InvalidArgument; // BITS has no such choice
    static constexpr std::array rows{
        EnumName{Existing::Replace, "replace"},
        EnumName{Existing::Keep, "keep"},
        EnumName{Existing::Rename, "rename"},
    };
};

/// What a file, or a whole job, that could not go on waits for. The words are those of WaitReason.
enum class Wait {
    Retry,   ///< its own retry delay
    Host,    ///< the server that answered has asked all requests to wait
    Storage, ///< the disk is full, read-only or not mounted; there is no date
    Clock,   ///< this machine's clock is wrong
    Client,  ///< its client has been asked for another URL; there is no date
};
template <>
struct Names<Wait> {
    static constexpr std::string_view what = "wait";
    static constexpr std::array rows{
        EnumName{Wait::Retry, "retry-delay"}, EnumName{Wait::Host, "host"},
        EnumName{Wait::Storage, "storage"},   EnumName{Wait::Clock, "clock"},
        EnumName{Wait::Client, "client"},
    };
};

/// What the client says of a finished file (BITS 1.7).
enum class Validation { None, Valid, Invalid };
template <>
struct Names<Validation> {
    static constexpr std::string_view what = "validation state";
    static constexpr std::array rows{
        EnumName{Validation::None, "none"},
        EnumName{Validation::Valid, "valid"},
        EnumName{Validation::Invalid, "invalid"},
    };
};

} // namespace haulier::job
