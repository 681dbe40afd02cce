// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/entry.hpp"

#include <algorithm>

namespace haulier::daemon {

uint64_t transferred_of(const Entry& entry, uint32_t index) {
    const auto& file = entry.files[index];
    auto flight = entry.flights.find(index);
    return flight == entry.flights.end() ? file.offset : std::max(file.offset, flight->second.received);
}

Tally tally_of(const Entry& entry) {
    Tally tally;
    for (uint32_t i = 0; i < entry.files.size(); ++i) {
        uint64_t size = entry.files[i].total;
        bool unknown = size == job::UnknownSize || tally.total == job::UnknownSize;
        tally.total = unknown ? job::UnknownSize : tally.total + size;
        tally.transferred += transferred_of(entry, i);
    }
    return tally;
}

} // namespace haulier::daemon
