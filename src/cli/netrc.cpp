// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/netrc.hpp"

#include "base/text.hpp"
#include "cli/input.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace haulier::cli {

namespace {

constexpr std::string_view Blanks = " \t\r\n";

/// A word, or a text in double quotes in which a backslash precedes a quote or a backslash.
std::string take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(Blanks), text.size()));
    if (!text.starts_with('"')) {
        auto word = text.substr(0, text.find_first_of(Blanks));
        text.remove_prefix(word.size());
        return std::string{word};
    }
    std::string word;
    size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        word += text[i];
    }
    text.remove_prefix(std::min(i + 1, text.size()));
    return word;
}

void skip_line(std::string_view& text) {
    text.remove_prefix(std::min(text.find('\n'), text.size()));
}

/// A macro ends with an empty line.
void skip_macro(std::string_view& text) {
    for (bool is_empty = false; !is_empty && !text.empty();) {
        skip_line(text);
        text.remove_prefix(std::min<size_t>(1, text.size()));
        is_empty = text.starts_with('\n') || text.starts_with("\r\n");
    }
}

/// Most programs expect IPv6 addresses without brackets in the file.
bool names_host(const std::string& host, const std::string& machine) {
    return machine == host || "[" + machine + "]" == host;
}

} // namespace

std::optional<Login> netrc_login(std::string_view text, const std::string& host) {
    std::optional<Login> found; // the entry for the host, while it is read
    while (!text.empty()) {
        auto word = take_word(text);
        if (word.starts_with('#')) {
            skip_line(text);
        } else if (word == "macdef") {
            skip_macro(text);
        } else if (word == "machine" || word == "default") {
            if (found && !found->user.empty()) return found;
            found.reset();
            if (word == "machine" && names_host(host, ascii_lower(take_word(text)))) found = Login{};
        } else if (word == "login" || word == "password" || word == "account") {
            auto value = take_word(text);
            if (found && word == "login") found->user = value;
            if (found && word == "password") found->password = value;
        }
    }
    return found && !found->user.empty() ? found : std::nullopt;
}

Result<Netrc, Failure> read_netrc(const std::function<const char*(const char*)>& lookup) {
    const char* named = lookup("NETRC");
    const char* home = lookup("HOME");
    Netrc netrc;
    netrc.path = named ? named : home ? std::string{home} + "/.netrc" : "";
    struct stat found {};
    bool is_there = !netrc.path.empty() && stat(netrc.path.c_str(), &found) == 0;
    if (!is_there || S_ISDIR(found.st_mode) || access(netrc.path.c_str(), R_OK) != 0) return netrc;
    netrc.is_private = (found.st_mode & (S_IRGRP | S_IROTH)) == 0;
    auto text = read_input(netrc.path);
    if (!text) return text.error();
    netrc.text = std::move(*text);
    return netrc;
}

} // namespace haulier::cli
