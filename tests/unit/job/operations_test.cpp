// SPDX-License-Identifier: LGPL-2.1-or-later
// Every operation in every state (BITS 2.2), asked of the code and compared with docs/states.md.
#include "samples.hpp"
#include "state_names.hpp"
#include "support/documents.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <sstream>

namespace haulier::job {

namespace {

constexpr int64_t Later = 9;

Request of_type(Type type) {
    auto request = request_for(1);
    request.type = type;
    return request;
}

Request on_demand() {
    auto request = request_for(1);
    request.settings.set<&Settings::on_demand>(true);
    return request;
}

/// Drives a job that is suspended to `state`; `index` is the file that is in work.
Sample brought_to(State state, Sample s, uint32_t index) {
    if (state == State::Suspended) return s;
    if (state == State::Cancelled) {
        s.take(*cancel(s.job, at_second(3)));
        return s;
    }
    s.take(*resume(s.job, s.files, at_second(3)));
    if (state == State::Queued) return s;
    if (state == State::Blocked) {
        s.take(*blocked(s.job, Cause::NetworkLost, at_second(3)));
        return s;
    }
    s.grant(3);
    if (state == State::Connecting) return s;
    s.run(index, 3);
    for (uint32_t i = index; state == State::TransientError && i < s.files.size(); ++i)
        s.fail(transient_failure(i), 4);
    if (state == State::Error) s.fail(fatal_failure(index), 4);
    if (shown_as(state) != State::Transferred && state != State::Acknowledged) return s;
    for (uint32_t i = index; i < s.files.size(); ++i)
        s.fetch(i, 4);
    if (state == State::Transferred) return s;
    s.take(*complete(s.job, at_second(5)));
    if (state == State::Publishing) return s;
    s.take(*publish_succeeded(s.job, at_second(5)));
    return s;
}

/// A download of two files of which nothing is here.
Sample fresh(State state) {
    return brought_to(state, Sample{2, false}, 0);
}

/// The same with its first file here.
Sample half_done(State state) {
    Sample s{2, true};
    s.run();
    s.fetch(0);
    s.take(*suspend(s.job, at_second(2)));
    return brought_to(state, s, 1);
}

Sample alone(State state) {
    return brought_to(state, Sample{1, false}, 0);
}

Sample uploading(State state) {
    return brought_to(state, Sample{of_type(Type::UploadReply)}, 0);
}

/// Everything is asked for.
Sample sparse(State state) {
    Sample s{on_demand()};
    s.take(*request_ranges(s.job, 0, s.files[0], {{0, ToEnd}}, Limits{}, at_second(1)));
    return brought_to(state, s, 0);
}

std::string word_of_error(Errc code) {
    switch (code) {
    case Errc::InvalidState: return "InvalidState";
    case Errc::Empty: return "Empty";
    case Errc::ReadOnlyAfterAddFile: return "ReadOnlyAfterAddFile";
    case Errc::ReadOnlyAfterResume: return "ReadOnlyAfterResume";
    case Errc::Pending: return "Pending";
    case Errc::NotFound:
    case Errc::AccessDenied:
    case Errc::InvalidArgument:
    case Errc::StringTooLong:
    case Errc::NotSupported:
    case Errc::TooManyJobs:
    case Errc::TooManyFiles:
    case Errc::TooManyRanges:
    case Errc::InvalidRange:
    case Errc::OverlappingRanges:
    case Errc::ReadOnly:
    case Errc::TooLarge:
    case Errc::NotActivatable:
    case Errc::LocalFile:
    case Errc::FileExists:
    case Errc::OutsideSandbox:
    case Errc::Store:
    case Errc::Internal: return "?";
    }
    return "?";
}

struct Operation {
    const char* name;
    Sample (*job)(State);
    std::function<Result<Decision>(const Sample&, Now)> call;
};

Operation setter(const char* name, const SettingsPatch& patch, Sample (*job)(State) = fresh) {
    return {name, job, [patch](const Sample& s, Now now) { return change(s.job, s.files, patch, now); }};
}

SettingsPatch some_credentials() {
    SettingsPatch p;
    p.set<&Settings::http, &Http::credentials>(
        {{Credentials::Target::Server, Credentials::Scheme::Basic, "u", "p", ""}});
    return p;
}

std::vector<Operation> operations() {
    return {
        {"AddFile, AddFiles", fresh,
         [](const Sample& s, Now now) { return add_files(s.job, {spec("x")}, Limits{}, now); }},
        {"Resume", fresh, [](const Sample& s, Now now) { return resume(s.job, s.files, now); }},
        {"Suspend", fresh, [](const Sample& s, Now now) { return suspend(s.job, now); }},
        {"Cancel", fresh, [](const Sample& s, Now now) { return cancel(s.job, now); }},
        {"Complete of a download", fresh, [](const Sample& s, Now now) { return complete(s.job, now); }},
        {"Complete of an upload", uploading, [](const Sample& s, Now now) { return complete(s.job, now); }},
        {"TakeOwnership by another user", fresh,
         [](const Sample& s, Now now) { return release_ownership(s.job, s.files, now); }},
        {"SetNotifyObject", fresh, [](const Sample& s, Now now) { return renotify(s.job, now); }},
        setter("SetNotifyService", patch<&Settings::notify_service>({"org.example.App", "/x"})),
        setter("SetCredentials", some_credentials()),
        {"RemoveCredentials", fresh,
         [](const Sample& s, Now now) -> Result<Decision> {
             auto removed = remove_credentials(s.job, {}, {}, now);
             if (!removed) return removed.error();
             return removed->decision;
         }},
        setter("SetCustomHeaders", headers({"X-A: 1"}, false)),
        {"SetRemoteName", fresh,
         [](const Sample& s, Now now) { return set_remote_name(s.job, 0, s.files[0], "http://x/", now); }},
        {"ReplaceRemotePrefix", fresh,
         [](const Sample& s, Now now) {
             return replace_remote_prefix(s.job, s.files, "https:", "http:", now);
         }},
        {"CompleteFiles, file not here", fresh,
         [](const Sample& s, Now now) {
             return complete_files(s.job, brought_to(State::Suspended, Sample{1, false}, 0).files, {0}, now);
         }},
        {"CompleteFiles, file here", half_done,
         [](const Sample& s, Now now) { return complete_files(s.job, s.files, {0}, now); }},
        {"RemoveFiles, others are not here", fresh,
         [](const Sample& s, Now now) { return remove_files(s.job, s.files, {1}, now); }},
        {"RemoveFiles, others are here", half_done,
         [](const Sample& s, Now now) { return remove_files(s.job, s.files, {1}, now); }},
        {"RemoveFiles, the only file", alone,
         [](const Sample& s, Now now) { return remove_files(s.job, s.files, {0}, now); }},
        {"SetValidationState(false), file not here", fresh,
         [](const Sample& s, Now now) {
             return set_validation(s.job, 0, brought_to(State::Suspended, Sample{1, false}, 0).files[0],
                                   false, now);
         }},
        {"SetValidationState(false), file here", half_done,
         [](const Sample& s, Now now) { return set_validation(s.job, 0, s.files[0], false, now); }},
        {"RequestFileRanges", sparse,
         [](const Sample& s, Now now) {
             return request_ranges(s.job, 0, s.files[0], {{0, 1}}, Limits{}, now);
         }},
        {"UpdateDownloadPosition", sparse,
         [](const Sample& s, Now now) { return update_position(s.job, 0, s.files[0], 5, now); }},
        setter("DisplayName, Description", patch<&Settings::display_name>("x")),
        setter("Priority", patch<&Settings::priority>(Priority::Low)),
        setter("NotifyFlags", patch<&Settings::notify_flags>({})),
        setter("MinimumRetryDelay", patch<&Settings::minimum_retry_delay>(std::chrono::seconds{60})),
        setter("NoProgressTimeout = 0", patch<&Settings::no_progress_timeout>(std::chrono::seconds{0})),
        setter("NetworkCost, PowerPolicy, NotBefore", patch<&Settings::network_cost>(NetworkCost::Always)),
        setter("BandwidthLimit, SecurityFlags", patch<&Settings::bandwidth_limit>(4096)),
        setter("AutoComplete = true", patch<&Settings::auto_complete>(true)),
        setter("PublishFiles", patch<&Settings::publish_files>(PublishFiles::Each)),
        setter("MaximumDownloadSize", patch<&Settings::maximum_download_size>(1000)),
        setter("DynamicContent", patch<&Settings::dynamic_content>(true)),
        setter("OnDemand", patch<&Settings::on_demand>(true)),
        setter("HttpMethod", patch<&Settings::http, &Http::method>("POST")),
        setter("HighPerformance", patch<&Settings::high_performance>(true)),
        setter("ReplyFileName in another directory", patch<&Settings::reply_file_name>("/tmp/r"), uploading),
        setter("ReplyFileName in the same directory", patch<&Settings::reply_file_name>("/srv/files/r"),
               uploading),
    };
}

std::string cell(const Operation& operation, State state) {
    auto s = operation.job(state);
    EXPECT_EQ(s.job.state, state) << operation.name;
    auto result = operation.call(s, at_second(Later));
    if (!result) return word_of_error(result.error().code);
    return result->job.state == state ? "=" : name_of(result->job.state);
}

std::string table_of_operations() {
    std::ostringstream out;
    out << "| operation |";
    for (State state : AllStates)
        out << ' ' << name_of(state) << " |";
    out << "\n|---|";
    for (size_t i = 0; i < AllStates.size(); ++i)
        out << "---|";
    out << '\n';
    for (const auto& operation : operations()) {
        out << "| " << operation.name << " |";
        for (State state : AllStates)
            out << ' ' << cell(operation, state) << " |";
        out << '\n';
    }
    return out.str();
}

TEST(Operations, AreWhatTheDocsSayInEveryState) {
    EXPECT_NE(test::document("docs/states.md").find(table_of_operations()), std::string::npos)
        << "docs/states.md lacks this table_of_operations:\n"
        << table_of_operations();
}

} // namespace

} // namespace haulier::job
