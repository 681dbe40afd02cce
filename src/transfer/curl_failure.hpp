// SPDX-License-Identifier: LGPL-2.1-or-later
// What libcurl's error codes mean to a job, and how they are told to people.
#pragma once

#include "transfer/failure.hpp"
#include "transfer/question.hpp"

namespace haulier::transfer {

/// `host`: where the request went; the only part of the URL that is named.
Failure curl_failure(const Ending& ending, const Answer& answer, const std::string& host);

} // namespace haulier::transfer
