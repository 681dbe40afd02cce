// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/uncached.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

namespace haulier::transfer {

namespace {

/// An alignment is a power of two; 0 stands for no support.
bool suffices(uint32_t alignment) {
    return alignment > 0 && alignment <= UncachedAlignment;
}

bool supports_uncached(int file) {
    struct statx stx {};
    if (statx(file, "", AT_EMPTY_PATH, STATX_DIOALIGN, &stx) < 0) return false;
    return (stx.stx_mask & STATX_DIOALIGN) != 0 && suffices(stx.stx_dio_mem_align) &&
           suffices(stx.stx_dio_offset_align);
}

} // namespace

Fd open_uncached(int file) {
    if (!supports_uncached(file)) return {};
    return Fd{open(fmt::format("/proc/self/fd/{}", file).c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC)};
}

WriteStep next_step(uint64_t at, std::string_view bytes) {
    if (padding_for(at, bytes.data()) != 0) return {bytes, false};
    size_t begun = at % UncachedAlignment;
    if (begun > 0) return {bytes.substr(0, UncachedAlignment - begun), false};
    size_t whole = bytes.size() / UncachedAlignment * UncachedAlignment;
    return whole > 0 ? WriteStep{bytes.substr(0, whole), true} : WriteStep{bytes, false};
}

size_t padding_for(uint64_t at, const char* buffer) {
    return (at - reinterpret_cast<uintptr_t>(buffer)) % UncachedAlignment;
}

} // namespace haulier::transfer
