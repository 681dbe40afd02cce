// SPDX-License-Identifier: LGPL-2.1-or-later
// What the compiler cannot say about the state machine (state.hpp says the rest): that it is the one in the
// docs.
#include "job/state.hpp"

#include "state_names.hpp"
#include "support/documents.hpp"

#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace haulier::job {

namespace {

std::string word_of(Event event) {
    switch (event) {
    case Event::Resume: return "Resume";
    case Event::Suspend: return "Suspend";
    case Event::Cancel: return "Cancel";
    case Event::Complete: return "Complete";
    case Event::Published: return "published";
    case Event::PublishFailed: return "publish failed";
    case Event::Granted: return "granted";
    case Event::Connected: return "connected";
    case Event::Interrupted: return "interrupted";
    case Event::Deferred: return "deferred";
    case Event::FailedForGood: return "failed for good";
    case Event::Blocked: return "blocked";
    case Event::RetryDue: return "retry due";
    case Event::NoProgress: return "no progress";
    case Event::AllTransferred: return "all transferred";
    case Event::RangesFilled: return "ranges filled";
    case Event::Rejected: return "rejected";
    case Event::Taken: return "taken";
    }
    return {};
}

/// The table_of_states as docs/states.md shows it: a row a state, a column an event, "=" unchanged, "-" not
/// legal.
std::string table_of_states() {
    std::ostringstream out;
    out << "| state |";
    for (Event e : AllEvents)
        out << ' ' << word_of(e) << " |";
    out << "\n|---|";
    for (size_t i = 0; i < AllEvents.size(); ++i)
        out << "---|";
    out << '\n';
    for (State s : AllStates) {
        out << "| " << name_of(s) << " |";
        for (Event e : AllEvents) {
            auto after = next(s, e);
            out << ' ' << (!after ? "-" : *after == s ? "=" : name_of(*after)) << " |";
        }
        out << '\n';
    }
    return out.str();
}

TEST(StateMachine, IsTheOneInTheDocs) {
    EXPECT_NE(test::document("docs/states.md").find(table_of_states()), std::string::npos)
        << "docs/states.md lacks this table_of_states:\n"
        << table_of_states();
}

TEST(StateMachine, ResumeDoesNotDisturbARunningJob) {
    EXPECT_EQ(next(State::Connecting, Event::Resume), State::Connecting);
    EXPECT_EQ(next(State::Transferring, Event::Resume), State::Transferring);
}

TEST(StateMachine, AFinishedFileMayEndTheWorkOfASuspendedJob) {
    EXPECT_EQ(next(State::Suspended, Event::AllTransferred), State::Transferred);
}

TEST(StateWords, LeadBackToTheirStates) {
    for (State s : AllStates)
        EXPECT_EQ(parse_state(to_string(s)), shown_as(s));
    EXPECT_FALSE(parse_state("unknown"));
    EXPECT_FALSE(parse_state("publishing"));
}

} // namespace

} // namespace haulier::job
