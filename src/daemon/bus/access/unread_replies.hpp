// SPDX-License-Identifier: LGPL-2.1-or-later
// How many bytes of our replies each caller has not read yet. dbus-daemon stores them, and stops reading from
// a sender with too many unread bytes. It is asked how many it stores for a connection; the replies since the
// last answer are estimated.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::bus {

/// A size in bytes that most replies of this method do not exceed.
uint64_t reply_estimate(std::string_view method);

class UnreadReplies {
public:
    struct Limits {
        uint64_t connection = 1ULL << 20;
        uint64_t user = 16ULL << 20;
        uint64_t all = 48ULL << 20;
        uint64_t user_of_many = 1ULL << 20; ///< instead of `user` while `all` is exceeded
        uint64_t estimated = 8ULL << 20;    ///< of a connection, before the bus has confirmed it
    };
    UnreadReplies() = default;
    explicit UnreadReplies(const Limits& limits) : limits_(limits) {}

    /// Whether the next call of this connection has to wait until less is unread.
    [[nodiscard]] bool must_wait(const std::string& connection, uint32_t uid) const;
    /// Whether it gets no more replies at all, not even an error.
    [[nodiscard]] bool has_too_much_unread(const std::string& connection) const;
    /// A call is carried out whose reply will have about `estimate` bytes.
    void add(const std::string& connection, uint32_t uid, uint64_t estimate);
    /// The bus stores `bytes` for it.
    void learned(const std::string& connection, uint64_t bytes);
    void remove(const std::string& connection);
    /// The connections for which the bus may store something.
    [[nodiscard]] std::vector<std::string> connections() const;

private:
    struct Account {
        uint32_t uid = 0;
        uint64_t unread = 0;
        uint64_t confirmed = 0; ///< by the bus, the last time that it was asked
    };
    void set(Account& account, uint64_t unread);

    Limits limits_;
    std::map<std::string, Account> accounts_;
    std::map<uint32_t, uint64_t> unread_of_users_;
    uint64_t unread_ = 0;
};

} // namespace haulier::bus
