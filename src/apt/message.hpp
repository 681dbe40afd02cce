// SPDX-License-Identifier: LGPL-2.1-or-later
// The messages between apt and its methods: a line with a number and a title, lines of the form "Name:
// value", and an empty line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haulier::apt {

/// The numbers of the messages that are of interest here.
enum MessageNumber {
    Redirect = 103,
    UriStart = 200,
    UriDone = 201,
    UriFailure = 400,
    GeneralFailure = 401,
    UriAcquire = 600,
    Configuration = 601,
};

class Message {
public:
    /// `text` ends with the empty line.
    explicit Message(std::string text) : text_(std::move(text)) {}

    /// 0 if the first line does not begin with a number.
    [[nodiscard]] int number() const;
    /// The first field of this name, whose case does not matter.
    [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> fields(std::string_view name) const;
    /// As it was received.
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// Divides what was read from a pipe into messages.
class MessageBuffer {
public:
    void add(std::string_view bytes) { bytes_ += bytes; }
    /// The next complete message.
    std::optional<Message> next();
    [[nodiscard]] size_t size() const { return bytes_.size(); }

private:
    std::string bytes_;
};

bool equals_ignoring_case(std::string_view one, std::string_view other);

} // namespace haulier::apt
