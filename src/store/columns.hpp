// SPDX-License-Identifier: LGPL-2.1-or-later
// Single values to parameters, and columns to single values. Private to the room.
#pragma once

#include "store/database.hpp"

#include "job/types.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haulier::store {

/// No date or span lies beyond (the year 75,000), so that sums and differences of two never overflow.
inline constexpr int64_t LongestSpan = int64_t{1} << 61;
inline constexpr int64_t MaxU32 = std::numeric_limits<uint32_t>::max();

std::string_view to_word(job::NoticeKind kind);
std::optional<job::NoticeKind> notice_kind_from_word(std::string_view word);
std::optional<job::Type> type_from_word(const std::string& word);
std::optional<job::Checksum> checksum_from_text(const std::string& text);
/// Words with a space between them.
std::string to_text(const job::NotifyFlags& flags);
std::optional<job::NotifyFlags> flags_from_text(const std::string& text);

// Each binds the next parameter, or refuses a value that could not be read again.

/// Between 0 and `largest`.
void put(Use& use, std::string_view what, int64_t value, int64_t largest);
void put_span(Use& use, std::string_view what, Usec span);
void put_date(Use& use, std::string_view what, WallTime date);
/// All 64 bits, as they are.
void put_bits(Use& use, uint64_t value);
/// UnknownSize becomes NULL.
void put_size(Use& use, uint64_t size);
/// NoFile becomes NULL.
void put_number_of_file(Use& use, uint32_t file);
void put_id(Use& use, const job::Id& id);
void put_checksum(Use& use, const std::optional<job::Checksum>& checksum);

/// Takes the columns of a row from left to right. The first that makes no sense is remembered; what is taken
/// in its place is harmless, and sound() tells.
class Row {
public:
    explicit Row(Use& use) : use_(use) {}

    std::string text() { return expect(use_.text_at(column_++)); }
    int64_t integer(int64_t smallest, int64_t largest);
    template <class Parse>
    auto parsed(Parse parse) {
        return expect(parse(text()));
    }
    /// NULL, or what `take` makes of the column.
    template <class Take>
    auto optional(Take take) -> std::optional<decltype(take())> {
        if (!use_.is_null(column_)) return take();
        ++column_;
        return std::nullopt;
    }

    bool truth() { return integer(0, 1) == 1; }
    uint32_t u32() { return static_cast<uint32_t>(integer(0, MaxU32)); }
    int32_t i32();
    uint64_t bits();
    uint64_t size();
    uint32_t number_of_file();
    Usec span() { return Usec{integer(0, LongestSpan)}; }
    WallTime date() { return {span()}; }
    job::Id id() { return parsed(job::parse_id); }

    [[nodiscard]] Status sound() const;

private:
    /// Judges the column just taken.
    template <class T>
    T expect(std::optional<T> value) {
        if (value) return std::move(*value);
        note_fault();
        return T{};
    }
    void note_fault();

    Use& use_;
    int column_ = 0;
    std::optional<std::string> fault_;
};

} // namespace haulier::store
