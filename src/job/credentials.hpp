// SPDX-License-Identifier: LGPL-2.1-or-later
// The credentials of a job, and which server gets which of them. There is one for each target, scheme and
// server.
#pragma once

#include "job/types.hpp"

#include <string>
#include <vector>

namespace haulier::job {

/// Adds `one`, or replaces the one with the same target, scheme and only_for. StringTooLong if all together
/// have more than MaxAllCredentials bytes.
Status put_credentials(std::vector<Credentials>& all, const Credentials& one);

/// Moves the users and passwords in the URLs of `spec` to `all`.
Status take_users(std::vector<Credentials>& all, FileSpec& spec);

/// Those for the server of `url` and its proxy. For each scheme, credentials for this server alone replace
/// those for all servers.
std::vector<Credentials> credentials_for(const Job& job, const std::string& url);
/// As credentials_for(), but not those that all servers of the job get.
std::vector<Credentials> credentials_only_for(const Job& job, const std::string& url);

} // namespace haulier::job
