// SPDX-License-Identifier: LGPL-2.1-or-later
// Single values to parameters, and columns to single values. Private to the module.
#pragma once

#include "store/database.hpp"
#include "store/lists.hpp"

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

std::string_view to_string(job::NotificationKind kind);
std::optional<job::NotificationKind> parse_notification_kind(std::string_view word);
std::optional<job::Checksum> checksum_from_text(const std::string& text);
// Flags are words with a space between them.
std::string to_text(const job::NotifyFlags& flags);
std::string to_text(const job::SecurityFlags& flags);
std::optional<job::NotifyFlags> notify_flags_from_text(const std::string& text);
std::optional<job::SecurityFlags> security_flags_from_text(const std::string& text);

/// A parser with reasons, for Row::parsed(), which needs none.
template <class T>
auto without_reason(Result<T> (*parse)(const std::string&)) {
    return [parse](const std::string& text) {
        auto value = parse(text);
        return value ? std::optional<T>{std::move(*value)} : std::nullopt;
    };
}

// Each binds the next parameter, or refuses a value that could not be read again.

/// Between 0 and `largest`.
void put(BoundStatement& use, std::string_view what, int64_t value, int64_t largest);
void put_span(BoundStatement& use, std::string_view what, Usec span);
void put_date(BoundStatement& use, std::string_view what, WallTime date);
/// All 64 bits, as they are.
void put_bits(BoundStatement& use, uint64_t value);
/// UnknownSize becomes NULL.
void put_size(BoundStatement& use, uint64_t size);
/// NoFile becomes NULL.
void put_number_of_file(BoundStatement& use, uint32_t file);
void put_id(BoundStatement& use, const job::Id& id);
void put_checksum(BoundStatement& use, const std::optional<job::Checksum>& checksum);
/// An empty list becomes NULL; one whose text `parse` does not read again as the same is refused. The
/// message does not show it: it may be secret.
template <class T, class Parse>
void put_list(BoundStatement& use, std::string_view what, const std::vector<T>& list, Parse parse) {
    auto text = to_text(list);
    if (list.empty())
        use.null();
    else if (parse(text) == list)
        use.text(text);
    else
        use.refuse(std::string{what} + " cannot be stored");
}

/// Takes the columns of a row from left to right. The first that makes no sense is remembered; what is taken
/// in its place is harmless, and sound() tells.
class Row {
public:
    explicit Row(BoundStatement& use) : use_(use) {}

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

    [[nodiscard]] Status sound() const;
    /// What was taken of `column` makes no sense beside the others.
    void note_fault(std::string_view column);

private:
    /// Judges the column just taken.
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

} // namespace haulier::store
