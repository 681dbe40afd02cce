// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/hosts.hpp"

#include "job/url.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

/// Servers can lead to any number of others.
constexpr size_t MostHosts = 1000;

} // namespace

std::string server_of(const std::string& url, const Proxy& proxy) {
    auto authority = authority_of(url);
    if (!authority) return {};
    auto server = fmt::format("{}://{}", authority->scheme, authority->server());
    if (proxy.mode == Proxy::Mode::Override) server += " via " + proxy.list;
    if (proxy.mode == Proxy::Mode::None) server += " without proxy";
    return server;
}

bool is_trustworthy(const SecurityFlags& security) {
    return !security.ignore_host_name && !security.ignore_dates && !security.ignore_unknown_ca &&
           !security.ignore_wrong_usage;
}

const Hosts::Knowledge* Hosts::find(const Host& host) const {
    auto found = hosts_.find(host);
    return found == hosts_.end() ? nullptr : &found->second;
}

/// Nothing is known of most servers, and they take no room.
void Hosts::tidy(const Host& host, BootTime now) {
    auto found = hosts_.find(host);
    if (found == hosts_.end()) return;
    auto& known = found->second;
    if (known.rest && known.rest->until <= now) known.rest.reset();
    if (!fails_with_http2(known, now)) known.http2_failed_at.reset();
    bool is_known = known.limit || known.rest || known.http2_failed_at || known.if_range_broken;
    if (known.in_flight() == 0 && !is_known) hosts_.erase(found);
}

Hosts::Knowledge* Hosts::learn(const Host& host) {
    if (hosts_.size() >= MostHosts && !find(host)) return nullptr;
    return &hosts_[host];
}

// ---- requests under way ----

void Hosts::started(const Host& host, BootTime now) {
    hosts_[host].waiting.push_back(now);
}

void Hosts::answered(const Host& host, BootTime started_at, BootTime now) {
    auto& known = hosts_[host];
    auto one = std::find(known.waiting.begin(), known.waiting.end(), started_at);
    if (one != known.waiting.end()) known.waiting.erase(one);
    known.served += 1;
    known.served_at = now;
    if (known.limit && known.in_flight() > *known.limit) known.limit = known.in_flight();
}

void Hosts::ended(const Host& host, BootTime started_at, bool was_answered, BootTime now) {
    auto found = hosts_.find(host);
    if (found == hosts_.end()) return;
    auto& known = found->second;
    if (was_answered && known.served > 0) {
        known.served -= 1;
        known.served_at = now;
    } else if (auto one = std::find(known.waiting.begin(), known.waiting.end(), started_at);
               one != known.waiting.end()) {
        known.waiting.erase(one);
    }
    tidy(host, now);
}

uint32_t Hosts::in_flight(const Host& host) const {
    const auto* known = find(host);
    return known ? known->in_flight() : 0;
}

// ---- questions ----

std::optional<HostRest> Hosts::rest_of(const Host& host, BootTime now) const {
    const auto* known = find(host);
    if (!known || !known->rest || known->rest->until <= now) return std::nullopt;
    return known->rest;
}

bool Hosts::is_silent(const Knowledge& known, BootTime now) {
    return known.served == 0 && std::any_of(known.waiting.begin(), known.waiting.end(),
                                            [&](BootTime since) { return now - since >= SilentAfter; });
}

bool Hosts::is_full(const Knowledge& known, BootTime now) {
    if (!known.limit) return false;
    auto raises = (now - known.limit_since) / RaiseLimitAfter;
    return known.in_flight() >= *known.limit + static_cast<uint64_t>(std::max<int64_t>(raises, 0));
}

Admittance Hosts::admits(const Host& host, const File& file, bool may_ask, BootTime now) const {
    const auto* known = find(host);
    if (!known) return Admittance::Yes;
    if (!may_ask && rest_of(host, now)) return Admittance::Resting;
    if (is_silent(*known, now)) return Admittance::Full;
    // A file whose own wait is over is asked for even so: that is how a limit that is too low is found out.
    bool waited = file.failures > 0 && file.clocks.retry_at && *file.clocks.retry_at <= now;
    return !waited && is_full(*known, now) ? Admittance::Full : Admittance::Yes;
}

bool Hosts::explains_refusal(const Host& host, const File& file, BootTime now) const {
    const auto* known = find(host);
    const auto& refused_at = file.clocks.refused_at;
    if (!known || !refused_at || !known->served_at || *known->served_at < *refused_at) return false;
    return known->in_flight() == 0 || (known->limit_is_sure && !is_full(*known, now));
}

bool Hosts::fails_with_http2(const Knowledge& known, BootTime now) {
    return known.http2_failed_at && now - *known.http2_failed_at < RetryHttp2After;
}

HostFaults Hosts::faults_of(const Host& host, BootTime now) const {
    const auto* known = find(host);
    return known ? HostFaults{fails_with_http2(*known, now), known->if_range_broken} : HostFaults{};
}

bool Hosts::are_all_free(BootTime now) const {
    return std::none_of(hosts_.begin(), hosts_.end(), [&](const auto& entry) {
        const auto& known = entry.second;
        return (known.rest && known.rest->until > now) || is_silent(known, now) || is_full(known, now);
    });
}

// ---- what is learnt ----

void Hosts::refused(const Host& host, BootTime now) {
    auto* learnt = learn(host);
    if (!learnt) return;
    auto& known = *learnt;
    auto others = std::max(1U, known.in_flight());
    known.limit = std::min(known.limit.value_or(others), others);
    known.limit_since = now;
    // The others may be served without having been answered yet.
    if (known.served > 0) known.served_at = now;
}

void Hosts::confirm_limit(const Host& host, BootTime now) {
    auto found = hosts_.find(host);
    if (found == hosts_.end() || !found->second.limit) return;
    found->second.limit_is_sure = true;
    found->second.limit_since = now;
}

void Hosts::drop_limit(const Host& host) {
    auto found = hosts_.find(host);
    if (found != hosts_.end() && !found->second.limit_is_sure) found->second.limit.reset();
}

void Hosts::rest(const Host& host, HostRest rest) {
    auto* known = learn(host);
    if (!known) return;
    auto& present = known->rest;
    if (!present || present->until < rest.until) present = std::move(rest);
}

bool Hosts::note_http2_failure(const Host& host, BootTime now) {
    auto* known = learn(host);
    if (!known || fails_with_http2(*known, now)) return false;
    known->http2_failed_at = now;
    return true;
}

void Hosts::note_broken_if_range(const Host& host) {
    if (auto* known = learn(host)) known->if_range_broken = true;
}

void Hosts::forget_all() {
    for (auto& [host, known] : hosts_) {
        known.limit.reset();
        known.limit_is_sure = false;
        known.rest.reset();
        known.http2_failed_at.reset();
        known.if_range_broken = false;
    }
}

} // namespace haulier::job
