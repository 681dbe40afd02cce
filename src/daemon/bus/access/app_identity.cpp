// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/app_identity.hpp"

#include "job/validation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace haulier::bus {

namespace {

using process::ProcessFacts;

/// Takes what precedes `end`, and `end` itself, from the front of `text`.
std::string_view take_part(std::string_view& text, char end) {
    auto part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

std::string sound_or_empty(std::string id) {
    return job::check_app_id(id) ? std::move(id) : std::string{};
}

std::optional<char> hex_byte(std::string_view digits) {
    unsigned value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return static_cast<char>(value);
}

/// `\x2d` is a hyphen: systemd escapes what has a meaning in the names of units.
std::string unescaped(std::string_view text) {
    constexpr std::string_view escape = "\\x";
    std::string out;
    while (!text.empty()) {
        auto byte = text.starts_with(escape) && text.size() >= 4 ? hex_byte(text.substr(2, 2)) : std::nullopt;
        out += byte.value_or(text.front());
        text.remove_prefix(byte ? 4 : 1);
    }
    return out;
}

bool drop_suffix(std::string_view& text, std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
}

/// Empty if the unit is not one of an app.
std::string app_of_unit(std::string_view unit) {
    constexpr std::string_view prefix = "app-";
    if (!unit.starts_with(prefix)) return {};
    unit.remove_prefix(prefix.size());
    if (drop_suffix(unit, ".scope"))
        unit = unit.substr(0, std::min(unit.rfind('-'), unit.size()));
    else if (drop_suffix(unit, ".service"))
        unit = unit.substr(0, unit.find('@'));
    else
        return {};
    return sound_or_empty(unescaped(unit.substr(unit.rfind('-') + 1)));
}

const Sandbox Unseen{.kind = Sandbox::Kind::Unknown};

Sandbox flatpak_sandbox(const ProcessFacts& facts) {
    auto info = parse_flatpak_info(facts.flatpak_info);
    if (!info) return Unseen;
    return {Sandbox::Kind::Flatpak, info->app, info->instance, info->network,
            grants_of(*info, facts.folders)};
}

/// Whether an AppArmor profile is enforced; classic snaps have one that is not.
Sandbox snap_with(std::string_view label) {
    constexpr std::string_view Prefix = "snap.";
    if (!label.starts_with(Prefix) || label.find("(enforce)") == std::string_view::npos) return {};
    label.remove_prefix(Prefix.size());
    return {.kind = Sandbox::Kind::Snap, .app = std::string{label.substr(0, label.find('.'))}};
}

Sandbox sandbox_of(const ProcessFacts& facts, std::string_view label) {
    if (facts.view != ProcessFacts::View::Open) return Unseen;
    return facts.in_flatpak ? flatpak_sandbox(facts) : snap_with(label);
}

/// Flatpak starts each sandbox in a unit of its own, which the app cannot leave.
bool is_in_flatpak_unit(std::string_view cgroups) {
    return cgroups.find("/app-flatpak-") != std::string_view::npos;
}

} // namespace

std::string app_in_cgroup(std::string_view cgroups) {
    std::string app;
    while (!cgroups.empty()) {
        auto line = take_part(cgroups, '\n');
        if (!line.starts_with("0::")) continue; // of the unified hierarchy, which systemd uses
        while (!line.empty())
            if (auto id = app_of_unit(take_part(line, '/')); !id.empty()) app = id;
    }
    return app;
}

ProcessIdentity identity_of(const ProcessFacts& facts, std::string_view label) {
    if (facts.view == ProcessFacts::View::Ended) return unknown_process();
    auto sandbox = sandbox_of(facts, label);
    if (sandbox.kind == Sandbox::Kind::Flatpak) return {{sandbox.app, job::AppIdSource::Sandbox}, sandbox};
    auto id = app_in_cgroup(facts.cgroups);
    if (id.empty()) return {{}, sandbox};
    return {{id, job::AppIdSource::Cgroup}, sandbox};
}

ProcessIdentity identity_on_system_bus(const ProcessFacts& facts, std::string_view label) {
    auto identity = identity_of(facts, label);
    bool is_hidden = facts.view == ProcessFacts::View::Hidden && !is_in_flatpak_unit(facts.cgroups);
    if (is_hidden) identity.sandbox = snap_with(label);
    return identity;
}

ProcessIdentity unknown_process(std::string obstacle) {
    auto sandbox = Unseen;
    sandbox.obstacle = std::move(obstacle);
    return {{}, std::move(sandbox)};
}

} // namespace haulier::bus
