// SPDX-License-Identifier: LGPL-2.1-or-later
#include "browser/message.hpp"

#include "base/i18n.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace haulier::browser {

namespace {

using cli::Exit;

using Length = std::array<char, sizeof(uint32_t)>;

/// Reads as many bytes as there are, up to `size`.
Result<size_t, Failure> read_up_to(int fd, char* data, size_t size) {
    size_t filled = 0;
    while (filled < size) {
        auto got = read(fd, data + filled, size - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return Failure{Exit::Failed, translate("cannot read from the browser: {}", std::strerror(errno))};
        if (got == 0) break;
        filled += static_cast<size_t>(got);
    }
    return filled;
}

Failure cut_short() {
    return {Exit::Failed, _("a message ends too early")};
}

} // namespace

Result<std::optional<std::string>, Failure> read_message(int fd) {
    Length prefix{};
    auto got = read_up_to(fd, prefix.data(), prefix.size());
    if (!got) return got.error();
    if (*got == 0) return std::optional<std::string>{};
    if (*got < prefix.size()) return cut_short();
    uint32_t length = 0;
    std::memcpy(&length, prefix.data(), prefix.size());
    if (length > MaxMessage)
        return Failure{Exit::Failed,
                       translate("a message has {} bytes, and at most {} are read", length, MaxMessage)};
    std::string text(length, '\0');
    got = read_up_to(fd, text.data(), text.size());
    if (!got) return got.error();
    if (*got < text.size()) return cut_short();
    return std::optional{std::move(text)};
}

Result<Done, Failure> write_message(int fd, const std::string& text) {
    auto length = static_cast<uint32_t>(text.size());
    Length prefix{};
    std::memcpy(prefix.data(), &length, prefix.size());
    auto all = std::string{prefix.data(), prefix.size()} + text;
    for (size_t written = 0; written < all.size();) {
        auto put = write(fd, all.data() + written, all.size() - written);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0)
            return Failure{Exit::Failed, translate("cannot write to the browser: {}", std::strerror(errno))};
        written += static_cast<size_t>(put);
    }
    return Done{};
}

} // namespace haulier::browser
