// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs in every state, a clock that stands still, and a random source that does as it is told.
#pragma once

#include "job/decide.hpp"

#include <string>
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
    r.display_name = "sample";
    r.resume = resume;
    for (int i = 0; i < files; ++i)
        r.files.push_back(spec("f" + std::to_string(i)));
    return r;
}

/// A job with its files, driven like the daemon drives it.
struct Sample {
    Job job;
    std::vector<File> files;
    std::vector<Notice> notices;
    std::vector<Effect> effects;

    explicit Sample(int count = 2, bool resumed = true) {
        take(*create(SampleId, 1000, request_for(count, resumed), Limits{}, at_second(0)));
    }
    void take(const Decision& d) {
        job = d.job;
        for (const auto& [index, file] : d.files) {
            if (index >= files.size()) files.resize(index + 1);
            files[index] = file;
        }
        notices = d.notices;
        effects = d.effects;
    }
    void run(uint32_t index = 0) {
        if (job.state == State::Queued) take(*granted(job));
        take(*begun(job, index, files[index], 0, false, {}, 100, Limits{}, at_second(1)));
    }
    void fetch(uint32_t index) {
        take(*fetched(job, index, files[index], 100, {}, Inode{1, index}, at_second(2)));
    }
};

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

} // namespace haulier::job
