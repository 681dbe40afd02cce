// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as a packet of a worker: what comes out is fit for the bus and the store, or nothing.
#include "base/text.hpp"
#include "daemon/bus/access/sandbox.hpp"
#include "daemon/workers/worker_messages.hpp"
#include "store/lists.hpp"

#include <cstdint>
#include <cstdlib>

using namespace haulier;

namespace {

void must_be_fit(const std::string& text) {
    if (printable(text, text.size()) != text) std::abort();
}

/// The store takes a row that it cannot read for damage.
void must_be_readable(const std::vector<job::Range>& ranges) {
    if (ranges.empty()) return;
    if (store::merged_ranges_from_text(store::to_text(ranges)) != ranges) std::abort();
}

void check(const job::Report& report) {
    for (bool on_demand : {false, true}) {
        job::Job job;
        job.state = job::State::Transferring;
        job.on_demand = on_demand;
        job::File file;
        file.spec.remote = "https://example.org/file";
        auto decision = job::checkpointed(job, 0, file, report, {{}}, {});
        if (!decision) continue;
        must_be_readable(decision->files.at(0).pieces);
        must_be_readable(decision->files.at(0).filled);
    }
}

void check(const wire::Yielding& yielding) {
    for (const auto& [link, rate] : daemon::link_rates_of(yielding))
        must_be_fit(link.interface);
}

/// What a process says of its sandbox.
void check_process(const wire::Reply& reply) {
    auto facts = daemon::process_of(reply);
    if (auto info = bus::parse_flatpak_info(facts.flatpak_info))
        static_cast<void>(bus::grants_of(*info, facts.folders));
}

void check(const wire::FromWorker& message) {
    must_be_fit(daemon::failure_of(message.failed()).error.message);
    auto report = daemon::report_of(message.checkpoint());
    must_be_fit(report.validators.etag);
    check(report);
    check(daemon::fetched_of(message.fetched()).report);
    check(message.yielding());
    check_process(message.reply());
    must_be_fit(daemon::file_name_of(message.reply().name()));
    for (const auto& sent : {message.begun(), message.fetched().begun()}) {
        auto begun = daemon::begun_of(sent);
        must_be_fit(begun.remote + begun.upload_url);
    }
    if (auto status = daemon::status_of(message.reply()); !status) must_be_fit(status.error().message);
    // Only a worker that says so has had a call acknowledged.
    bool reported = message.reply().call_outcome() == wire::Reply::ACKNOWLEDGED;
    if ((daemon::call_outcome_of(message.reply()) == CallOutcome::Acknowledged) != reported) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    wire::FromWorker message;
    if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
    check(message);
    for (const auto& one : message.group().messages())
        check(one);
    return 0;
}
