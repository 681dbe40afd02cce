// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/examine_process.hpp"

#include "process/process_facts.hpp"
#include "wire/packet_socket.hpp"

namespace haulier::transfer {

namespace {

/// The longest list of the cgroups of a process that is read; only very long names could make it longer.
constexpr size_t LongestCgroups = 16 * 1024;

wire::Process::View view_to_wire(process::ProcessFacts::View view) {
    switch (view) {
    case process::ProcessFacts::View::Open: return wire::Process::OPEN;
    case process::ProcessFacts::View::Hidden: return wire::Process::HIDDEN;
    case process::ProcessFacts::View::Ended: return wire::Process::ENDED;
    }
    return wire::Process::HIDDEN;
}

wire::Process facts_to_wire(const process::ProcessFacts& facts) {
    wire::Process seen;
    seen.set_view(view_to_wire(facts.view));
    seen.set_in_flatpak(facts.in_flatpak);
    seen.set_flatpak_info(facts.flatpak_info);
    seen.set_cgroups(facts.cgroups.substr(0, LongestCgroups));
    seen.set_home(facts.folders.home);
    seen.set_runtime(facts.folders.runtime);
    for (const auto& [name, path] : facts.folders.named) {
        auto& folder = *seen.add_folders();
        folder.set_name(name);
        folder.set_path(path);
    }
    return seen;
}

} // namespace

wire::Reply examine_process(const wire::Examine& question) {
    wire::Reply message;
    auto& seen = *message.mutable_process();
    auto facts = process::examine(process::open_process(question.pid()));
    if (facts.in_flatpak) facts.folders = process::user_folders();
    seen = facts_to_wire(facts);
    if (message.ByteSizeLong() <= wire::MaxPacket - 1024) return message;
    seen.clear_flatpak_info();
    seen.clear_home();
    seen.clear_runtime();
    seen.clear_folders();
    return message;
}

} // namespace haulier::transfer
