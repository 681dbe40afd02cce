// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/package.hpp"

#include <algorithm>
#include <charconv>

namespace haulier::apt {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::optional<uint64_t> number_in(const std::string& text) {
    uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

} // namespace

bool Package::has_checksum(const std::string& checksum) const {
    return std::find(checksums.begin(), checksums.end(), checksum) != checksums.end();
}

std::optional<Package> package_in(const Message& acquire) {
    auto uri = acquire.field("URI");
    auto path = acquire.field("Filename");
    auto size = number_in(acquire.field("Expected-Checksum-FileSize").value_or(""));
    if (!uri || !path || !path->starts_with('/') || path->ends_with('/') || !size ||
        acquire.field("Index-File"))
        return std::nullopt;
    Package package{*uri, *path, *size, {}};
    for (const char* kind : {"sha256", "sha512"})
        if (auto digest = acquire.field(std::string{"Expected-"} + kind))
            package.checksums.push_back(std::string{kind} + ":" + lower(*digest));
    if (package.checksums.empty()) return std::nullopt;
    return package;
}

std::string found_here(const Package& package, const std::string& last_modified) {
    auto size = std::to_string(package.size);
    auto about = "URI: " + package.uri + "\nSize: " + size + "\nResume-Point: " + size +
                 "\nLast-Modified: " + last_modified + "\n";
    return "200 URI Start\n" + about + "\n201 URI Done\n" + about + "Filename: " + package.path + "\n\n";
}

} // namespace haulier::apt
