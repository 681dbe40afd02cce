// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/output.hpp"

#include <cerrno>
#include <cstdio>
#include <fmt/core.h>
#include <system_error>
#include <unistd.h>

namespace haulier::cli {

namespace {

/// Programs get the text as it is. A terminal gets no sign that it might obey.
std::string dump(const Json& value, int indent) {
    return value.dump(indent, ' ', isatty(STDOUT_FILENO) != 0, Json::error_handler_t::replace) + "\n";
}

} // namespace

void print(const std::string& text) {
    if (std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) == EOF)
        throw std::system_error(errno, std::generic_category(), "the result cannot be written");
}

void print_json(const Json& value) {
    print(dump(value, 2));
}

void print_json_line(const Json& value) {
    print(dump(value, -1));
}

void say(const std::string& text) {
    std::fputs(text.c_str(), stderr);
}

void complain(const std::string& message) {
    say(fmt::format("haulierctl: {}\n", message));
}

} // namespace haulier::cli
