// SPDX-License-Identifier: LGPL-2.1-or-later
// What errors mean, in a message for a person who has never reported of Haulier.
#pragma once

#include "base/result.hpp"
#include "job/cause.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace haulier::bus {

std::string_view sentence_of(Errc code);
std::string_view sentence_of(job::Cause cause);
/// "404: the server has no such file".
std::string sentence_of_status(int32_t status);

/// `name` of a job's Error, with its code, or of a method's error; NotFound for any other.
Result<std::string> describe(std::string_view name, int32_t code);

} // namespace haulier::bus
