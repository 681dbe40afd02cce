// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace haulier::apt {

namespace {

/// The words that apt takes for "no".
constexpr std::array<std::string_view, 6> No{"0", "no", "false", "without", "off", "disable"};

bool means_no(std::string_view word) {
    return std::any_of(No.begin(), No.end(), [&](auto no) { return equals_ignoring_case(word, no); });
}

/// apt writes unusual characters as '%' and two hex digits.
std::string decoded(std::string_view text) {
    std::string plain;
    for (size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            plain += static_cast<char>(byte);
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

void apply(Settings& settings, std::string_view name, const std::string& value) {
    if (equals_ignoring_case(name, "APT::Sandbox::User"))
        settings.user = value == "root" ? "" : value;
    else if (equals_ignoring_case(name, "APT::Haulier::Directory"))
        settings.staging = value;
    else if (equals_ignoring_case(name, "APT::Haulier::Enable") ||
             equals_ignoring_case(name, "APT::Haulier::Method"))
        settings.is_enabled = settings.is_enabled && !means_no(value);
}

} // namespace

Settings settings_in(const Message& configuration) {
    Settings settings;
    for (const auto& item : configuration.fields("Config-Item")) {
        auto equals = item.find('=');
        if (equals == std::string::npos) continue;
        apply(settings, decoded(item.substr(0, equals)), decoded(item.substr(equals + 1)));
    }
    return settings;
}

} // namespace haulier::apt
