// SPDX-License-Identifier: LGPL-2.1-or-later
// The real store, in memory if possible, because it syncs often.
#include "store_control.hpp"

#include "support/temp_dir.hpp"

#include <filesystem>
#include <optional>
#include <unistd.h>

namespace haulier::simulation {

StoreControl& store_control() {
    static StoreControl control;
    return control;
}

std::string new_store_directory() {
    static std::optional<test::TempDir> directory;
    bool in_memory = access("/dev/shm", W_OK) == 0;
    directory.reset();
    directory.emplace(in_memory ? std::filesystem::path{"/dev/shm"} : std::filesystem::temp_directory_path());
    return directory->path();
}

} // namespace haulier::simulation
