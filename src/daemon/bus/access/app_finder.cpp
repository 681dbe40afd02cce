// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/app_finder.hpp"

#include "daemon/bus/access/access.hpp"

#include <fcntl.h>
#include <systemd/sd-bus.h>
#include <unistd.h>
#include <utility>

namespace haulier::bus {

namespace {

using process::ProcessFacts;

constexpr const char* BusDriver = "org.freedesktop.DBus";
constexpr Usec AnswerLimit{5'000'000};

std::string read_bytes(sd_bus_message* reply) {
    const void* bytes = nullptr;
    size_t count = 0;
    if (sd_bus_message_enter_container(reply, 'v', "ay") <= 0) return {};
    if (sd_bus_message_read_array(reply, 'y', &bytes, &count) < 0) return {};
    sd_bus_message_exit_container(reply);
    return {static_cast<const char*>(bytes), count};
}

} // namespace

void AppFinder::read_entry(sd_bus_message* reply, std::string_view key, Process& process) {
    int fd = -1;
    if (key == "UnixUserID")
        sd_bus_message_read(reply, "v", "u", &process.uid);
    else if (key == "ProcessID")
        sd_bus_message_read(reply, "v", "u", &process.pid);
    else if (key == "ProcessFD" && sd_bus_message_read(reply, "v", "h", &fd) > 0)
        process.descriptor = Fd{fcntl(fd, F_DUPFD_CLOEXEC, 3)};
    else if (key == "LinuxSecurityLabel")
        process.label = read_bytes(reply);
    else if (key != "ProcessFD")
        sd_bus_message_skip(reply, "v");
}

/// The reply to GetConnectionCredentials.
AppFinder::Process AppFinder::read_process(sd_bus_message* reply) {
    Process process;
    if (sd_bus_message_is_method_error(reply, nullptr) || sender_of(reply) != BusDriver ||
        sd_bus_message_enter_container(reply, 'a', "{sv}") <= 0)
        return process;
    const char* key = nullptr;
    while (sd_bus_message_enter_container(reply, 'e', "sv") > 0 &&
           sd_bus_message_read(reply, "s", &key) > 0) {
        read_entry(reply, key, process);
        if (sd_bus_message_exit_container(reply) < 0) break;
    }
    return process;
}

void AppFinder::find(const std::string& unique_name, Found found) {
    if (auto known = known_.find(unique_name); known != known_.end()) return found(known->second);
    auto [question, is_new] = questions_.try_emplace(unique_name);
    question->second.waiting.push_back(std::move(found));
    if (!is_new) return;
    if (auto earlier = unexamined_.extract(unique_name))
        return examine(unique_name, std::move(earlier.mapped()));
    auto call = new_call(bus_, BusDriver, "/org/freedesktop/DBus", BusDriver, "GetConnectionCredentials");
    if (sd_bus_message_append(call.get(), "s", unique_name.c_str()) >= 0)
        question->second.call =
            AsyncCall{bus_, call, AnswerLimit, [this, unique_name](sd_bus_message* reply) {
                          if (sd_bus_message_is_method_error(reply, nullptr))
                              return answer(unique_name, unknown_process());
                          examine(unique_name, read_process(reply));
                      }};
    if (!question->second.call) answer(unique_name, unknown_process());
}

/// From here on, the descriptor shows whether the process id still refers to the same process.
void AppFinder::examine(const std::string& unique_name, Process process) {
    if (!process.descriptor && process.pid != 0) process.descriptor = process::open_process(process.pid);
    auto& question = questions_.at(unique_name);
    question.process = std::move(process);
    const auto& seen = question.process;
    if (!seen.descriptor) return examined(unique_name, ProcessFacts{.view = ProcessFacts::View::Ended});
    if (instance_ == daemon::Instance::Session) return examine_here(unique_name, seen);
    if (!may_be_confined(seen.uid))
        return examined(unique_name, ProcessFacts{.view = ProcessFacts::View::Open});
    examine_(seen.uid, seen.pid,
             [this, unique_name](const Result<ProcessFacts>& facts) { examined(unique_name, facts); });
}

void AppFinder::examine_here(const std::string& unique_name, const Process& process) {
    auto facts = process::examine(process.descriptor);
    if (!facts.in_flatpak) return examined(unique_name, facts);
    auto with_folders = [this, unique_name, facts](const Result<ProcessFacts>& seen) {
        if (!seen) return examined(unique_name, seen.error());
        if (seen->flatpak_info != facts.flatpak_info)
            return examined(unique_name, Error{Errc::Internal, "the worker process saw another sandbox"});
        auto complete = facts;
        complete.folders = seen->folders;
        examined(unique_name, complete);
    };
    examine_(getuid(), process.pid, with_folders);
}

ProcessIdentity AppFinder::identify(const Process& process, const Result<ProcessFacts>& facts) const {
    if (!process.descriptor || process::has_ended(process.descriptor)) return unknown_process();
    if (!facts) {
        auto unknown = unknown_process(facts.error().message);
        unknown.is_final = false;
        return unknown;
    }
    auto identity = instance_ == daemon::Instance::System ? identity_on_system_bus(*facts, process.label)
                                                          : identity_of(*facts, process.label);
    bool is_hidden = facts->view == ProcessFacts::View::Hidden;
    identity.is_final = !is_hidden || identity.sandbox.kind != Sandbox::Kind::Unknown;
    return identity;
}

void AppFinder::examined(const std::string& unique_name, const Result<ProcessFacts>& facts) {
    auto& question = questions_.at(unique_name);
    auto identity = identify(question.process, facts);
    if (!question.has_left && identity.is_final) known_[unique_name] = identity;
    if (!question.has_left && !identity.is_final) unexamined_[unique_name] = std::move(question.process);
    answer(unique_name, identity);
}

void AppFinder::answer(const std::string& unique_name, const ProcessIdentity& identity) {
    auto question = questions_.extract(unique_name); // destroyed when this returns
    for (const auto& found : question.mapped().waiting)
        found(identity);
}

/// The bus answers a question about a connection that has left with an error.
void AppFinder::left(const std::string& unique_name) {
    known_.erase(unique_name);
    unexamined_.erase(unique_name);
    if (auto question = questions_.find(unique_name); question != questions_.end())
        question->second.has_left = true;
}

} // namespace haulier::bus
