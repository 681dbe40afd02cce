// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of tus 1.0, the protocol of uploads that can go on where they stopped: what a server offers,
// where an upload lives, and how much of it the server has. Pure functions over values.
#pragma once

#include "transfer/answer.hpp"
#include "transfer/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::transfer {

inline constexpr const char* TusVersion = "1.0.0";

/// How a server takes a file.
enum class Manner {
    Put,       ///< whole, in one request
    TusCreate, ///< an upload must be created first
    TusUpload, ///< the URL is an upload that somebody has created
    Busy,      ///< it cannot say now; to be asked again later
};

/// From the answer to OPTIONS. Whoever does not know the method, or forbids it, takes PUT.
Manner manner_of(const Answer& options);

/// How many of `size` bytes the server has, from its answer to HEAD or PATCH; nothing if it makes no sense.
std::optional<uint64_t> received(const Answer& answer, uint64_t size);

/// Headers of a request that creates an upload.
std::vector<std::string> creation_headers(const std::string& name, uint64_t size);
/// Headers of a request that sends the rest from `offset` on.
std::vector<std::string> piece_headers(uint64_t offset);
/// Headers of all others.
std::vector<std::string> plain_headers();

} // namespace haulier::transfer
