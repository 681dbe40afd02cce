// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/login.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/netrc.hpp"
#include "cli/secret.hpp"
#include "cli/text.hpp"

#include <cctype>
#include <cstdlib>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

std::string percent_encoded(const std::string& text) {
    std::string out;
    for (unsigned char c : text)
        out += c < 0x80 && std::isalnum(c) != 0 ? std::string(1, static_cast<char>(c))
                                                : fmt::format("%{:02X}", c);
    return out;
}

Result<Done, Failure> add_login_to(std::string& url, const Netrc& netrc) {
    if (!is_http_url(url) || without_user(url) != url) return Done{};
    auto login = netrc_login(netrc.text, host_of(url));
    if (!login) return Done{};
    if (!netrc.is_private)
        return Failure{Exit::Failed, translate("other users can read the password in '{0}'; forbid that with "
                                               "'chmod 600 {0}', or use --no-netrc",
                                               netrc.path)};
    url.insert(url.find("://") + 3,
               fmt::format("{}:{}@", percent_encoded(login->user), percent_encoded(login->password)));
    return Done{};
}

Result<Done, Failure> take_netrc(NewJob& job) {
    auto netrc = read_netrc([](const char* name) { return std::getenv(name); });
    if (!netrc) return netrc.error();
    for (auto& file : job.files) {
        if (auto done = add_login_to(file.remote, *netrc); !done) return done;
        for (auto& mirror : file.mirrors)
            if (auto done = add_login_to(mirror, *netrc); !done) return done;
    }
    return Done{};
}

} // namespace

Result<Done, Failure> take_login(NewJob& job, const JobOptions& options) {
    if (options.login.empty()) return options.netrc ? take_netrc(job) : Done{};
    auto password = read_secret(translate("Password of {}: ", sanitize(options.login)), options.password_fd);
    if (!password) return password.error();
    // curl asks the server which of them it wants.
    for (const char* scheme : {"basic", "digest"})
        job.credentials.push_back({"server", scheme, options.login, *password});
    return Done{};
}

} // namespace haulier::cli
