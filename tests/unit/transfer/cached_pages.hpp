// SPDX-License-Identifier: LGPL-2.1-or-later
// How much of a file is in the page cache.
#pragma once

#include "base/fd.hpp"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <vector>

namespace haulier::transfer {

inline uint64_t cached_bytes(const std::string& path) {
    Fd file{open(path.c_str(), O_RDWR | O_CLOEXEC)};
    struct stat st {};
    if (!file || fstat(file.get(), &st) < 0 || st.st_size == 0) return 0;
    auto size = static_cast<size_t>(st.st_size);
    auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void* map = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
    if (map == MAP_FAILED) return 0;
    std::vector<unsigned char> resident((size + page - 1) / page);
    bool known = mincore(map, size, resident.data()) == 0;
    munmap(map, size);
    if (!known) return 0;
    auto count = std::count_if(resident.begin(), resident.end(), [](unsigned char bits) { return bits & 1; });
    return static_cast<uint64_t>(count) * page;
}

} // namespace haulier::transfer
