// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/message.hpp"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace haulier::apt {

namespace {

constexpr std::string_view Blanks = " \t\r";

std::string_view without_blanks(std::string_view text) {
    auto begin = text.find_first_not_of(Blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(Blanks) - begin + 1);
}

/// The line at the beginning of `text`, which is removed from it.
std::string_view take_line(std::string_view& text) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

} // namespace

bool equals_ignoring_case(std::string_view one, std::string_view other) {
    return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

int Message::number() const {
    int number = 0;
    std::from_chars(text_.data(), text_.data() + text_.size(), number);
    return number;
}

std::optional<std::string> Message::field(std::string_view name) const {
    auto found = fields(name);
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

std::vector<std::string> Message::fields(std::string_view name) const {
    std::vector<std::string> found;
    std::string_view rest{text_};
    for (take_line(rest); !rest.empty();) {
        auto line = take_line(rest);
        auto colon = line.find(':');
        if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), name))
            found.emplace_back(without_blanks(line.substr(colon + 1)));
    }
    return found;
}

std::optional<Message> MessageBuffer::next() {
    bytes_.erase(0, std::min(bytes_.find_first_not_of('\n'), bytes_.size()));
    auto end = bytes_.find("\n\n");
    if (end == std::string::npos) return std::nullopt;
    Message message{bytes_.substr(0, end + 2)};
    bytes_.erase(0, end + 2);
    return message;
}

} // namespace haulier::apt
