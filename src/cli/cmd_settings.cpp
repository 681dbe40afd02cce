// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl set, headers and credentials: what a job is told to do, send and present to servers.
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/i18n.hpp"
#include "cli/input.hpp"
#include "cli/output.hpp"
#include "cli/secret.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::cli {

namespace {

constexpr size_t MaxHeaders = 64 * 1024;

/// From the command line and the descriptor.
Result<std::vector<std::string>, Failure> wanted_headers(const HeadersOptions& options) {
    auto lines = options.lines;
    if (options.fd) {
        auto text = read_all(*options.fd, MaxHeaders);
        if (!text) return text.error();
        for (auto& line : lines_of(*text))
            if (!line.empty()) lines.push_back(std::move(line));
    }
    if (options.clear && !lines.empty())
        return usage_error(_("--clear removes all headers and cannot be used together with headers"));
    if (options.write_only && lines.empty()) return usage_error(_("--write-only requires headers"));
    return lines;
}

Result<Exit, Failure> print_headers(const Common& common, Client& client, const std::string& id) {
    auto properties = client.properties(id);
    if (!properties) return properties.error();
    auto lines = properties->value("CustomHeaders", Json::array());
    if (common.json) {
        print_json(lines);
        return Exit::Ok;
    }
    for (const auto& line : lines)
        print(sanitize(line.get<std::string>()) + "\n");
    return Exit::Ok;
}

/// With ntlm and negotiate the owner's own ticket can be used, which needs no password.
bool needs_secret(const CredentialsOptions& options) {
    bool by_ticket = options.scheme == "ntlm" || options.scheme == "negotiate";
    return !by_ticket || !options.user.empty() || options.password_fd;
}

Result<std::string, Failure> secret_for(const CredentialsOptions& options) {
    if (!needs_secret(options)) return std::string{};
    auto prompt = options.scheme == "bearer"
                      ? translate("Token for the {}: ", options.target)
                      : translate("Password of {} for the {}: ", sanitize(options.user), options.target);
    return read_secret(prompt, options.password_fd);
}

} // namespace

Result<Exit, Failure> set(const Common& common, const SetOptions& options) {
    if (options.list) return list_properties(common);
    if (options.job.empty() || options.assignments.empty())
        return usage_error(
            _("set takes JOB and NAME=VALUE...; 'haulierctl set --list' lists the properties"));
    auto values = parse_assignments(options.assignments, now_usec());
    if (!values) return values.error();
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    Json names = Json::array();
    for (const auto& [name, value] : *values) {
        if (auto done = opened->client->set(opened->id, name, value); !done) return done.error();
        names.push_back(name);
    }
    if (common.json) print_json({{"Id", opened->id}, {"Set", names}});
    return Exit::Ok;
}

Result<Exit, Failure> headers(const Common& common, const HeadersOptions& options) {
    auto lines = wanted_headers(options);
    if (!lines) return lines.error();
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    if (lines->empty() && !options.clear && !options.fd)
        return print_headers(common, *opened->client, opened->id);
    auto done = opened->client->set_headers(opened->id, *lines, options.write_only);
    if (!done) return done.error();
    if (common.json) print_json({{"Id", opened->id}, {"Result", "set"}});
    return Exit::Ok;
}

Result<Exit, Failure> set_credentials(const Common& common, const CredentialsOptions& options) {
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    auto secret = secret_for(options);
    if (!secret) return secret.error();
    auto done =
        opened->client->set_credentials(opened->id, {options.target, options.scheme, options.user, *secret});
    if (!done) return done.error();
    if (common.json) print_json({{"Id", opened->id}, {"Result", "set"}});
    return Exit::Ok;
}

Result<Exit, Failure> remove_credentials(const Common& common, const CredentialsOptions& options) {
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    auto removed = opened->client->remove_credentials(opened->id, options.target, options.scheme);
    if (!removed) return removed.error();
    if (common.json)
        print_json({{"Id", opened->id}, {"Removed", *removed}});
    else if (!*removed && !common.quiet)
        print_stderr(_("There were none.\n"));
    return Exit::Ok;
}

} // namespace haulier::cli
