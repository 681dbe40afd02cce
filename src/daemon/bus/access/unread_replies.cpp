// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/unread_replies.hpp"

namespace haulier::bus {

uint64_t reply_estimate(std::string_view method) {
    if (method == "ListJobs" || method == "ListEndedJobs" || method == "ListFiles" ||
        method == "GetReplyData")
        return 1ULL << 20;
    if (method == "GetAll" || method == "Introspect" || method == "GetFilledFileRanges") return 64ULL << 10;
    return 2ULL << 10;
}

bool UnreadReplies::must_wait(const std::string& connection, uint32_t uid) const {
    auto account = accounts_.find(connection);
    if (account != accounts_.end() && account->second.unread >= limits_.connection) return true;
    auto user = unread_of_users_.find(uid);
    return user != unread_of_users_.end() &&
           user->second >= (unread_ < limits_.all ? limits_.user : limits_.user_of_many);
}

bool UnreadReplies::has_too_much_unread(const std::string& connection) const {
    auto account = accounts_.find(connection);
    if (account == accounts_.end()) return false;
    return account->second.confirmed >= limits_.connection || account->second.unread >= limits_.estimated;
}

void UnreadReplies::set(Account& account, uint64_t unread) {
    auto user = unread_of_users_.try_emplace(account.uid).first;
    user->second = user->second - account.unread + unread;
    unread_ = unread_ - account.unread + unread;
    account.unread = unread;
    if (user->second == 0) unread_of_users_.erase(user);
}

void UnreadReplies::add(const std::string& connection, uint32_t uid, uint64_t estimate) {
    auto& account = accounts_.try_emplace(connection, Account{uid, 0}).first->second;
    set(account, account.unread + estimate);
}

void UnreadReplies::learned(const std::string& connection, uint64_t bytes) {
    auto account = accounts_.find(connection);
    if (account == accounts_.end()) return;
    set(account->second, bytes);
    account->second.confirmed = bytes;
}

void UnreadReplies::remove(const std::string& connection) {
    learned(connection, 0);
    accounts_.erase(connection);
}

std::vector<std::string> UnreadReplies::connections() const {
    std::vector<std::string> names;
    for (const auto& [name, account] : accounts_)
        if (account.unread > 0) names.push_back(name);
    return names;
}

} // namespace haulier::bus
