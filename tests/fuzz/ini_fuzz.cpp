// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/ini.hpp"

#include <cstdint>
#include <string_view>

using namespace haulier;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    auto parsed = ini::parse({reinterpret_cast<const char*>(data), size});
    for (const auto& entry : parsed.entries) {
        static_cast<void>(ini::to_size(entry.value));
        static_cast<void>(ini::to_span(entry.value));
    }
    return 0;
}
