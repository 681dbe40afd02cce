// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs as Haulier on the system bus has them. If a call fails, no more jobs are suspended, and apt
// fetches the rest itself.
#pragma once

#include "apt/bus.hpp"
#include "apt/prefetch.hpp"
#include "apt/suspensions.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace haulier::apt {

class BusPrefetch : public Prefetch {
public:
    /// `staging`: the folder in which Haulier keeps the packages.
    explicit BusPrefetch(std::string staging) : staging_(std::move(staging)) {}
    std::optional<PrefetchedFile> pause(const Package& package) override;
    void has_arrived(const PrefetchedFile& file) override;
    void end() override;

private:
    struct Job {
        bool was_running = false;
        bool is_paused = false;
        bool has_finished_files = false;
        std::map<std::string, PrefetchedFile> files; ///< those without their names yet, by these names
        std::set<uint32_t> arrived;
    };
    void list();
    void list_files(const std::string& path, Job& job);
    void pause(const std::string& path, Job& job);
    void remove_arrived(const std::string& path, Job& job);
    void let_go_on(const std::string& path);
    static const PrefetchedFile* file_of(const Job& job, const Package& package);
    static void note(const char* why);
    static bool attempt(const std::function<void()>& call);

    std::string staging_;
    std::unique_ptr<Bus> bus_;
    std::optional<Suspensions> suspensions_;
    bool is_listed_ = false;
    bool has_failed_ = false;
    std::map<std::string, Job> jobs_; ///< by their paths
};

} // namespace haulier::apt
