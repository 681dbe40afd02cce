// SPDX-License-Identifier: LGPL-2.1-or-later
// A staging folder and the folder in which apt wants packages, both empty.
#pragma once

#include "apt/package.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace haulier::apt {

class Folders : public testing::Test {
protected:
    Folders() {
        std::filesystem::create_directories(staging());
        std::filesystem::create_directories(root + "/partial");
    }

    [[nodiscard]] std::string staging() const { return root + "/staging"; }
    [[nodiscard]] Package package(uint64_t size) const {
        return {"http://deb.example.org/a.deb", root + "/partial/a.deb", size, {"sha256:12"}};
    }
    static void write(const std::string& path, const std::string& content) {
        std::ofstream{path, std::ios::binary} << content;
    }

    test::TempDir directory;
    const std::string root = directory.path();
};

} // namespace haulier::apt
