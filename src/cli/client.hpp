// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's verbs as plain functions. Each waits for its answer, but for read(), which a wait loop needs.
#pragma once

#include "cli/bus.hpp"
#include "cli/names.hpp"
#include "cli/values.hpp"
#include "cli/view.hpp"

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
    std::vector<std::string> mirrors;
    std::vector<Piece> pieces; ///< empty = all of it
};

struct NewJob {
    std::string name;
    std::string type = "download";
    std::vector<NewFile> files;
    bool resume = false;
    std::string key;
    std::optional<Service> notify_service;
    std::vector<std::string> headers;
    Values properties;
};

struct Created {
    std::string id;
    bool created = false; ///< false: there was already one with this key
};

enum class Verb { Suspend, Resume, Cancel, TakeOwnership };

struct Credentials {
    std::string target; ///< "server" or "proxy"
    std::string scheme;
    std::string user;
    std::string password;
};

struct Completed {
    std::string result; ///< "complete" or "partial"
    uint32_t kept = 0;
    uint32_t dropped = 0;
};

class Client {
public:
    static Outcome<std::unique_ptr<Client>> connect(const Access& access);
    ~Client();

    [[nodiscard]] Bus& bus() { return *bus_; }

    Outcome<Created> create(const NewJob& job);
    /// Properties of each unfinished job of ours, or of everybody if we were told so, oldest first; `states`
    /// empty = all.
    Outcome<std::vector<Json>> jobs(const std::vector<std::string>& states = {});
    /// Version, Features, Network and Metered.
    Outcome<Json> daemon();
    /// The id of the job that a person calls `text` (names.hpp): one of ours, else one of somebody else's if
    /// we were told that they may be meant.
    Outcome<std::string> resolve(const std::string& text);
    /// The same for a job that is to be changed: one that has ended is none, though it can still be shown.
    Outcome<std::string> resolve_unfinished(const std::string& text);
    Outcome<Json> properties(const std::string& id);
    Outcome<std::vector<Json>> files(const std::string& id);
    Outcome<Done> command(const std::string& id, Verb verb);
    Outcome<Completed> complete(const std::string& id);

    Outcome<Done> set(const std::string& id, const std::string& property, const Value& value);
    Outcome<Done> set_credentials(const std::string& id, const Credentials& credentials);
    /// False when there were none.
    Outcome<bool> remove_credentials(const std::string& id, const std::string& target,
                                     const std::string& scheme);
    Outcome<Done> set_headers(const std::string& id, const std::vector<std::string>& lines, bool write_only);

    Outcome<Done> rename(const std::string& id, uint32_t index, const std::string& url);
    /// How many were renamed.
    Outcome<uint32_t> rename_all(const std::string& id, const std::string& from, const std::string& to);
    Outcome<Done> validate(const std::string& id, uint32_t index, bool valid);
    Outcome<std::vector<Piece>> filled(const std::string& id, uint32_t index);
    Outcome<Done> request(const std::string& id, uint32_t index, const std::vector<Piece>& pieces);
    Outcome<Done> seek(const std::string& id, uint32_t index, uint64_t offset);
    Outcome<std::string> reply(const std::string& id);

    /// What an error means, in a message.
    Outcome<std::string> describe(const std::string& name, int32_t code);

    /// Asks for the properties and answers later, from Bus::turn. One question at a time.
    Outcome<Done> read(const std::string& id, std::function<void(Outcome<Json>)> answer);
    /// No answer is wanted any more.
    void stop_reading();

private:
    explicit Client(std::unique_ptr<Bus> bus);
    Outcome<ManagerProxy*> manager();
    Outcome<std::vector<Json>> jobs(const std::vector<std::string>& states, bool all_users);

    std::unique_ptr<Bus> bus_;
    std::unique_ptr<ManagerProxy> manager_;
    std::unique_ptr<sdbus::IProxy> reader_;
};

} // namespace haulier::cli
