// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/host_tracker.hpp"

#include "job/mirrors.hpp"
#include "job/peers.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

job::Host HostTracker::host_of(const JobRecord& record, uint32_t index) {
    const auto& job = record.working();
    const auto& file = record.working_files()[index];
    // Not the server of that name: what a peer does says nothing about any server.
    if (job::asks_peer(file)) return {job.owner, "peer " + job::server_of(job::url_of(file), {})};
    if (!file.clocks.server.empty()) return {job.owner, file.clocks.server};
    return {job.owner, job::server_of(job::url_of(file), job.http.proxy)};
}

job::RestOf HostTracker::rests_of(const JobRecord& record) const {
    return [this, &record](uint32_t index) {
        return hosts_.rest_of(host_of(record, index), context_.clock.now().boot);
    };
}

void HostTracker::drop_resting(const job::Job& job, std::vector<MirrorOptions>& mirrors) const {
    auto now = context_.clock.now().boot;
    std::erase_if(mirrors, [&](const MirrorOptions& mirror) {
        return hosts_.rest_of({job.owner, job::server_of(mirror.url, job.http.proxy)}, now).has_value();
    });
}

void HostTracker::started(JobRecord& record, uint32_t index, ActiveTransfer& transfer) {
    auto now = context_.clock.now().boot;
    transfer.host = host_of(record, index);
    transfer.started_at = now;
    transfer.repeated = record.working_files()[index].clocks.refused_at.has_value();
    bool rests = hosts_.rest_of(transfer.host, now).has_value();
    record.has_asked = rests;
    if (rests) record.may_ask = false;
    hosts_.started(transfer.host, now);
    has_asked_ = true;
}

/// After redirects, the server that answers may not be the one that was asked.
void HostTracker::answered(const job::Job& job, ActiveTransfer& transfer, const job::Begun& begun) {
    if (std::exchange(transfer.answered, true)) return;
    auto now = context_.clock.now().boot;
    if (transfer.peer) return hosts_.answered(transfer.host, transfer.started_at, now);
    auto server = job::server_of(begun.origin, job.http.proxy);
    if (!server.empty() && server != transfer.host.server) {
        hosts_.ended(transfer.host, transfer.started_at, false, now);
        transfer.host.server = server;
        hosts_.started(transfer.host, transfer.started_at);
    }
    hosts_.answered(transfer.host, transfer.started_at, now);
    if (transfer.repeated) hosts_.confirm_limit(transfer.host, now);
    if (begun.if_range_broken && job::is_trustworthy(job.http.security))
        hosts_.note_broken_if_range(transfer.host);
}

void HostTracker::ended(const ActiveTransfer& transfer) {
    hosts_.ended(transfer.host, transfer.started_at, transfer.answered, context_.clock.now().boot);
}

/// A server that refuses a request while it has others of ours may accept only fewer of them.
void HostTracker::failed(const job::Job& job, const ActiveTransfer& transfer, job::Failure& failure) {
    if (transfer.peer || failure.by_proxy || !job::is_trustworthy(job.http.security)) return;
    auto now = context_.clock.now().boot;
    auto host = transfer.host;
    if (auto server = job::server_of(failure.origin, job.http.proxy); !server.empty()) host.server = server;
    failure.again = failure.http2 && hosts_.note_http2_failure(host, now);
    bool is_refused = !failure.again && job::is_refusal(failure);
    failure.refused = is_refused && !transfer.answered && hosts_.in_flight(host) > 0;
    if (failure.refused)
        hosts_.refused(host, now);
    else if (transfer.repeated && !transfer.answered)
        hosts_.drop_limit(host);
    take_rest(host, failure);
}

void HostTracker::take_rest(const job::Host& host, const job::Failure& failure) {
    const auto& error = failure.error;
    bool rests = error.cause == job::Cause::HttpStatus && (error.code == 429 || error.code == 503);
    if (!rests || failure.retry_after.count() <= 0) return;
    auto now = context_.clock.now();
    Usec span = std::min({failure.retry_after, job::LongestRest, context_.config.retry.maximum_retry_after});
    job::JobError why{error.cause, error.code,
                      fmt::format("{} asks for no requests at present: {}", host.server, error.message),
                      job::NoFile};
    hosts_.rest(host, {now.boot + span, now.wall + span, why});
    if (auto rest = hosts_.rest_of(host, now.boot)) context_.commits.set_rest({host, rest->date, rest->why});
}

void HostTracker::restore_rests(const std::vector<store::Rest>& rests) {
    auto now = context_.clock.now();
    for (const auto& stored : rests) {
        auto left = std::min<Usec>(stored.until - now.wall, job::LongestRest);
        if (left > Usec{0}) hosts_.rest(stored.host, {now.boot + left, now.wall + left, stored.why});
    }
    if (!rests.empty()) context_.commits.forget_rests(now.wall);
}

/// If the daemon starts before the network is up, this is not a change of the network.
void HostTracker::forget_all() {
    if (!has_asked_) return;
    hosts_.forget_all();
    context_.commits.forget_rests({Usec{INT64_MAX}});
}

} // namespace haulier::daemon
