// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/wait_for_end.hpp"

#include "cli/hints.hpp"
#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>
#include <memory>
#include <utility>

namespace haulier::cli {

namespace {

constexpr int CompleteTries = 5;

const char* word_of(End end) {
    switch (end) {
    case End::Transferred: return "transferred";
    case End::Failed: return "failed";
    case End::Completed: return "complete";
    case End::Partial: return "partial";
    case End::Cancelled: return "cancelled";
    case End::Expired: return "expired";
    case End::Taken: return "taken";
    case End::Gone: return "gone";
    case End::Interrupted: return "interrupted";
    case End::TimedOut: return "timed-out";
    }
    return "gone";
}

Exit code_of(End end) {
    switch (end) {
    case End::Transferred:
    case End::Completed: return Exit::Ok;
    case End::Failed:
    case End::Partial: return Exit::JobFailed;
    case End::Cancelled:
    case End::Expired: return Exit::Cancelled;
    case End::Taken:
    case End::Gone: return Exit::NoSuchJob;
    case End::Interrupted: return Exit::Interrupted;
    case End::TimedOut: return Exit::TimedOut;
    }
    return Exit::Failed;
}

std::string message_of(const std::string& id, const WaitResult& result) {
    auto job = short_id(id);
    switch (result.end) {
    case End::Transferred:
    case End::Completed: return "";
    case End::Failed: return translate("job {} failed: {}", job, sanitize(result.job.error_message));
    case End::Partial: return translate("job {} was completed without all of its files", job);
    case End::Cancelled: return translate("job {} was cancelled", job);
    case End::Expired: return translate("job {} has expired because it was not used for too long", job);
    case End::Taken: return translate("job {} belongs to another user now", job);
    case End::Gone:
        return translate("you have no job {}, or it ended while haulierctl was not connected", job);
    case End::Interrupted:
        return result.job.auto_complete
                   ? translate("job {} continues in the background and completes itself", job)
                   : translate("job {} continues in the background", job);
    case End::TimedOut: return translate("job {} has not ended yet", job);
    }
    return "";
}

/// Whether Complete was really refused: the job still waits for it. Otherwise the reply was lost, or another
/// client was faster, and the state of the job tells more than the failure.
bool is_refused(Client& client, const std::string& id, const Failure& failure) {
    if (failure.code != Exit::Failed) return false;
    auto properties = client.properties(id);
    return !properties || end_of(view_of(*properties)) == End::Transferred;
}

} // namespace

Result<WaitResult, Failure> wait_for_end(Client& client, const Common& common, const std::string& id) {
    Interrupts interrupts;
    Screen screen{common.quiet};
    return watch_job(client, id, screen, interrupts);
}

Result<WaitResult, Failure> wait_and_complete(Client& client, const Common& common, const std::string& id) {
    Interrupts interrupts;
    Screen screen{common.quiet};
    for (int tries = 1;; ++tries) {
        auto result = watch_job(client, id, screen, interrupts);
        if (!result) return result;
        // Our own Complete worked although its reply was lost.
        if (result->end == End::Gone && tries > 1) result->end = End::Completed;
        if (result->end != End::Transferred) return result;
        auto completed = client.complete(id);
        if (completed) {
            result->end = end_from_result(completed->result);
            return result;
        }
        if (tries == CompleteTries || is_refused(client, id, completed.error())) return completed.error();
    }
}

namespace {

Result<WaitResult, Failure> completed(Client& client, const Common& common, const WaitResult& transferred,
                                      const std::string& id) {
    auto done = client.complete(id);
    if (!done) return wait_and_complete(client, common, id);
    auto result = transferred;
    result.end = end_from_result(done->result);
    return result;
}

} // namespace

Result<std::vector<JobEnd>, Failure> wait_for_several(Client& client, const Common& common,
                                                      const std::vector<std::string>& ids,
                                                      const WaitMode& mode) {
    Interrupts interrupts;
    Screen screen{common.quiet};
    Watches watches;
    for (const auto& id : ids) {
        watches.push_back(std::make_unique<Watch>(client, id, screen));
        if (auto begun = watches.back()->begin(); !begun) return begun.error();
    }
    std::vector<JobEnd> ends;
    while (!watches.empty() && (ends.empty() || !mode.any)) {
        if (auto one = run_until_one_ends(client, watches, screen, interrupts, mode.deadline); !one)
            return one.error();
        for (const auto& watch : watches) {
            if (!watch->has_ended()) continue;
            auto result = watch->result();
            if (mode.complete && result.end == End::Transferred) {
                auto done = completed(client, common, result, watch->id());
                if (!done) return done.error();
                result = *done;
            }
            ends.push_back({watch->id(), result});
        }
        std::erase_if(watches, [](const auto& watch) { return watch->has_ended(); });
    }
    screen.leave();
    return ends;
}

Exit report(const Common& common, const std::string& id, const WaitResult& result) {
    auto message = message_of(id, result);
    bool is_error = result.end != End::Interrupted;
    if (!message.empty() && (is_error || !common.quiet)) print_error(message);
    if (!common.quiet) print_stderr(hint_for(common.access, id, result));
    return code_of(result.end);
}

Json to_json(const std::string& id, const WaitResult& result) {
    Json out = Json::object();
    out["Id"] = id;
    out["Result"] = word_of(result.end);
    out.update(to_public_json(result.properties));
    return out;
}

} // namespace haulier::cli
