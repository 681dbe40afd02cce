// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as a packet of a worker: what comes out is fit for the bus, or nothing.
#include "base/text.hpp"
#include "daemon/workers/worker_messages.hpp"

#include <cstdint>
#include <cstdlib>

using namespace haulier;

namespace {

void must_be_fit(const std::string& text) {
    if (printable(text, text.size()) != text) std::abort();
}

void check(const wire::FromWorker& message) {
    must_be_fit(daemon::failure_of(message.failed()).error.message);
    must_be_fit(daemon::report_of(message.checkpoint()).validators.etag);
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
