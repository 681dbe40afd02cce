// SPDX-License-Identifier: LGPL-2.1-or-later
// What is in a file.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace haulier::test {

/// Empty if there is no such file. Iterators over a stream take more than forty times as long under
/// sanitizers.
inline std::string read_file(const std::filesystem::path& path) {
    std::ostringstream content;
    content << std::ifstream{path, std::ios::binary}.rdbuf();
    return content.str();
}

} // namespace haulier::test
