// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/credentials.hpp"

#include "job/http_validation.hpp"
#include "job/url.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

Status take_user_of(std::vector<Credentials>& all, std::string& url) {
    auto found = take_user(url);
    if (!found) return Done{};
    if (auto ok = check_credentials(*found); !ok) return ok;
    return put_credentials(all, *found);
}

/// The credentials that replace `like` for one server, or null.
const Credentials* find_override(const std::vector<Credentials>& all, const Credentials& like,
                                 const std::string& only_for) {
    auto found = std::find_if(all.begin(), all.end(), [&](const Credentials& c) {
        return c.target == like.target && c.scheme == like.scheme && c.only_for == only_for;
    });
    return only_for.empty() || found == all.end() ? nullptr : &*found;
}

std::vector<Credentials> chosen_for(const Job& job, const std::string& url, bool with_general) {
    auto authority = authority_of(url);
    auto server = authority ? authority->server() : std::string{};
    std::vector<Credentials> chosen;
    for (const auto& c : job.http.credentials) {
        bool is_wanted = with_general || c.target == Credentials::Target::Proxy;
        if (is_wanted && c.only_for.empty() && !find_override(job.http.credentials, c, server))
            chosen.push_back(c);
    }
    for (const auto& c : job.http.credentials)
        if (!server.empty() && c.only_for == server)
            chosen.push_back({c.target, c.scheme, c.user, c.password, {}});
    return chosen;
}

} // namespace

Status put_credentials(std::vector<Credentials>& all, const Credentials& one) {
    std::erase_if(all, [&](const Credentials& c) {
        return c.target == one.target && c.scheme == one.scheme && c.only_for == one.only_for;
    });
    all.push_back(one);
    size_t bytes = 0;
    for (const auto& c : all)
        bytes += c.user.size() + c.password.size();
    if (bytes > MaxAllCredentials)
        return Error{Errc::StringTooLong,
                     fmt::format("the user names and passwords of the job have {} bytes together, at most "
                                 "{} are allowed",
                                 bytes, MaxAllCredentials)};
    return Done{};
}

Status take_users(std::vector<Credentials>& all, FileSpec& spec) {
    if (auto ok = take_user_of(all, spec.remote); !ok) return ok;
    if (spec.mirrors.empty()) return Done{};
    for (auto& mirror : spec.mirrors.edit())
        if (auto ok = take_user_of(all, mirror); !ok) return ok;
    return Done{};
}

std::vector<Credentials> credentials_for(const Job& job, const std::string& url) {
    return chosen_for(job, url, true);
}

std::vector<Credentials> credentials_only_for(const Job& job, const std::string& url) {
    return chosen_for(job, url, false);
}

} // namespace haulier::job
