// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/output.hpp"

#include <cerrno>
#include <cstdio>
#include <fmt/core.h>
#include <system_error>

namespace haulier::cli {

void print(const std::string& text) {
    if (std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) == EOF)
        throw std::system_error(errno, std::generic_category(), "the result cannot be written");
}

void print_json(const Json& value) {
    print(value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void print_json_line(const Json& value) {
    print(value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void say(const std::string& text) {
    std::fputs(text.c_str(), stderr);
}

void complain(const std::string& sentence) {
    say(fmt::format("haulierctl: {}\n", sentence));
}

} // namespace haulier::cli
