// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the documentation and the installed files, so that tests can compare them with the code.
#pragma once

#include "source_tree.hpp"
#include "support/files.hpp"

#include <regex>
#include <set>
#include <stdexcept>
#include <string>

namespace haulier::test {

/// A file of the source tree.
inline std::string document(const std::string& path) {
    auto text = read_file(HAULIER_SOURCE "/" + path);
    if (text.empty()) throw std::runtime_error(path + " is missing");
    return text;
}

/// The text from `begin` up to `end`, or up to the end of the text.
inline std::string section(const std::string& text, const std::string& begin, const std::string& end = {}) {
    auto from = text.find(begin);
    if (from == std::string::npos) throw std::runtime_error("there is no '" + begin + "'");
    from += begin.size();
    auto to = end.empty() ? std::string::npos : text.find(end, from);
    return text.substr(from, to == std::string::npos ? to : to - from);
}

/// What the first group of `pattern` matches, or, with two groups, both with a space in between.
inline std::set<std::string> matches(const std::string& text, const std::string& pattern) {
    std::set<std::string> found;
    std::regex regex{pattern};
    for (std::sregex_iterator match{text.begin(), text.end(), regex}, none; match != none; ++match)
        found.insert(match->size() > 2 ? match->str(1) + " " + match->str(2) : match->str(1));
    return found;
}

} // namespace haulier::test
