// SPDX-License-Identifier: LGPL-2.1-or-later
// Every word that a client can see of a job is documented, and every documented word exists.
#include "job/cause.hpp"
#include "job/decide.hpp"
#include "job/state.hpp"
#include "support/documents.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace haulier::job {

namespace {

using test::document;
using test::matches;
using test::section;
using Words = std::set<std::string>;

const std::string Contract = "dbus/org.haulier.Haulier1.Job.xml";

std::vector<Cause> all_causes() {
    std::vector<Cause> all;
    for (int i = 0; i <= static_cast<int>(Cause::Internal); ++i)
        all.push_back(static_cast<Cause>(i));
    return all;
}

/// The words in quotation marks in the description of a property.
Words words_of_property(const std::string& property) {
    return matches(section(document(Contract), " " + property + ": ", "-->"), "\"([a-z-]+)\"");
}

TEST(Documentation, HasEveryErrorOfAJobWithItsContext) {
    Words known;
    for (Cause cause : all_causes()) {
        EXPECT_EQ(parse_cause(to_string(cause)), cause);
        known.insert(std::string{to_string(cause)} + " " + std::string{context_of(cause)});
    }
    auto page = section(document("docs/errors.md"), "## Errors of jobs");
    EXPECT_EQ(matches(page, "\n\\| `([a-z-]+)` \\| `([a-z-]+)` \\|"), known);
}

TEST(Documentation, HasEveryState) {
    Words known;
    for (State state : AllStates)
        known.emplace(to_string(state));
    EXPECT_EQ(words_of_property("State"), known);
}

/// Jobs in `state` for which the scheduler finds different reasons not to run.
std::vector<Job> jobs_in(State state) {
    Job plain;
    plain.state = state;
    plain.files_total = 1;
    std::vector<Job> jobs(8, plain);
    jobs[1].files_total = 0;
    jobs[2].on_demand = true;
    jobs[3].dynamic_content = true;
    jobs[4].not_before = WallTime{Usec{2}};
    jobs[5].clocks.owner_away = true;
    jobs[6].clocks.bar = Bar{};
    jobs[7].clocks.bar = Bar{Bar::Why::Window, {}};
    for (Cause cause : all_causes()) {
        jobs.push_back(plain);
        jobs.back().error = JobError{cause, 0, {}, NoFile};
    }
    for (const auto& [wait, word] : Names<Wait>::rows) {
        jobs.push_back(plain);
        jobs.back().wait = wait;
        jobs.back().error = JobError{};
    }
    return jobs;
}

TEST(Documentation, HasEveryReasonToWait) {
    Words given;
    for (State state : AllStates)
        for (const Job& job : jobs_in(state))
            if (shown_as(state) != State::TransientError || job.error)
                given.emplace(wait_reason(job, WallTime{Usec{1}}).word);
    EXPECT_EQ(words_of_property("WaitReason"), given);
}

} // namespace

} // namespace haulier::job
