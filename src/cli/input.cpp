// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/input.hpp"

#include "base/fd.hpp"
#include "cli/i18n.hpp"
#include "cli/names.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace haulier::cli {

namespace {

constexpr size_t MaxInput = size_t{64} << 20U;

Failure cannot_read(const std::string& path, const char* why) {
    auto name = path == "-" ? std::string{_("standard input")} : fmt::format("'{}'", path);
    return {Exit::Failed, translate("cannot read {}: {}", name, why)};
}

/// Editors of Windows put it in front of a text.
std::string without_byte_order_mark(std::string text) {
    constexpr std::string_view Mark = "\xef\xbb\xbf";
    return text.starts_with(Mark) ? text.substr(Mark.size()) : text;
}

} // namespace

Result<std::string, Failure> read_input(const std::string& path) {
    Fd opened;
    if (path != "-") opened = Fd{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (path != "-" && !opened) {
        if (is_http_url(path)) return usage_error(translate("'{}' is a URL; download that file first", path));
        return cannot_read(path, std::strerror(errno));
    }
    std::string text;
    std::array<char, 65536> part{};
    for (;;) {
        auto got = read(opened ? opened.get() : STDIN_FILENO, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(path, std::strerror(errno));
        if (got == 0) return without_byte_order_mark(std::move(text));
        text.append(part.data(), static_cast<size_t>(got));
        if (text.size() > MaxInput) return cannot_read(path, _("it is larger than 64 MiB"));
    }
}

Result<Done, Failure> check_readable(const std::string& path) {
    const Fd opened{open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    struct stat st {};
    if (!opened || fstat(opened.get(), &st) < 0) return cannot_read(path, std::strerror(errno));
    if (!S_ISREG(st.st_mode)) return cannot_read(path, _("it is not a regular file"));
    return Done{};
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (size_t begin = 0; begin < text.size();) {
        auto end = std::min(text.find('\n', begin), text.size());
        auto line = text.substr(begin, end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.emplace_back(line);
        begin = end + 1;
    }
    return lines;
}

} // namespace haulier::cli
