// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/bus_prefetch.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

namespace haulier::apt {

namespace {

/// The keys of the prefetcher's jobs begin with it.
constexpr std::string_view KeyPrefix = "haulier-apt:";
/// A job in one of these states transfers, or will do so without being asked.
constexpr std::array<std::string_view, 4> Running{"queued", "connecting", "transferring", "transient-error"};

bool is_running(const std::string& state) {
    return std::find(Running.begin(), Running.end(), state) != Running.end();
}

} // namespace

/// Only for those who look for a fault: the terminal would show it between the lines of apt.
void BusPrefetch::note(const char* why) {
    if (std::getenv("HAULIER_DEBUG")) std::fprintf(stderr, "haulier: a call has failed: %s\n", why);
}

std::optional<PrefetchedFile> BusPrefetch::pause(const Package& package) {
    if (has_failed_) return std::nullopt;
    try {
        if (!std::exchange(is_listed_, true)) list();
        for (auto& [path, job] : jobs_) {
            if (!file_of(job, package)) continue;
            pause(path, job);
            if (const auto* file = file_of(job, package)) return *file;
        }
    } catch (const std::system_error& error) {
        note(error.what());
        has_failed_ = true;
    }
    return std::nullopt;
}

const PrefetchedFile* BusPrefetch::file_of(const Job& job, const Package& package) {
    auto file = job.files.find(package.name());
    return file != job.files.end() && package.has_checksum(file->second.checksum) ? &file->second : nullptr;
}

void BusPrefetch::list() {
    bus_ = std::make_unique<Bus>();
    suspensions_.emplace(staging_);
    for (auto& [path, texts] : bus_->jobs({"Key", "State"})) {
        if (!texts["Key"].starts_with(KeyPrefix)) continue;
        auto& job = jobs_[path];
        job.was_running = is_running(texts["State"]);
        list_files(path, job);
    }
}

/// If it fails, nothing is changed: a job of which nothing is known is not one without files.
void BusPrefetch::list_files(const std::string& path, Job& job) {
    std::map<std::string, PrefetchedFile> files;
    bus_->files(path, [&](uint32_t index, Texts texts) {
        if (texts["State"] == "removed") return;
        if (texts["Completed"] == "true") {
            job.has_finished_files = true;
            return;
        }
        const auto& local = texts["LocalName"];
        files[local.substr(local.rfind('/') + 1)] = {path, index, texts["Checksum"], texts["TemporaryName"],
                                                     texts["LastModified"]};
    });
    job.files = std::move(files);
}

/// What has arrived is known only when nothing more arrives.
void BusPrefetch::pause(const std::string& path, Job& job) {
    if (std::exchange(job.is_paused, true)) return;
    if (job.was_running) {
        suspensions_->add(path);
        bus_->call(path, "Suspend");
    }
    list_files(path, job);
}

void BusPrefetch::has_arrived(const PrefetchedFile& file) {
    auto job = jobs_.find(file.job);
    if (job != jobs_.end()) job->second.arrived.insert(file.index);
}

void BusPrefetch::end() {
    if (!suspensions_) return;
    bus_->limit_all_calls();
    for (auto& [path, job] : jobs_)
        remove_arrived(path, job);
    jobs_.clear();
    std::set<std::string> suspended;
    attempt([&] { suspended = suspensions_->leave(); });
    for (const auto& path : suspended)
        let_go_on(path);
    suspensions_.reset();
}

/// The job may have ended. If it is still suspended afterwards, the next update of the lists lets it go on.
bool BusPrefetch::attempt(const std::function<void()>& call) {
    try {
        call();
        return true;
    } catch (const std::system_error& error) {
        note(error.what());
        return false;
    }
}

/// All or none are removed: none if one of them has got its name since they were listed.
void BusPrefetch::remove_arrived(const std::string& path, Job& job) {
    auto remove = [&] { bus_->remove_files(path, {job.arrived.begin(), job.arrived.end()}); };
    if (job.arrived.empty() || attempt(remove) || !attempt([&] { list_files(path, job); })) return;
    std::set<uint32_t> left;
    for (const auto& [name, file] : job.files)
        if (job.arrived.contains(file.index)) left.insert(file.index);
    if (left.empty() || left == job.arrived) return;
    job.arrived = std::move(left);
    attempt(remove);
}

/// A job whose other files have their names is transferred without further calls, and one without any file is
/// of no use.
void BusPrefetch::let_go_on(const std::string& path) {
    Job job;
    if (!attempt([&] { list_files(path, job); })) return;
    if (!job.files.empty())
        attempt([&] { bus_->call(path, "Resume"); });
    else if (!job.has_finished_files)
        attempt([&] { bus_->call(path, "Cancel"); });
}

} // namespace haulier::apt
