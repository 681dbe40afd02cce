// SPDX-License-Identifier: LGPL-2.1-or-later
// How the types of values are kept in columns. Private to the module.
#pragma once

#include "store/lists.hpp"
#include "store/row.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::store {

/// How a T is kept: put() binds it to the next parameters, or refuses a value that could not be read again;
/// take() reads it from the next columns. `column` is for the message.
template <class T>
struct Cell;

/// Of a parser whose reasons are not of interest.
template <class T>
std::optional<T> value_of(Result<T> parsed) {
    return parsed ? std::optional{std::move(*parsed)} : std::nullopt;
}

/// Binds `value` if it is between 0 and `largest`.
void put(BoundStatement& use, std::string_view column, int64_t value, int64_t largest);

template <>
struct Cell<bool> {
    static void put(BoundStatement& use, std::string_view /*column*/, bool value) { use.integer(value); }
    static bool take(Row& row) { return row.truth(); }
};
template <>
struct Cell<uint32_t> {
    static void put(BoundStatement& use, std::string_view /*column*/, uint32_t value) { use.integer(value); }
    static uint32_t take(Row& row) { return row.u32(); }
};
/// All 64 bits, as they are.
template <>
struct Cell<uint64_t> {
    static void put(BoundStatement& use, std::string_view /*column*/, uint64_t value) {
        use.integer(static_cast<int64_t>(value));
    }
    static uint64_t take(Row& row) { return row.bits(); }
};
template <>
struct Cell<std::string> {
    static void put(BoundStatement& use, std::string_view /*column*/, const std::string& text) {
        use.text(text);
    }
    static std::string take(Row& row) { return row.text(); }
};
/// A number of seconds or milliseconds.
template <class Period>
struct Cell<std::chrono::duration<int64_t, Period>> {
    using Span = std::chrono::duration<int64_t, Period>;
    static void put(BoundStatement& use, std::string_view column, Span span) {
        store::put(use, column, span.count(), MaxU32);
    }
    static Span take(Row& row) { return Span{row.u32()}; }
};
template <>
struct Cell<Usec> {
    static void put(BoundStatement& use, std::string_view column, Usec span) {
        store::put(use, column, span.count(), LongestSpan);
    }
    static Usec take(Row& row) { return row.span(); }
};
template <>
struct Cell<WallTime> {
    static void put(BoundStatement& use, std::string_view column, WallTime date) {
        Cell<Usec>::put(use, column, date.since_epoch);
    }
    static WallTime take(Row& row) { return row.date(); }
};
template <job::NamedEnum T>
struct Cell<T> {
    static void put(BoundStatement& use, std::string_view /*column*/, T value) {
        use.text(job::to_string(value));
    }
    static T take(Row& row) {
        return row.parsed([](std::string_view word) { return value_of(job::parse<T>(std::string{word})); });
    }
};
/// Words with a space between them.
template <job::NamedFlags T>
struct Cell<T> {
    static void put(BoundStatement& use, std::string_view /*column*/, const T& flags) {
        use.text(words_to_text(job::to_strings(flags)));
    }
    static T take(Row& row) {
        return row.parsed(
            [](std::string_view text) { return value_of(job::parse<T>(words_from_text(text))); });
    }
};
template <>
struct Cell<job::State> {
    static void put(BoundStatement& use, std::string_view /*column*/, job::State state) {
        use.text(to_string(state));
    }
    static job::State take(Row& row) { return row.parsed(job::parse_state); }
};
template <>
struct Cell<job::Checksum> {
    static void put(BoundStatement& use, std::string_view column, const job::Checksum& checksum);
    static job::Checksum take(Row& row);
};
/// NULL where there is nothing.
template <class T>
struct Cell<std::optional<T>> {
    static void put(BoundStatement& use, std::string_view column, const std::optional<T>& value) {
        if (value)
            Cell<T>::put(use, column, *value);
        else
            use.null();
    }
    static std::optional<T> take(Row& row) {
        return row.optional([&] { return Cell<T>::take(row); });
    }
};
/// The value of a new object is NULL.
template <class T>
struct DefaultIsNullCell {
    static void put(BoundStatement& use, std::string_view column, const T& value) {
        Cell<std::optional<T>>::put(use, column, value == T{} ? std::nullopt : std::optional{value});
    }
    static T take(Row& row) { return Cell<std::optional<T>>::take(row).value_or(T{}); }
};
/// UnknownSize is NULL.
struct SizeCell {
    static void put(BoundStatement& use, std::string_view column, uint64_t size) {
        Cell<std::optional<uint64_t>>::put(use, column,
                                           size == job::UnknownSize ? std::nullopt : std::optional{size});
    }
    static uint64_t take(Row& row) { return row.size(); }
};
/// NoFile is NULL.
struct FileNumberCell {
    static void put(BoundStatement& use, std::string_view column, uint32_t file) {
        Cell<std::optional<uint32_t>>::put(use, column,
                                           file == job::NoFile ? std::nullopt : std::optional{file});
    }
    static uint32_t take(Row& row) { return row.number_of_file(); }
};
/// Four columns, all NULL without an error.
struct ErrorCell {
    static void put(BoundStatement& use, std::string_view /*column*/,
                    const std::optional<job::JobError>& error) {
        if (!error) {
            use.null().null().null().null();
            return;
        }
        use.text(to_string(error->cause)).integer(error->code).text(error->message);
        FileNumberCell::put(use, "the number of a file", error->file);
    }
    static std::optional<job::JobError> take(Row& row) {
        auto cause = row.optional([&] { return row.parsed(job::parse_cause); });
        auto code = row.optional([&] { return row.i32(); });
        auto message = row.optional([&] { return row.text(); });
        auto file = row.number_of_file();
        if (!cause) return std::nullopt;
        return job::JobError{*cause, code.value_or(0), message.value_or(""), file};
    }
};

/// An empty text is NULL.
struct TextOrNullCell {
    static void put(BoundStatement& use, std::string_view column, const std::string& text) {
        Cell<std::optional<std::string>>::put(use, column, text.empty() ? std::nullopt : std::optional{text});
    }
    static std::string take(Row& row) { return Cell<std::optional<std::string>>::take(row).value_or(""); }
};
/// An empty list is NULL; one whose text is not read as the same list again is refused. The message does not
/// show it: it may be secret.
template <auto Parse>
struct ListCell {
    using List = typename decltype(Parse(std::string{}))::value_type;
    static void put(BoundStatement& use, std::string_view column, const List& list) {
        auto text = to_text(list);
        if (list.empty())
            use.null();
        else if (Parse(text) == list)
            use.text(text);
        else
            use.refuse(std::string{column} + " cannot be stored");
    }
    static List take(Row& row) { return row.list(Parse); }
};
template <>
struct Cell<std::vector<std::string>> : ListCell<lines_from_text> {};
template <>
struct Cell<std::vector<job::Range>> : ListCell<ranges_from_text> {};
template <>
struct Cell<std::vector<job::SourceStatus>> : ListCell<source_statuses_from_text> {};
/// As the value itself.
template <class T>
struct Cell<job::Rare<T>> : Cell<T> {};
/// Three lines for each.
template <>
struct Cell<job::Grants> {
    static void put(BoundStatement& use, std::string_view column, const job::Grants& grants);
    static job::Grants take(Row& row);
};
/// Two columns: name and path.
template <>
struct Cell<job::NotifyService> {
    static void put(BoundStatement& use, std::string_view column, const job::NotifyService& service);
    static job::NotifyService take(Row& row);
};

} // namespace haulier::store
