// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/row.hpp"

#include <fmt/core.h>

namespace haulier::store {

int64_t Row::integer(int64_t smallest, int64_t largest) {
    auto value = use_.integer_at(column_++);
    if (value && (*value < smallest || *value > largest)) value.reset();
    return expect(value);
}

int32_t Row::i32() {
    using Limits = std::numeric_limits<int32_t>;
    return static_cast<int32_t>(integer(Limits::min(), Limits::max()));
}

uint64_t Row::bits() {
    using Limits = std::numeric_limits<int64_t>;
    return static_cast<uint64_t>(integer(Limits::min(), Limits::max()));
}

uint64_t Row::size() {
    return optional([&] { return bits(); }).value_or(job::UnknownSize);
}

uint32_t Row::number_of_file() {
    return optional([&] { return u32(); }).value_or(job::NoFile);
}

Status Row::sound() const {
    if (fault_) return Error{Errc::Store, *fault_};
    return Done{};
}

void Row::note_fault(std::string_view column) {
    if (!fault_) fault_ = fmt::format("database: column '{}' of a row makes no sense", column);
}

} // namespace haulier::store
