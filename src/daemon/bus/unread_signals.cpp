// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/unread_signals.hpp"

#include <algorithm>
#include <utility>

namespace haulier::bus {

void UnreadSignals::add(const std::string& listener, uint32_t uid) {
    listeners_.try_emplace(listener, Listener{uid, 0, {}, false});
}

/// The bus drops what it has not read.
void UnreadSignals::remove(const std::string& name) {
    auto found = listeners_.find(name);
    if (found == listeners_.end()) return;
    auto& listener = found->second;
    question_ended(listener);
    has_read(listener, listener.unread);
    auto user = users_.find(listener.uid);
    if (user != users_.end() && user->second.unread == 0 && user->second.questions == 0) users_.erase(user);
    listeners_.erase(found);
}

bool UnreadSignals::has_room(const Listener& listener) const {
    if (listener.unread < limits_.always) return true;
    auto user = users_.find(listener.uid);
    uint64_t unread_of_user = user == users_.end() ? 0 : user->second.unread;
    return listener.unread < limits_.listener && unread_of_user < limits_.user && unread_ < limits_.all;
}

bool UnreadSignals::may_send(const std::string& name) {
    auto found = listeners_.find(name);
    if (found == listeners_.end()) return false;
    // A listener that has lost signals is told so before it gets others.
    bool may = !found->second.has_lost && has_room(found->second);
    found->second.has_lost = !may;
    return may;
}

void UnreadSignals::sent(const std::string& name, uint64_t bytes) {
    auto found = listeners_.find(name);
    if (found == listeners_.end()) return;
    found->second.unread += bytes;
    users_[found->second.uid].unread += bytes;
    unread_ += bytes;
}

bool UnreadSignals::should_be_asked(const Listener& listener) const {
    bool is_worth_it = listener.unread >= limits_.ask_after || (listener.has_lost && has_room(listener));
    if (listener.asked || !is_worth_it) return false;
    auto user = users_.find(listener.uid);
    return user == users_.end() || user->second.questions < limits_.questions_of_user;
}

std::optional<std::string> UnreadSignals::next_question() {
    if (questions_ >= limits_.questions) return std::nullopt;
    auto next = std::find_if(listeners_.begin(), listeners_.end(),
                             [this](const auto& entry) { return should_be_asked(entry.second); });
    if (next == listeners_.end()) return std::nullopt;
    auto& [name, listener] = *next;
    listener.asked = listener.unread;
    users_[listener.uid].questions += 1;
    questions_ += 1;
    return name;
}

void UnreadSignals::question_ended(Listener& listener) {
    if (!std::exchange(listener.asked, {})) return;
    users_[listener.uid].questions -= 1;
    questions_ -= 1;
}

void UnreadSignals::has_read(Listener& listener, uint64_t bytes) {
    listener.unread -= bytes;
    if (auto user = users_.find(listener.uid); user != users_.end()) user->second.unread -= bytes;
    unread_ -= bytes;
}

void UnreadSignals::not_asked(const std::string& name) {
    if (auto found = listeners_.find(name); found != listeners_.end()) question_ended(found->second);
}

bool UnreadSignals::answered(const std::string& name) {
    auto found = listeners_.find(name);
    if (found == listeners_.end() || !found->second.asked) return false;
    auto& listener = found->second;
    has_read(listener, *listener.asked);
    question_ended(listener);
    return has_room(listener) && std::exchange(listener.has_lost, false);
}

} // namespace haulier::bus
