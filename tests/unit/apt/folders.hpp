// SPDX-License-Identifier: LGPL-2.1-or-later
// A staging folder and the folder in which apt wants packages, both empty.
#pragma once

#include "apt/package.hpp"
#include "support/files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace haulier::apt {

class Folders : public testing::Test {
protected:
    Folders() {
        std::string pattern = testing::TempDir() + "/apt-XXXXXX";
        root = mkdtemp(pattern.data());
        std::filesystem::create_directories(staging());
        std::filesystem::create_directories(root + "/partial");
    }
    ~Folders() override { std::filesystem::remove_all(root); }

    [[nodiscard]] std::string staging() const { return root + "/staging"; }
    [[nodiscard]] Package package(uint64_t size) const {
        return {"http://deb.example.org/a.deb", root + "/partial/a.deb", size, {"sha256:12"}};
    }
    static void write(const std::string& path, const std::string& content) {
        std::ofstream{path, std::ios::binary} << content;
    }

    std::string root;
};

} // namespace haulier::apt
