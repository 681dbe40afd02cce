// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/failure.hpp"

#include <cerrno>
#include <fmt/core.h>
#include <system_error>

namespace haulier::transfer {

Failure local_failure(int error, const std::string& what) {
    bool full = error == ENOSPC || error == EDQUOT;
    return {.cause = full ? wire::DISK_FULL : wire::LOCAL_FILE,
            .code = error,
            .message = fmt::format("{}: {}", what, std::generic_category().message(error))};
}

} // namespace haulier::transfer
