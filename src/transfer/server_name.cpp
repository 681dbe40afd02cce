// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/server_name.hpp"

#include "base/file_name.hpp"
#include "base/text.hpp"

#include <optional>

namespace haulier::transfer {

namespace {

constexpr std::string_view Blank = " \t";

void skip_blanks(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(Blank), rest.size()));
}

std::string_view take_until(std::string_view& rest, std::string_view ends) {
    auto taken = rest.substr(0, rest.find_first_of(ends));
    rest.remove_prefix(taken.size());
    while (!taken.empty() && Blank.find(taken.back()) != std::string_view::npos)
        taken.remove_suffix(1);
    return taken;
}

/// A quoted string with its escapes resolved, or a token. Names with spaces are often not quoted, and those
/// with directories of Windows often not escaped.
std::string take_value(std::string_view& rest) {
    if (!rest.starts_with('"')) return std::string{take_until(rest, ";")};
    rest.remove_prefix(1);
    std::string value;
    while (!rest.empty() && rest.front() != '"') {
        bool escapes = rest.starts_with("\\\"") || rest.starts_with("\\\\");
        if (escapes) rest.remove_prefix(1);
        value += rest.front();
        rest.remove_prefix(1);
    }
    take_until(rest, ";");
    return value;
}

std::string utf8_of_latin1(std::string_view text) {
    std::string out;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xc0 | byte >> 6);
            out += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return out;
}

/// `charset'language'percent-encoded` (RFC 8187).
std::optional<std::string> extended_value(std::string_view value) {
    auto charset = ascii_lower(value.substr(0, value.find('\'')));
    value.remove_prefix(std::min(charset.size() + 1, value.size()));
    auto language = value.find('\'');
    if (language == std::string_view::npos) return std::nullopt;
    auto decoded = percent_decoded(value.substr(language + 1));
    if (charset == "utf-8") return decoded;
    if (charset == "iso-8859-1") return utf8_of_latin1(decoded);
    return std::nullopt;
}

/// Bytes that are not UTF-8 were Latin-1 in the past.
std::string plain_value(const std::string& value) {
    return is_utf8(value) ? value : utf8_of_latin1(value);
}

struct Disposition {
    std::optional<std::string> extended;
    std::optional<std::string> plain;
};

/// The first of each counts.
Disposition parse(std::string_view field) {
    Disposition found;
    take_until(field, ";");
    while (!field.empty()) {
        field.remove_prefix(1);
        skip_blanks(field);
        auto name = ascii_lower(take_until(field, "=;"));
        if (!field.starts_with('=')) continue;
        field.remove_prefix(1);
        skip_blanks(field);
        auto value = take_value(field);
        if (name == "filename*" && !found.extended) found.extended = extended_value(value);
        if (name == "filename" && !found.plain) found.plain = plain_value(value);
    }
    return found;
}

/// What precedes the last slash or backslash is a directory on the server.
std::string last_part(const std::string& path) {
    return path.substr(path.find_last_of("/\\") + 1);
}

} // namespace

std::string server_name(std::string_view content_disposition, std::string_view url) {
    auto found = parse(content_disposition);
    for (const auto& given : {found.extended, found.plain})
        if (given)
            if (auto name = safe_file_name(last_part(*given))) return *name;
    return file_name_of(url).value_or("");
}

} // namespace haulier::transfer
