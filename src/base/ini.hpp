// SPDX-License-Identifier: LGPL-2.1-or-later
// The format of systemd's configuration files: [Section], Key=value, and comments with # or ;.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::ini {

struct Entry {
    std::string section;
    std::string key;
    std::string value;
    int line = 0; ///< from 1
    bool operator==(const Entry&) const = default;
};

/// A line with none of these; the rest of the file is still read.
struct Fault {
    int line = 0;
    std::string message;
    bool operator==(const Fault&) const = default;
};

struct Parsed {
    std::vector<Entry> entries;
    std::vector<Fault> faults;
};

Parsed parse(std::string_view text);

// Values; nothing if the text is not valid.

/// A number, optionally with K, M or G (powers of 1024).
std::optional<uint64_t> to_size(std::string_view text);
/// Numbers with ms, s, min, h, d or w, or in seconds. "1min 30s" is 90 seconds.
std::optional<std::chrono::milliseconds> to_span(std::string_view text);

} // namespace haulier::ini
