// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/columns.hpp"

#include "job/validation.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace haulier::store {

std::string_view to_string(job::NotificationKind kind) {
    switch (kind) {
    case job::NotificationKind::Transferred: return "transferred";
    case job::NotificationKind::Error: return "error";
    case job::NotificationKind::FileTransferred: return "file-transferred";
    }
    return {};
}

std::optional<job::NotificationKind> parse_notification_kind(std::string_view word) {
    using Kind = job::NotificationKind;
    for (auto kind : {Kind::Transferred, Kind::Error, Kind::FileTransferred})
        if (to_string(kind) == word) return kind;
    return std::nullopt;
}

std::optional<job::Checksum> checksum_from_text(const std::string& text) {
    return without_reason(job::parse_checksum)(text);
}

std::string to_text(const job::NotifyFlags& flags) {
    return fmt::format("{}", fmt::join(job::to_strings(flags), " "));
}
std::string to_text(const job::SecurityFlags& flags) {
    return fmt::format("{}", fmt::join(job::to_strings(flags), " "));
}

namespace {

template <class T>
std::optional<T> flags_from_text(const std::string& text,
                                 Result<T> (*parse)(const std::vector<std::string>&)) {
    auto flags = parse(text.empty() ? std::vector<std::string>{} : split(text, ' '));
    return flags ? std::optional{*flags} : std::nullopt;
}

} // namespace

std::optional<job::NotifyFlags> notify_flags_from_text(const std::string& text) {
    return flags_from_text(text, job::parse_notify_flags);
}
std::optional<job::SecurityFlags> security_flags_from_text(const std::string& text) {
    return flags_from_text(text, job::parse_security_flags);
}

void put(BoundStatement& use, std::string_view what, int64_t value, int64_t largest) {
    if (value < 0 || value > largest)
        use.refuse(fmt::format("{} {} is not between 0 and {}", what, value, largest));
    else
        use.integer(value);
}

void put_span(BoundStatement& use, std::string_view what, Usec span) {
    put(use, what, span.count(), LongestSpan);
}
void put_date(BoundStatement& use, std::string_view what, WallTime date) {
    put_span(use, what, date.since_epoch);
}

void put_bits(BoundStatement& use, uint64_t value) {
    use.integer(static_cast<int64_t>(value));
}

void put_size(BoundStatement& use, uint64_t size) {
    if (size == job::UnknownSize)
        use.null();
    else
        put_bits(use, size);
}

void put_number_of_file(BoundStatement& use, uint32_t file) {
    if (file == job::NoFile)
        use.null();
    else
        use.integer(file);
}

void put_id(BoundStatement& use, const job::Id& id) {
    if (job::parse_id(id.hex))
        use.text(id.hex);
    else
        use.refuse(fmt::format("job id '{}' is not 32 lower-case hex digits", id.hex));
}

void put_checksum(BoundStatement& use, const std::optional<job::Checksum>& checksum) {
    if (!checksum) {
        use.null();
        return;
    }
    auto text = job::to_text(*checksum);
    if (checksum_from_text(text) == checksum)
        use.text(text);
    else
        use.refuse(fmt::format("checksum '{}' has the wrong number of digits", text));
}

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
