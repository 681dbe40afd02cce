// SPDX-License-Identifier: LGPL-2.1-or-later
// How many bytes of signals each listener has not read yet. dbus-daemon stores them, and stops reading from a
// sender with too many unread bytes. So they are limited for each listener, for each user and in all. The
// reply to a call that was sent after signals shows that the signals have been read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace haulier::bus {

class UnreadSignals {
public:
    struct Limits {
        uint64_t always = 8ULL << 10; ///< allowed for each listener in any case
        uint64_t listener = 256ULL << 10;
        uint64_t user = 2ULL << 20;
        uint64_t all = 32ULL << 20;
        uint64_t ask_after =
            32ULL << 10;                ///< unread bytes after which a listener is asked how far it has read
        uint32_t questions_of_user = 4; ///< unanswered at a time
        uint32_t questions = 64;        ///< of the 128 that a connection may have on dbus-daemon
    };
    UnreadSignals() = default;
    explicit UnreadSignals(const Limits& limits) : limits_(limits) {}

    void add(const std::string& listener, uint32_t uid);
    void remove(const std::string& listener);

    /// Whether another signal may be sent to it. If not, it has lost one.
    [[nodiscard]] bool may_send(const std::string& listener);
    void sent(const std::string& listener, uint64_t bytes);

    /// The next listener to be asked, which then owes an answer; never one that already owes one.
    std::optional<std::string> next_question();
    /// The listener could not be asked.
    void not_asked(const std::string& listener);
    /// The listener has read all that was sent before the question. True if it must be told now that it has
    /// lost signals.
    [[nodiscard]] bool answered(const std::string& listener);

private:
    struct Listener {
        uint32_t uid = 0;
        uint64_t unread = 0;
        std::optional<uint64_t> asked; ///< bytes that the answer, which is still owed, shows as read
        bool has_lost = false;
    };
    struct User {
        uint64_t unread = 0;
        uint32_t questions = 0;
    };
    [[nodiscard]] bool has_room(const Listener& listener) const;
    [[nodiscard]] bool should_be_asked(const Listener& listener) const;
    void has_read(Listener& listener, uint64_t bytes);
    void question_ended(Listener& listener);

    Limits limits_;
    std::map<std::string, Listener> listeners_;
    std::map<uint32_t, User> users_;
    uint64_t unread_ = 0;
    uint32_t questions_ = 0;
};

} // namespace haulier::bus
