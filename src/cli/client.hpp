// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's verbs as plain functions. Each waits for its answer, but for read(), which a wait loop needs.
#pragma once

#include "cli/bus.hpp"
#include "cli/names.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sdbus {
class IProxy;
}

namespace haulier::cli {

class ManagerProxy;

struct NewFile {
    std::string remote;
    std::string local;
    std::string checksum; ///< "sha256:HEX" and its like, or empty
};

struct NewJob {
    std::string name;
    std::vector<NewFile> files;
    bool resume = false;
    std::string key;
    std::string description;
    std::vector<std::string> notify_flags; ///< empty = the daemon's default
    std::optional<Service> notify_service;
};

struct Created {
    std::string id;
    bool created = false; ///< false: there was already one with this key
};

enum class Verb { Suspend, Resume, Cancel };

struct Completed {
    std::string result; ///< "complete" or "partial"
    uint32_t kept = 0;
    uint32_t dropped = 0;
};

class Client {
public:
    static Outcome<std::unique_ptr<Client>> connect(Scope scope);
    ~Client();

    [[nodiscard]] Bus& bus() { return *bus_; }

    Outcome<Created> create(const NewJob& job);
    /// Properties of each unfinished job, oldest first; `states` empty = all.
    Outcome<std::vector<Json>> jobs(const std::vector<std::string>& states = {});
    /// The id of the job that a person calls `text` (names.hpp).
    Outcome<std::string> resolve(const std::string& text);
    /// The same for a job that is to be changed: one that has ended is none, though it can still be shown.
    Outcome<std::string> resolve_unfinished(const std::string& text);
    Outcome<Json> properties(const std::string& id);
    Outcome<std::vector<Json>> files(const std::string& id);
    Outcome<Done> command(const std::string& id, Verb verb);
    Outcome<Completed> complete(const std::string& id);

    /// Asks for the properties and answers later, from Bus::turn. One question at a time.
    Outcome<Done> read(const std::string& id, std::function<void(Outcome<Json>)> answer);
    /// No answer is wanted any more.
    void stop_reading();

private:
    explicit Client(std::unique_ptr<Bus> bus);
    Outcome<ManagerProxy*> manager();

    std::unique_ptr<Bus> bus_;
    std::unique_ptr<ManagerProxy> manager_;
    std::unique_ptr<sdbus::IProxy> reader_;
};

} // namespace haulier::cli
