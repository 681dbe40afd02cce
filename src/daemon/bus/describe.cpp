// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/describe.hpp"

#include "daemon/bus/names/error_names.hpp"
#include "job/describe.hpp"

#include <fmt/core.h>

namespace haulier::bus {

Result<std::string> describe_error(std::string_view name, int32_t code) {
    if (auto cause = job::parse_cause(name)) return job::describe(*cause, code);
    if (auto errc = errc_from_name(name)) return std::string{job::describe(*errc)};
    return Error{Errc::NotFound, fmt::format("there is no error named '{}', docs/errors.md lists all", name)};
}

} // namespace haulier::bus
