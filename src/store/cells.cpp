// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/cells.hpp"

#include "job/notify_service.hpp"
#include "job/validation.hpp"

#include <fmt/core.h>

namespace haulier::store {

namespace {

std::optional<job::Checksum> checksum_from_text(std::string_view text) {
    return value_of(job::parse_checksum(std::string{text}));
}

} // namespace

void put(BoundStatement& use, std::string_view column, int64_t value, int64_t largest) {
    if (value < 0 || value > largest)
        use.refuse(fmt::format("{} {} is not between 0 and {}", column, value, largest));
    else
        use.integer(value);
}

void Cell<job::Checksum>::put(BoundStatement& use, std::string_view /*column*/,
                              const job::Checksum& checksum) {
    auto text = job::to_text(checksum);
    if (checksum_from_text(text) == checksum)
        use.text(text);
    else
        use.refuse(fmt::format("checksum '{}' has the wrong number of digits", text));
}

job::Checksum Cell<job::Checksum>::take(Row& row) {
    return row.parsed(checksum_from_text);
}

void Cell<job::Grants>::put(BoundStatement& use, std::string_view /*column*/, const job::Grants& grants) {
    if (auto text = to_text(grants))
        use.text(*text);
    else
        use.refuse("the directories of the sandbox cannot be stored");
}

job::Grants Cell<job::Grants>::take(Row& row) {
    return row.parsed(grants_from_text);
}

void Cell<job::NotifyService>::put(BoundStatement& use, std::string_view /*column*/,
                                   const job::NotifyService& service) {
    use.text(job::to_string(service)).text(service.path);
}

job::NotifyService Cell<job::NotifyService>::take(Row& row) {
    auto name = row.text();
    return job::notify_service_of(name, row.text());
}

} // namespace haulier::store
