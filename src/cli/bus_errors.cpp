// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/bus_errors.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>
#include <string_view>

namespace haulier::cli {

namespace {

constexpr std::string_view OurErrors = "org.haulier.Haulier1.Error.";
constexpr std::string_view BusErrors = "org.freedesktop.DBus.Error.";
constexpr const char* ManageAllJobs = "org.haulier.manage-all-jobs";

/// The part of `name` after `family`; empty if it does not begin with that.
std::string_view member_of(std::string_view name, std::string_view family) {
    return name.starts_with(family) ? name.substr(family.size()) : std::string_view{};
}

/// Without --all-users the user has probably mistyped the id, or the job has ended. On the system bus users
/// do not learn which jobs of others exist.
Failure not_yours() {
    return {Exit::NoSuchJob,
            _("you have no such job (administrators reach jobs of other users with --all-users)")};
}

Failure denied() {
    return {Exit::Failed, translate("only administrators may access jobs of other users: root, and users "
                                    "whom polkit authorises for {}",
                                    ManageAllJobs)};
}

Failure password_needed(const Access& access) {
    if (!access.all_users) return not_yours();
    return {
        Exit::Failed,
        translate("an administrator's password is required ({}), but it could not be asked for; try again "
                  "on a terminal{}, or as root",
                  ManageAllJobs, access.ask_password ? "" : _(" and without --no-ask-password"))};
}

Failure not_installed(Scope scope) {
    if (scope == Scope::System)
        return {Exit::Unreachable, _("the system service is not installed; install the package haulier")};
    return {Exit::Unreachable, _("haulierd is not running, and the session bus cannot start it; install the "
                                 "package haulier")};
}

/// Explains the exit status in a message of the bus; haulierd(8) lists all of them.
std::string start_failure_of(const std::string& message) {
    if (message.ends_with(" exited with status 69"))
        return _("its state directory cannot be used, or another haulierd uses it");
    if (message.ends_with(" exited with status 74")) return _("its database cannot be opened");
    return message;
}

Failure not_started(Scope scope, const std::string& message) {
    return {Exit::Unreachable, translate("haulierd could not be started ({}); see systemctl {}status haulier",
                                         start_failure_of(message), scope == Scope::User ? "--user " : "")};
}

/// The bus could not start the daemon.
bool cannot_start(std::string_view name) {
    auto error = member_of(name, BusErrors);
    return error.starts_with("Spawn.") || name.starts_with("org.freedesktop.systemd1.") ||
           is_one_of(error, {"NameHasNoOwner", "TimedOut"});
}

/// The daemon exited before it replied, or does not reply.
bool no_answer(std::string_view name) {
    return is_one_of(member_of(name, BusErrors), {"NoReply", "Timeout"}) || name == "System.Error.ETIMEDOUT";
}

bool connection_broke(std::string_view name) {
    return is_one_of(name, {"org.freedesktop.DBus.Error.Disconnected", "System.Error.ECONNRESET",
                            "System.Error.ENOTCONN", "System.Error.EPIPE", "System.Error.ESTALE"});
}

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// Whether the part of a message stands alone; parts of paths and URLs do not.
bool is_word(const std::string& message, size_t begin, size_t end) {
    constexpr std::string_view After = " ,;:.)";
    return (begin == 0 || message[begin - 1] == ' ') &&
           (end == message.size() || After.find(message[end]) != std::string_view::npos);
}

/// Shortens ids as the command prints them elsewhere. Longer numbers, such as checksums, stay, and so do
/// names.
std::string with_short_ids(const std::string& message) {
    constexpr size_t IdLength = 32;
    std::string out;
    for (size_t begin = 0; begin < message.size();) {
        auto end = begin;
        while (end < message.size() && is_hex_digit(message[end]))
            ++end;
        auto word = message.substr(begin, end - begin);
        out += word.size() == IdLength && is_word(message, begin, end) ? short_id(word) : word;
        while (end < message.size() && !is_hex_digit(message[end]))
            out += message[end++];
        begin = end;
    }
    return out;
}

} // namespace

Failure connection_lost() {
    return {Exit::Unreachable, _("the connection to the bus was lost")};
}

Failure bus_unreachable(Scope scope, const std::string& name, const std::string& message) {
    if (scope == Scope::System)
        return {Exit::Unreachable, translate("the system bus cannot be reached: {}", message)};
    if (name == "System.Error.ENOTCONN")
        return {
            Exit::Unreachable,
            _("the session bus cannot be reached: it hung up during the login, as xdg-dbus-proxy does with "
              "programs that use sd-bus; in a Flatpak use a client that is made with GDBus")};
    auto why = name == "System.Error.ENOMEDIUM" ? _("DBUS_SESSION_BUS_ADDRESS is not set") : message;
    return {Exit::Unreachable,
            translate("the session bus cannot be reached: {} (use --system for the daemon of the machine); "
                      "you have one while you are logged in, or always after 'loginctl enable-linger'",
                      why)};
}

Failure bus_failure(const std::string& name, const std::string& message, const Access& access) {
    auto ours = member_of(name, OurErrors);
    auto of_bus = member_of(name, BusErrors);
    if (ours == "NotFound" || of_bus == "UnknownObject") return {Exit::NoSuchJob, message};
    if (ours == "AccessDenied") return access.all_users ? denied() : not_yours();
    // What the command line says cannot be right for any such job.
    if (is_one_of(ours,
                  {"InvalidArgument", "NotSupported", "StringTooLong", "InvalidRange", "OverlappingRanges"}))
        return {Exit::Usage, with_short_ids(message)};
    if (!ours.empty()) return {Exit::Failed, with_short_ids(message)};
    if (of_bus == "InteractiveAuthorizationRequired") return password_needed(access);
    if (of_bus == "ServiceUnknown") return not_installed(access.scope);
    if (of_bus == "AccessDenied")
        return {Exit::Unreachable, translate("the bus does not allow access to haulierd: {}", message)};
    if (cannot_start(name)) return not_started(access.scope, message);
    if (no_answer(name)) return {Exit::Unreachable, _("haulierd exited or hung before it replied")};
    if (connection_broke(name)) return connection_lost();
    return {Exit::Failed, message};
}

} // namespace haulier::cli
