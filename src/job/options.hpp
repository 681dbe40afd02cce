// SPDX-License-Identifier: LGPL-2.1-or-later
// The choices that a client has: enumerations and small values, each with its words on the bus. parse_*()
// answers NotSupported, with the words there are, for one that is none (BITS: E_NOTIMPL).
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::job {

/// BITS 4.1. Foreground jobs run all at once; of the others a lower one waits for every higher one.
enum class Priority { Foreground, High, Normal, Low };
std::string_view to_string(Priority priority);
Result<Priority> parse_priority(const std::string& word);

/// On which networks a job may move data (BITS 4.6, as far as Linux can tell networks apart).
enum class NetworkCost {
    Always,
    NoRoaming,
    Standard,  ///< neither roaming nor surely metered
    Unmetered, ///< not even perhaps metered
};
std::string_view to_string(NetworkCost cost);
Result<NetworkCost> parse_network_cost(const std::string& word);

enum class PowerPolicy {
    Always,
    NoSaver, ///< not while the power saver is on
    AcOnly,
};
std::string_view to_string(PowerPolicy policy);
Result<PowerPolicy> parse_power_policy(const std::string& word);

enum class RedirectPolicy {
    Silent,   ///< follow; the stored URL stays
    Report,   ///< follow; the remote name becomes the final URL
    Disallow, ///< fail with the 3xx; the remote name becomes the target
};
std::string_view to_string(RedirectPolicy policy);
Result<RedirectPolicy> parse_redirect_policy(const std::string& word);

/// BITS 6.9: each weakens, or with check_revocation sharpens, the check of a server's certificate.
struct SecurityFlags {
    bool check_revocation = false;    ///< "check-revocation": a stapled OCSP answer is needed
    bool ignore_host_name = false;    ///< "ignore-host-name"
    bool ignore_dates = false;        ///< "ignore-dates"
    bool ignore_unknown_ca = false;   ///< "ignore-unknown-ca"
    bool ignore_wrong_usage = false;  ///< "ignore-wrong-usage"
    bool allow_https_to_http = false; ///< "allow-https-to-http": a redirect may leave https
    bool operator==(const SecurityFlags&) const = default;
};
std::vector<std::string> to_strings(const SecurityFlags& flags);
Result<SecurityFlags> parse_security_flags(const std::vector<std::string>& words);

/// BITS 6.10.
struct Proxy {
    enum class Mode {
        Preconfigured, ///< the service's environment, else the desktop's settings
        None,
        Override, ///< `list`, except for hosts in `bypass`
        Auto,     ///< the desktop's settings, PAC and WPAD included, asked for each file
    } mode = Mode::Preconfigured;
    std::string list; ///< proxies with spaces between them, tried in order: [protocol=][scheme://]host[:port]
    std::string bypass; ///< hosts with spaces between them; a leading "*." and "<local>" are understood
    bool operator==(const Proxy&) const = default;
};
std::string_view to_string(Proxy::Mode mode);
Result<Proxy::Mode> parse_proxy_mode(const std::string& word);

/// BITS 6.8. Write-only: nothing that leaves the daemon to a client ever holds one.
struct Credentials {
    enum class Target { Server, Proxy } target = Target::Server;
    enum class Scheme { Basic, Digest, Ntlm, Negotiate, Bearer } scheme = Scheme::Basic;
    std::string
        user; ///< empty with bearer; empty user and password with ntlm and negotiate = the owner's own
    std::string password; ///< the token, with bearer
    /// Where they came from a URL: "host:port" in lower case, for nobody else. Empty = all servers of the
    /// job.
    std::string only_for;
    bool operator==(const Credentials&) const = default;
};
std::string_view to_string(Credentials::Target target);
std::string_view to_string(Credentials::Scheme scheme);
Result<Credentials::Target> parse_target(const std::string& word);
Result<Credentials::Scheme> parse_scheme(const std::string& word);

/// How the requests of a job are made.
struct Http {
    std::vector<std::string> headers; ///< "Name: value", sent with every request
    bool headers_write_only = false;  ///< never to be read back; cannot be undone
    std::string method;               ///< empty = GET for downloads, PUT for uploads
    SecurityFlags security;
    RedirectPolicy redirect = RedirectPolicy::Silent;
    std::string client_certificate; ///< absolute path of a PEM file with certificate and key; empty = none
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

/// The client's verdict on a finished file (BITS 1.7).
enum class Validation { None, Valid, Invalid };
std::string_view to_string(Validation validation);
std::optional<Validation> parse_validation(std::string_view word);

} // namespace haulier::job
