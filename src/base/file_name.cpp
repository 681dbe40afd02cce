// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file_name.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace haulier {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Cut to the length that file systems allow. The extension, which says what is in the file, is kept.
std::string shortened(const std::string& name) {
    constexpr size_t MaxExtension = 16;
    if (name.size() <= MaxFileName) return name;
    auto dot = name.rfind('.');
    auto extension = dot == std::string::npos || name.size() - dot > MaxExtension ? "" : name.substr(dot);
    return printable(name, MaxFileName - extension.size()) + extension;
}

} // namespace

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) {
            out += text[i];
        } else {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::string_view path_of_url(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    auto scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    auto slash = url.find('/');
    return slash == std::string_view::npos ? std::string_view{} : url.substr(slash);
}

std::optional<std::string> safe_file_name(std::string_view text) {
    auto name = shortened(printable(text, std::string::npos));
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '/' || c == '?'; }, '_');
    if (name.empty()) return std::nullopt;
    if (name.front() == '.') name.front() = '_';
    return name;
}

std::optional<std::string> file_name_of(std::string_view url) {
    auto path = path_of_url(url);
    return safe_file_name(percent_decoded(path.substr(path.rfind('/') + 1)));
}

} // namespace haulier
