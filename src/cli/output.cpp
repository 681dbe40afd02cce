// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/output.hpp"

#include "cli/i18n.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace haulier::cli {

namespace {

/// For a terminal everything but ASCII is escaped, because it could contain control characters.
std::string dump(const Json& value, int indent) {
    return value.dump(indent, ' ', isatty(STDOUT_FILENO) != 0, Json::error_handler_t::replace) + "\n";
}

} // namespace

void print(const std::string& text) {
    if (std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) == EOF)
        throw std::system_error(errno, std::generic_category(), _("the result cannot be written"));
}

void print_json(const Json& value) {
    print(dump(value, 2));
}

void print_json_line(const Json& value) {
    print(dump(value, -1));
}

void print_stderr(const std::string& text) {
    std::fputs(text.c_str(), stderr);
}

/// Messages contain what was typed, listed or sent, and may have several lines.
void print_error(const std::string& message) {
    std::string safe;
    for (size_t begin = 0; begin <= message.size();) {
        auto end = std::min(message.find('\n', begin), message.size());
        safe += sanitize(std::string_view{message}.substr(begin, end - begin)) + "\n";
        begin = end + 1;
    }
    print_stderr("haulierctl: " + safe);
}

TerminalSize terminal_size(int fd) {
    winsize size{};
    TerminalSize found;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return found;
    if (size.ws_col > 0) found.columns = size.ws_col;
    if (size.ws_row > 0) found.rows = size.ws_row;
    return found;
}

} // namespace haulier::cli
