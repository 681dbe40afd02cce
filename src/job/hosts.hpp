// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known about the servers that jobs of an owner use: how many connections each accepts, until when it
// must not be asked, and what it mishandles. This is about the server that answered, after redirects, and the
// way to it. Values without input, output or a clock.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haulier::job {

/// A server, by the way to it.
struct Host {
    uint32_t owner = 0;
    std::string server; ///< see server_of()
    auto operator<=>(const Host&) const = default;
};
/// "https://example.org:443", followed by " via PROXIES" where a job has its own; empty for what is no URL.
/// `url` may be a whole URL or an origin.
std::string server_of(const std::string& url, const Proxy& proxy);
/// Answers are believed for other jobs only if any job would have believed them.
bool is_trustworthy(const SecurityFlags& security);

/// A server has asked all requests to wait.
struct HostRest {
    BootTime until;
    WallTime date;
    JobError why;
    bool operator==(const HostRest&) const = default;
};

/// What a server mishandles, and requests must avoid.
struct HostFaults {
    bool http2 = false;
    bool if_range = false;
};

/// Could the server be asked for one more file?
enum class Admittance {
    Yes,
    Resting, ///< not before a date
    Full,    ///< not before one of the present requests ends, or is answered
};

/// For other jobs, a server can ask for so much patience at most.
inline constexpr std::chrono::seconds LongestRest{3600};
/// A server that has not answered for so long gets no further requests until it does.
inline constexpr Usec SilentAfter{1'000'000};
/// After so long, a server that bore few connections is tried with one more.
inline constexpr Usec RaiseLimitAfter{600'000'000};
/// The time after which HTTP/2 is tried again with a server where it failed.
inline constexpr Usec RetryHttp2After{3'600'000'000};

class Hosts {
public:
    // ---- requests under way ----

    void started(const Host& host, BootTime now);
    /// The request `started_at` is being served.
    void answered(const Host& host, BootTime started_at, BootTime now);
    void ended(const Host& host, BootTime started_at, bool was_answered, BootTime now);
    [[nodiscard]] uint32_t in_flight(const Host& host) const;

    // ---- questions ----

    [[nodiscard]] std::optional<HostRest> rest_of(const Host& host, BootTime now) const;
    /// `file` is due, or has been refused; `may_ask`: whatever rest there is.
    [[nodiscard]] Admittance admits(const Host& host, const File& file, bool may_ask, BootTime now) const;
    /// A refused file may be asked for again before its date: nothing else is under way there, or it is known
    /// that the server bears few connections.
    [[nodiscard]] bool explains_refusal(const Host& host, const File& file, BootTime now) const;
    [[nodiscard]] HostFaults faults_of(const Host& host, BootTime now) const;
    /// No server would refuse any file now.
    [[nodiscard]] bool are_all_free(BootTime now) const;

    // ---- what is learnt ----

    /// It refused a request while it had others of ours.
    void refused(const Host& host, BootTime now);
    /// It serves a file now that it had refused: the refusal was a limit.
    void confirm_limit(const Host& host, BootTime now);
    /// It refuses the file also when it is asked for nothing else: the refusal was the file's.
    void drop_limit(const Host& host);
    /// Until `rest.until`; a rest that ends later stays.
    void rest(const Host& host, HostRest rest);
    /// HTTP/2 failed. False if it was not used because of an earlier failure.
    bool note_http2_failure(const Host& host, BootTime now);
    /// It mishandled a request with If-Range.
    void note_broken_if_range(const Host& host);
    /// The network has changed.
    void forget_all();

private:
    struct Knowledge {
        std::vector<BootTime> waiting; ///< requests that are not answered yet, by when they started
        uint32_t served = 0;           ///< requests that are
        std::optional<BootTime> served_at;
        std::optional<uint32_t> limit;
        bool limit_is_sure = false;
        BootTime limit_since;
        std::optional<HostRest> rest;
        std::optional<BootTime> http2_failed_at;
        bool if_range_broken = false;
        [[nodiscard]] uint32_t in_flight() const { return static_cast<uint32_t>(waiting.size()) + served; }
    };
    [[nodiscard]] const Knowledge* find(const Host& host) const;
    [[nodiscard]] static bool is_silent(const Knowledge& known, BootTime now);
    [[nodiscard]] static bool is_full(const Knowledge& known, BootTime now);
    [[nodiscard]] static bool fails_with_http2(const Knowledge& known, BootTime now);
    /// Nothing if there are too many servers already.
    Knowledge* learn(const Host& host);
    void tidy(const Host& host, BootTime now);

    std::map<Host, Knowledge> hosts_;
};

} // namespace haulier::job
