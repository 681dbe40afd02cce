// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs in every state, a clock that stands still, and a random source that does as it is told.
#pragma once

#include "job/decide.hpp"
#include "job/outcomes.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace haulier::job {

inline const Id SampleId{"0123456789abcdef0123456789abcdef"};

inline Now at_second(int64_t second) {
    auto span = std::chrono::seconds{second};
    return {{span}, {std::chrono::seconds{1'700'000'000} + span}};
}

inline FileSpec spec(const std::string& name) {
    FileSpec s;
    s.remote = "https://example.org/" + name;
    s.local = "/srv/files/" + name;
    return s;
}

inline Request request_for(int files, bool resume = false) {
    Request r;
    r.settings.set<&Settings::display_name>("sample");
    r.resume = resume;
    for (int i = 0; i < files; ++i)
        r.files.push_back(spec("f" + std::to_string(i)));
    return r;
}

template <class T>
Errc code_of(const Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? Errc::Internal : result.error().code;
}

inline bool has(const std::vector<Effect>& effects, Effect effect) {
    return std::find(effects.begin(), effects.end(), effect) != effects.end();
}

inline Report report(uint64_t offset, uint64_t total = 100, const std::string& etag = {}) {
    return {offset, {etag, "", false}, total};
}

/// The first answer for a file, from its beginning.
inline Begun first_answer(uint64_t total = 100) {
    Begun b;
    b.report = report(0, total);
    return b;
}

/// The remote file turned out to be another one.
inline Begun other_version(const std::string& etag = {}, uint64_t total = 100) {
    Begun b;
    b.report = report(0, total, etag);
    b.restarted = true;
    return b;
}

class FixedRandom final : public Random {
public:
    explicit FixedRandom(double value) : value_(value) {}
    double fraction() override { return value_; }

private:
    double value_;
};

inline Failure transient_failure(uint32_t file = 0) {
    Failure f;
    f.error = {Cause::HttpStatus, 503, "the server answered 503", file};
    return f;
}

inline Failure fatal_failure(uint32_t file = 0) {
    Failure f;
    f.error = {Cause::HttpStatus, 404, "the server answered 404", file};
    f.fatal = true;
    return f;
}

/// A job with its files, driven like the daemon drives it.
struct Sample {
    Job job;
    std::vector<File> files;
    std::vector<Notification> notifications;
    std::vector<Effect> effects;
    Revocation revoked;
    FixedRandom random{0};
    Around around; ///< what else the job does when a file fails

    explicit Sample(int count = 2, bool resumed = true) : Sample(request_for(count, resumed)) {}
    explicit Sample(const Request& request) {
        take(*create(SampleId, 1000, request, Limits{}, at_second(0)));
    }
    void take(const Decision& d) {
        job = d.job;
        for (const auto& [index, file] : d.files) {
            if (index >= files.size()) files.resize(index + 1);
            files[index] = file;
        }
        notifications = d.notifications;
        effects = d.effects;
        revoked = d.revoked;
    }
    void grant(int64_t second = 1) { take(*granted(job, at_second(second))); }
    void run(uint32_t index = 0, int64_t second = 1) {
        if (job.state == State::Queued) grant(second);
        take(*begun(job, index, files[index], first_answer(), Limits{}, at_second(second)));
    }
    void fetch(uint32_t index, int64_t second = 2) {
        Fetched all;
        all.report = report(100);
        all.inode = {1, index};
        take(*fetched(job, index, files, all, segments_of(files[index], job.on_demand), Limits{},
                      at_second(second)));
    }
    void fail(const Failure& failure, int64_t second) {
        auto index = failure.error.file;
        take(*failed(job, index, files, failure, around, RetryPolicy{}, random, at_second(second)));
    }
    void change(const SettingsPatch& patch, int64_t second = 0) {
        take(*job::change(job, files, patch, at_second(second)));
    }
    [[nodiscard]] Errc refusal(const SettingsPatch& patch) const {
        return code_of(job::change(job, files, patch, at_second(9)));
    }
};

/// A patch of one setting: patch<&Settings::priority>(Priority::Low).
template <auto... Path>
SettingsPatch patch(ValueAt<Settings, Path...> value) {
    SettingsPatch one;
    one.set<Path...>(std::move(value));
    return one;
}

inline SettingsPatch headers(std::vector<std::string> lines, bool write_only) {
    SettingsPatch both;
    both.set<&Settings::http, &Http::headers>(std::move(lines));
    both.set<&Settings::http, &Http::headers_write_only>(write_only);
    return both;
}

} // namespace haulier::job
