// SPDX-License-Identifier: LGPL-2.1-or-later
// How fast the store is on a real disk: store-bench [DIRECTORY], by default below the present one.
#include "store/store.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <functional>
#include <stdexcept>
#include <vector>

namespace {

using namespace haulier;
using std::chrono::duration;
using Milliseconds = duration<double, std::milli>;

job::Decision job_number(unsigned number, unsigned files) {
    job::Decision d;
    d.job.id = {fmt::format("{:032x}", number)};
    d.job.display_name = fmt::format("job {}", number);
    d.job.notify_service = {"org.example.Shop", "/org/example/Shop"};
    d.job.files_total = files;
    for (unsigned i = 0; i < files; ++i) {
        job::File file;
        file.spec.remote =
            fmt::format("https://downloads.example.org/pool/main/h/haulier/package-{}-{}.deb", number, i);
        file.spec.local = fmt::format("/var/cache/example/archives/partial/package-{}-{}.deb", number, i);
        file.spec.checksum = job::Checksum{job::Checksum::Kind::Sha256, std::string(64, 'a')};
        d.files.emplace(i, file);
    }
    return d;
}

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

/// Does `work` `times` times and prints what one took.
void measure(const char* what, unsigned times, const std::function<void(unsigned)>& work) {
    std::vector<double> took;
    for (unsigned i = 0; i < times; ++i) {
        auto begin = std::chrono::steady_clock::now();
        work(i);
        took.push_back(Milliseconds(std::chrono::steady_clock::now() - begin).count());
    }
    double sum = 0;
    for (double t : took)
        sum += t;
    std::sort(took.begin(), took.end());
    fmt::print("{:<58} {:>9.0f}/s   p50 {:>8.3f} ms   p99 {:>8.3f} ms\n", what, 1000 * times / sum,
               took[times / 2], took[times * 99 / 100]);
}

job::EndedJob ended_number(unsigned number) {
    auto d = job_number(number, 1);
    d.job.owner = 1000 + number % 100;
    d.job.modified = WallTime{Usec{1'790'000'000'000'000 + int64_t{number} * 1'000'000}};
    return job::ended_job(d.job, std::vector{d.files.at(0)});
}

void run_history(const std::string& directory) {
    constexpr unsigned Entries = 100'000;
    auto store = must(store::Store::open(directory));
    auto file = directory + "/haulier.db";
    auto before = std::filesystem::file_size(file);
    for (unsigned i = 0; i < Entries; ++i)
        must(store.add_ended(ended_number(i), 1000));
    must(store.commit());
    store = must(store::Store::open(directory));
    fmt::print("100,000 ended jobs of 100 users: {:.1f} MiB\n",
               static_cast<double>(std::filesystem::file_size(file) - before) / (1024 * 1024));
    measure("end one more, one commit each", 200, [&](unsigned i) {
        must(store.add_ended(ended_number(Entries + i), 1000));
        must(store.commit());
    });
    measure("list the 1,000 of a user", 20, [&](unsigned) {
        must(store.list_ended({1000, {}, {}, 0, 1000}));
    });
    measure("list the oldest 1,000 of all users", 20, [&](unsigned) {
        must(store.list_ended({std::nullopt, {}, {}, Entries - 1000, 1000}));
    });
    measure("find none of them that is partial", 20, [&](unsigned) {
        must(store.list_ended({std::nullopt, {}, {job::Outcome::Partial}, 0, 1000}));
    });
    measure("open with them", 5, [&](unsigned) { store = must(store::Store::open(directory)); });
}

void run(const std::string& directory) {
    auto store = must(store::Store::open(directory));
    auto commit = [&](const job::Decision& d) {
        must(store.save(d));
        must(store.commit());
    };
    unsigned next = 0;
    measure("create a job, one commit each", 2000, [&](unsigned) { commit(job_number(next++, 1)); });
    measure("create 20 jobs in one commit", 100, [&](unsigned) {
        for (int i = 0; i < 20; ++i)
            must(store.save(job_number(next++, 1)));
        must(store.commit());
    });
    measure("add 1,000 files, one commit", 20, [&](unsigned) { commit(job_number(next++, 1000)); });

    auto large = job_number(next++, 10000);
    commit(large);
    auto checkpoint = large;
    measure("checkpoint one file of 10,000, one commit each", 2000, [&](unsigned i) {
        job::File file = large.files[i * 7 % 10000];
        file.offset = i + 1; // a row that stays the same would not be written at all
        checkpoint.files = {{i * 7 % 10000, file}};
        commit(checkpoint);
    });
    auto detailed = job_number(next++, 1);
    for (uint64_t i = 0; i < 500; ++i)
        detailed.files[0].spec.ranges.edit().push_back({i * 1'000'000, 4096});
    detailed.files[0].response_headers = std::string(2048, 'h');
    detailed.job.http.headers = {"Cookie: " + std::string(8192, 'c')};
    detailed.job.http.credentials.emplace_back();
    commit(detailed);
    measure("checkpoint with 500 ranges and long headers, the same", 2000, [&](unsigned i) {
        detailed.files[0].offset = i + 1;
        commit(detailed);
    });
    measure("on-demand checkpoint with 500 filled ranges", 2000, [&](unsigned i) {
        detailed.files[0].filled = detailed.files[0].spec.ranges;
        detailed.files[0].filled.edit()[0].length = i + 1;
        commit(detailed);
    });
    for (int i = 0; i < 6000; ++i)
        must(store.save(job_number(next++, 1)));
    must(store.commit());
    auto jobs = must(store.load_jobs());
    size_t files = 0;
    for (const auto& j : jobs)
        files += j.files.size();
    auto what = fmt::format("open with {} jobs and {} files", jobs.size(), files);
    measure(what.c_str(), 5, [&](unsigned) { store = must(store::Store::open(directory)); });
    measure("load them", 5, [&](unsigned) { must(store.load_jobs()); });
    fmt::print("database: {:.1f} MiB\n",
               static_cast<double>(std::filesystem::file_size(directory + "/haulier.db")) / (1024 * 1024));
}

} // namespace

int main(int argc, char** argv) {
    std::string pattern = std::string{argc > 1 ? argv[1] : "."} + "/store-bench-XXXXXX";
    if (!mkdtemp(pattern.data())) return EXIT_FAILURE;
    int status = EXIT_SUCCESS;
    try {
        std::filesystem::create_directory(pattern + "/history");
        run_history(pattern + "/history");
        run(pattern);
    } catch (const std::exception& e) {
        fmt::print(stderr, "{}\n", e.what());
        status = EXIT_FAILURE;
    }
    std::filesystem::remove_all(pattern);
    return status;
}
