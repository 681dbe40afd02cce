// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients that call the daemon at random, and hold it to its replies.
#pragma once

#include "daemon.hpp"
#include "witness.hpp"
#include "world.hpp"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::simulation {

inline constexpr std::array Services{std::string_view{"org.example.One"},
                                     std::string_view{"org.example.Two"}};
inline constexpr std::array<uint32_t, 2> Users{1000, 1001};

class Clients {
public:
    Clients(World& world, Witness& witness) : world_(world), witness_(witness) {}

    /// One call of one client.
    void call(Daemon& daemon);
    /// The daemon has died: whoever waits for a reply gets none.
    void lose_calls() { open_.clear(); }
    /// Every call was answered.
    void check_answered();

private:
    struct Call {
        std::string what;
        bool is_answered = false;
    };
    using Id = job::Id;

    /// A reply that must come once; `check` sees what it promises.
    template <class T>
    Callback<T> expect(const std::string& what, std::function<void(const T&)> check = {});
    /// The same for a verb of a job; `check` gets the job, unless other verbs were called meanwhile.
    template <class T>
    Callback<T> expect_of(const Id& id, const std::string& what,
                          std::function<void(const daemon::JobRecord&, const T&)> check);

    void create();
    void call_verb(const Id& id);
    void change_files(const Id& id);
    void change_settings(const Id& id);
    void register_client(const Id& id);
    void take(const Id& id);
    void end(const Id& id);
    void hold_or_release();
    [[nodiscard]] job::FileSpec some_file();
    [[nodiscard]] std::string some_url();
    [[nodiscard]] job::NotifyFlags some_flags();
    [[nodiscard]] job::NotifyService some_service();
    [[nodiscard]] std::optional<notify::Target> some_object();
    [[nodiscard]] std::optional<Id> some_job();
    void choose(job::SettingsPatch& patch);
    void choose_for_new_job(job::SettingsPatch& patch);
    void check_completed(const daemon::JobRecord& record, uint32_t index);
    void check_end(const daemon::JobRecord* record, const job::EndResult& result, bool completed);

    World& world_;
    Witness& witness_;
    Daemon* daemon_ = nullptr;
    int last_file_ = 0;
    std::vector<std::shared_ptr<Call>> open_;
};

} // namespace haulier::simulation
