// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/wait_for_end.hpp"

#include "cli/output.hpp"
#include "cli/run_transfer.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>

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
    }
    return Exit::Failed;
}

std::string message_of(const std::string& id, const WaitResult& result) {
    auto job = short_id(id);
    switch (result.end) {
    case End::Transferred:
    case End::Completed: return "";
    case End::Failed: return fmt::format("job {} failed: {}", job, sanitize(result.job.error_message));
    case End::Partial: return fmt::format("job {} was completed without all of its files", job);
    case End::Cancelled: return fmt::format("job {} was cancelled", job);
    case End::Expired: return fmt::format("job {} has expired because it was not used for too long", job);
    case End::Taken: return fmt::format("job {} belongs to another user now", job);
    case End::Gone:
        return fmt::format("you have no job {}, or it ended while haulierctl was not connected", job);
    case End::Interrupted:
        return fmt::format("job {} continues in the background{}", job,
                           result.job.auto_complete ? " and completes itself" : "");
    }
    return "";
}

/// The server has sent a part of the file and now refuses the rest.
bool may_have_expired(const JobView& job) {
    bool refused = job.error_code == 401 || job.error_code == 403 || job.error_code == 410;
    return job.type == "download" && job.error_name == "http-status" && refused && job.done > 0;
}

std::string renew_hint(const Common& common, const std::string& id, const JobView& job) {
    auto program = common.access.program();
    if (!job.key.empty() && !is_made_up(job.key) && job.files == 1 && !common.access.all_users)
        return fmt::format("If the link has expired, go on with a new one: '{} get --key {} NEWURL FILE'.\n",
                           program, sanitize(job.key));
    return fmt::format("If the link has expired, go on with a new one: '{0} rename {1} {2} NEWURL' and "
                       "'{0} resume {1}'.\n",
                       program, short_id(id), job.error_file);
}

/// What the user can type next.
std::string hint_of(const Common& common, const std::string& id, const WaitResult& result) {
    auto job = short_id(id);
    auto program = common.access.program();
    auto end = result.end;
    if (end == End::Failed && may_have_expired(result.job)) return renew_hint(common, id, result.job);
    if (end == End::Failed)
        return fmt::format("Try again with '{0} resume {1}', or give up with '{0} cancel {1}'.\n", program,
                           job);
    if (end == End::Interrupted)
        return fmt::format("Return to it with '{0} wait --complete {1}', or give up with '{0} cancel {1}'.\n",
                           program, job);
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
    return Watch{client, id, screen}.run(interrupts);
}

Result<WaitResult, Failure> wait_and_complete(Client& client, const Common& common, const std::string& id) {
    Interrupts interrupts;
    Screen screen{common.quiet};
    for (int tries = 1;; ++tries) {
        auto result = Watch{client, id, screen}.run(interrupts);
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

Exit report(const Common& common, const std::string& id, const WaitResult& result) {
    auto message = message_of(id, result);
    bool is_error = result.end != End::Interrupted;
    if (!message.empty() && (is_error || !common.quiet)) print_error(message);
    if (!common.quiet) print_stderr(hint_of(common, id, result));
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
