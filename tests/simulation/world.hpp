// SPDX-License-Identifier: LGPL-2.1-or-later
// What is around the daemon, and outlives it: time, the bus with its programs, servers, disks, and a random
// number generator that everything is drawn from.
#pragma once

#include "base/clock.hpp"
#include "job/retry.hpp"
#include "notify/fake_bus.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace haulier::simulation {

class Dice final : public job::Random {
public:
    explicit Dice(uint64_t seed) : engine_(seed) {}

    int64_t below(int64_t end) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(end)); }
    bool maybe(int percent) { return below(100) < percent; }
    template <class List>
    const auto& any_of(const List& list) {
        return *std::next(std::begin(list), below(static_cast<int64_t>(std::size(list))));
    }
    /// Short spans and long ones are equally likely.
    Usec span(Usec shortest, Usec longest);
    double fraction() override { return static_cast<double>(engine_() >> 11U) / 9007199254740992.0; }
    [[nodiscard]] std::mt19937_64& engine() { return engine_; }

private:
    std::mt19937_64 engine_;
};

/// A file of a server.
struct RemoteFile {
    uint64_t size = 0;
    uint32_t version = 1;
    bool has_size = true; ///< says so in its answers
};
enum class HostState { Serves, IsDown, IsOverloaded, HasNothing };
struct Host {
    HostState state = HostState::Serves;
    std::chrono::seconds retry_after{}; ///< while it is overloaded
    std::map<std::string, RemoteFile> files;
};

/// A temporary file, or one that has its own name.
struct LocalFile {
    std::string url;
    uint32_t version = 0;
    uint64_t size = 0;    ///< bytes of the stream
    uint64_t durable = 0; ///< of them
    bool complete = false;
    uint64_t inode = 0;
};

class World {
public:
    explicit World(uint64_t seed);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Dice dice;
    notify::FakeBus bus{dice.engine()};
    Usec wall_offset = std::chrono::hours{24 * 20000};
    std::map<std::string, Host> hosts;
    std::map<std::string, LocalFile> disk; ///< by path
    bool disk_is_full = false;
    bool folder_is_read_only = false;  ///< nothing can be renamed or deleted
    std::set<std::string> left_behind; ///< in an unknown directory, and could not be deleted
    std::set<std::string> renamed;     ///< temporary files that have got their names
    uint64_t last_inode = 0;

    // ---- time ----

    [[nodiscard]] Now now() const { return {bus.now, {bus.now.since_boot + wall_offset}}; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    /// Calls `action` then, unless the daemon has died meanwhile.
    void later(Usec delay, std::function<void()> action);

    // ---- the life of the daemon ----

    /// The present run of the daemon.
    uint32_t life = 0;
    /// The daemon acts on the world: sends something, commits, or writes a file. False: it has died before.
    bool acts();
    /// Dies before its action number `actions` from now.
    void die_after(int64_t actions) { actions_left_ = actions; }
    [[nodiscard]] bool is_dead() const { return actions_left_ == 0; }
    void revive() { actions_left_ = -1; }

    // ---- what is found ----

    void fault(const std::string& what);
    template <class Text>
    void note(const Text& text) {
        if (is_traced) trace(text());
    }
    bool is_traced = false;
    std::vector<std::string> faults;

private:
    class WorldClock final : public Clock {
    public:
        explicit WorldClock(const World& world) : world_(world) {}
        [[nodiscard]] Now now() const override { return world_.now(); }

    private:
        const World& world_;
    };

    void trace(const std::string& text);

    WorldClock clock_{*this};
    int64_t actions_left_ = -1; ///< until the daemon dies; 0 = it has; -1 = it lives on
};

/// Host and path of "http://host/path".
struct Place {
    std::string host;
    std::string path;
};
Place place_of(const std::string& url);

} // namespace haulier::simulation
