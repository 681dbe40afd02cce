// SPDX-License-Identifier: LGPL-2.1-or-later
// What listeners have not read yet of the signals that were sent to them. dbus-daemon keeps it, and stops
// reading from a sender for whom it keeps too much: so it is limited for each listener, for each user and in
// all. The reply to a call that was sent after signals shows that they have been read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace haulier::bus {

class UnreadSignals {
public:
    struct Limits {
        uint64_t always = 8ULL << 10; ///< a listener may have, whatever others do
        uint64_t listener = 256ULL << 10;
        uint64_t user = 2ULL << 20;
        uint64_t all = 32ULL << 20;
        uint64_t ask_after = 32ULL << 10; ///< then a listener is asked how far it has read
        uint32_t questions_of_user = 4;   ///< that are not answered
        uint32_t questions = 64;          ///< of the 128 that a connection may have on dbus-daemon
    };
    UnreadSignals() = default;
    explicit UnreadSignals(const Limits& limits) : limits_(limits) {}

    void add(const std::string& listener, uint32_t uid);
    void remove(const std::string& listener);

    /// Whether another signal may be sent to it. If not, it has lost one.
    [[nodiscard]] bool may_send(const std::string& listener);
    void sent(const std::string& listener, uint64_t bytes);

    /// A listener to be asked now, which then owes an answer; never one that still owes one.
    std::optional<std::string> next_question();
    /// It could not be asked.
    void not_asked(const std::string& listener);
    /// It has read all that was sent before the question. Whether it has lost signals since the last time
    /// that this was told, and may be told now.
    [[nodiscard]] bool answered(const std::string& listener);

private:
    struct Listener {
        uint32_t uid = 0;
        uint64_t unread = 0;
        std::optional<uint64_t> asked; ///< owes an answer, which shows that so much has been read
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
