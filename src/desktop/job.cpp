// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/job.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace haulier::desktop {

namespace {

struct StateWord {
    std::string_view word;
    JobState state;
};
constexpr std::array StateWords{
    StateWord{"suspended", JobState::Suspended},
    StateWord{"queued", JobState::Queued},
    StateWord{"connecting", JobState::Connecting},
    StateWord{"transferring", JobState::Transferring},
    StateWord{"transient-error", JobState::TransientError},
    StateWord{"error", JobState::Error},
    StateWord{"transferred", JobState::Transferred},
    StateWord{"acknowledged", JobState::Ended},
    StateWord{"cancelled", JobState::Ended},
};

/// A state that this version does not know is not shown.
JobState job_state_of(const std::string& word) {
    const auto* found = std::find_if(StateWords.begin(), StateWords.end(),
                                     [&](const StateWord& row) { return row.word == word; });
    return found == StateWords.end() ? JobState::Ended : found->state;
}

Visibility visibility_of(const std::string& word) {
    if (word == "full") return Visibility::Full;
    if (word == "progress") return Visibility::Progress;
    return word == "result" ? Visibility::Result : Visibility::Hidden;
}

/// The contract: 2^63 or more is not known.
uint64_t size_of(const Value& value) {
    constexpr uint64_t NotKnown = uint64_t{1} << 63U;
    auto size = value.number();
    return size < NotKnown ? size : 0;
}

using Setter = void (*)(Job&, const Value&);
struct JobProperty {
    std::string_view name;
    Setter set;
};
constexpr std::array JobProperties{
    JobProperty{"DisplayName", [](Job& job, const Value& v) { job.name = v.text(); }},
    JobProperty{"Type", [](Job& job, const Value& v) { job.is_upload = v.text().starts_with("upload"); }},
    JobProperty{"AppId", [](Job& job, const Value& v) { job.app = v.text(); }},
    JobProperty{"AppIdSource", [](Job& job, const Value& v) { job.confined = v.text() == "sandbox"; }},
    JobProperty{"Icon", [](Job& job, const Value& v) { job.icon = v.text(); }},
    JobProperty{"Target", [](Job& job, const Value& v) { job.target = v.text(); }},
    JobProperty{"Visibility", [](Job& job, const Value& v) { job.visibility = visibility_of(v.text()); }},
    JobProperty{"State", [](Job& job, const Value& v) { job.state = job_state_of(v.text()); }},
    JobProperty{"WaitReason", [](Job& job, const Value& v) { job.wait_reason = v.at(0).text(); }},
    JobProperty{"BytesTransferred", [](Job& job, const Value& v) { job.done = size_of(v); }},
    JobProperty{"BytesKnown", [](Job& job, const Value& v) { job.known = size_of(v); }},
    JobProperty{"FilesUnsized", [](Job& job, const Value& v) { job.unsized_files = v.number(); }},
    JobProperty{"Rate", [](Job& job, const Value& v) { job.rate = size_of(v); }},
    JobProperty{"FilesTotal", [](Job& job, const Value& v) { job.files = v.number(); }},
    JobProperty{"FilesTransferred", [](Job& job, const Value& v) { job.files_done = v.number(); }},
    JobProperty{"Error",
                [](Job& job, const Value& v) {
                    job.failure = {v.at(1).text(), v.at(2).integer(), v.at(3).text()};
                }},
};

} // namespace

bool Job::is_active() const {
    switch (state) {
    case JobState::Queued:
    case JobState::Connecting:
    case JobState::Transferring:
    case JobState::TransientError: return true;
    case JobState::Suspended:
    case JobState::Error:
    case JobState::Transferred:
    case JobState::Ended: return false;
    }
    return false;
}

void merge(Job& job, const Properties& properties) {
    for (const auto& [name, set] : JobProperties)
        if (auto found = properties.find(std::string{name}); found != properties.end())
            set(job, found->second);
}

} // namespace haulier::desktop
