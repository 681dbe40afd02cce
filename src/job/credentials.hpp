// SPDX-License-Identifier: LGPL-2.1-or-later
// The credentials of a job: where each has its slot, and who gets to see which.
#pragma once

#include "job/types.hpp"

#include <string>
#include <vector>

namespace haulier::job {

/// Takes the slot of its target, scheme and only_for; StringTooLong where all together are too much for one
/// order.
Status put_credentials(std::vector<Credentials>& all, const Credentials& one);

/// Moves the user names out of the URLs of `spec`.
Status take_users(std::vector<Credentials>& all, FileSpec& spec);

/// Those for the server of `url` and for its proxy; what was given for this server alone stands in for what
/// is for all, scheme by scheme.
std::vector<Credentials> credentials_for(const Job& job, const std::string& url);

} // namespace haulier::job
