// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the columns of a row from left to right. The first that makes no sense is remembered for sound(), and
// a harmless value takes its place. Private to the module.
#pragma once

#include "store/database.hpp"

#include "base/clock.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haulier::store {

/// No date or span lies beyond (the year 75,000), so that sums and differences of two never overflow.
inline constexpr int64_t LongestSpan = int64_t{1} << 61;
inline constexpr int64_t MaxU32 = std::numeric_limits<uint32_t>::max();

class Row {
public:
    explicit Row(BoundStatement& use) : use_(use) {}

    std::string text() { return std::string{view()}; }
    int64_t integer(int64_t smallest, int64_t largest);
    template <class Parse>
    auto parsed(Parse parse) {
        return expect(parse(view()));
    }
    /// NULL, or what `take` makes of the column.
    template <class Take>
    auto optional(Take take) -> std::optional<decltype(take())> {
        if (!use_.is_null(column_)) return take();
        ++column_;
        return std::nullopt;
    }
    /// NULL is an empty list.
    template <class Parse>
    auto list(Parse parse) {
        auto found = optional([&] { return parsed(parse); });
        return found ? std::move(*found) : typename decltype(found)::value_type{};
    }

    bool truth() { return integer(0, 1) == 1; }
    uint32_t u32() { return static_cast<uint32_t>(integer(0, MaxU32)); }
    /// It must be this one.
    void number(size_t expected) { integer(static_cast<int64_t>(expected), static_cast<int64_t>(expected)); }
    int32_t i32();
    uint64_t bits();
    uint64_t size();
    uint32_t number_of_file();
    Usec span() { return Usec{integer(0, LongestSpan)}; }
    WallTime date() { return {span()}; }
    job::Id id() { return parsed(job::parse_id); }
    /// It was read already.
    void skip() { ++column_; }

    [[nodiscard]] Status sound() const;
    /// The value of `column` makes no sense beside the others.
    void note_fault(std::string_view column);

private:
    std::string_view view() { return expect(use_.text_at(column_++)); }
    /// Checks the column just read.
    template <class T>
    T expect(std::optional<T> value) {
        if (value) return std::move(*value);
        note_fault(use_.name_of(column_ - 1));
        return T{};
    }

    BoundStatement& use_;
    int column_ = 0;
    std::optional<std::string> fault_;
};

/// What was read, if all of it made sense.
template <class T>
Result<T> if_sound(const Row& row, T value) {
    if (auto ok = row.sound(); !ok) return ok.error();
    return value;
}

/// What becomes of a row that makes no sense.
enum class Unsound { IsAnError, IsLeftOut };

/// All rows of `use`, each made a value by `read`.
template <class T>
Result<std::vector<T>> collect(BoundStatement& use, Result<T> (*read)(BoundStatement&), Unsound unsound) {
    std::vector<T> values;
    auto all = use.each([&]() -> Status {
        Result<T> value = read(use);
        if (value)
            values.push_back(std::move(*value));
        else if (unsound == Unsound::IsAnError)
            return value.error();
        return Done{};
    });
    if (!all) return all.error();
    return values;
}

} // namespace haulier::store
