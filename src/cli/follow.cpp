// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/follow.hpp"

#include "cli/output.hpp"
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

std::string sentence_of(const std::string& id, const Ended& ended) {
    auto job = short_id(id);
    switch (ended.end) {
    case End::Transferred:
    case End::Completed: return "";
    case End::Failed: return fmt::format("job {} failed: {}", job, harmless(ended.job.error_sentence));
    case End::Partial: return fmt::format("job {} was completed without all of its files", job);
    case End::Cancelled: return fmt::format("job {} was cancelled", job);
    case End::Expired: return fmt::format("job {} has expired: nobody touched it for too long", job);
    case End::Taken: return fmt::format("job {} was taken by somebody else", job);
    case End::Gone: return fmt::format("there is no job {} of yours, or it ended while nobody watched", job);
    case End::Interrupted: return fmt::format("job {} goes on", job);
    }
    return "";
}

/// What can be typed next.
std::string hint_of(const Common& common, const std::string& id, End end) {
    auto job = short_id(id);
    auto program = common.access.program();
    if (end == End::Failed)
        return fmt::format("Try again with '{0} resume {1}', or give up with '{0} cancel {1}'.\n", program,
                           job);
    if (end == End::Interrupted)
        return fmt::format("Come back with '{0} wait --complete {1}', or give up with '{0} cancel {1}'.\n",
                           program, job);
    return "";
}

/// A refusal that stands, because the job is still waiting to be completed; otherwise the answer was lost, or
/// somebody else was quicker, and the state of the job says more than the failure.
bool stands(Client& client, const std::string& id, const Failure& failure) {
    if (failure.code != Exit::Failed) return false;
    auto properties = client.properties(id);
    return !properties || end_of(view_of(*properties)) == End::Transferred;
}

} // namespace

Outcome<Ended> follow(Client& client, const Common& common, const std::string& id) {
    Interrupts interrupts;
    Screen screen{common.quiet};
    return Watch{client, id, screen}.run(interrupts);
}

Outcome<Ended> follow_to_the_end(Client& client, const Common& common, const std::string& id) {
    Interrupts interrupts;
    Screen screen{common.quiet};
    for (int tries = 1;; ++tries) {
        auto ended = Watch{client, id, screen}.run(interrupts);
        if (!ended) return ended;
        if (ended->end == End::Gone && tries > 1) ended->end = End::Completed;
        if (ended->end != End::Transferred) return ended;
        auto completed = client.complete(id);
        if (completed) {
            ended->end = end_from_result(completed->result);
            return ended;
        }
        if (tries == CompleteTries || stands(client, id, completed.error())) return completed.error();
    }
}

Exit report(const Common& common, const std::string& id, const Ended& ended) {
    auto message = sentence_of(id, ended);
    bool is_error = ended.end != End::Interrupted;
    if (!message.empty() && (is_error || !common.quiet)) complain(message);
    if (!common.quiet) say(hint_of(common, id, ended.end));
    return code_of(ended.end);
}

Json to_json(const std::string& id, const Ended& ended) {
    Json out = Json::object();
    out["Id"] = id;
    out["Result"] = word_of(ended.end);
    out.update(presented(ended.properties));
    return out;
}

} // namespace haulier::cli
