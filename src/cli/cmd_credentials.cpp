// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl credentials: who a job is to servers and proxies.
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/secret.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// The owner's own ticket needs no password.
bool needs_secret(const CredentialsOptions& options) {
    bool by_ticket = options.scheme == "ntlm" || options.scheme == "negotiate";
    return !by_ticket || !options.user.empty() || options.password_fd;
}

Outcome<std::string> secret_for(const CredentialsOptions& options) {
    if (!needs_secret(options)) return std::string{};
    auto prompt = options.scheme == "bearer"
                      ? fmt::format("Token for the {}: ", options.target)
                      : fmt::format("Password of {} for the {}: ", harmless(options.user), options.target);
    return read_secret(prompt, options.password_fd);
}

} // namespace

Outcome<Exit> set_credentials(const Common& common, const CredentialsOptions& options) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = (*client)->resolve_unfinished(options.job);
    if (!id) return id.error();
    auto secret = secret_for(options);
    if (!secret) return secret.error();
    auto done = (*client)->set_credentials(*id, {options.target, options.scheme, options.user, *secret});
    if (!done) return done.error();
    if (common.json) print_json({{"Id", *id}, {"Result", "set"}});
    return Exit::Ok;
}

Outcome<Exit> remove_credentials(const Common& common, const CredentialsOptions& options) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = (*client)->resolve_unfinished(options.job);
    if (!id) return id.error();
    auto removed = (*client)->remove_credentials(*id, options.target, options.scheme);
    if (!removed) return removed.error();
    if (common.json)
        print_json({{"Id", *id}, {"Removed", *removed}});
    else if (!*removed && !common.quiet)
        say("There were none.\n");
    return Exit::Ok;
}

} // namespace haulier::cli
