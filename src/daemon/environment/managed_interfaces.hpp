// SPDX-License-Identifier: LGPL-2.1-or-later
// Which interfaces NetworkManager manages. It is asked about each of its devices when that matters, and again
// when one of them changes.
#pragma once

#include "daemon/bus/sdbus/async_call.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

struct sd_bus_slot;

namespace haulier::daemon {

class ManagedInterfaces {
public:
    /// `changed`: there is a first answer, or a different one.
    explicit ManagedInterfaces(std::function<void()> changed);
    ~ManagedInterfaces();
    ManagedInterfaces(const ManagedInterfaces&) = delete;
    ManagedInterfaces& operator=(const ManagedInterfaces&) = delete;

    void connect(sd_bus* bus);
    /// `owner` is NetworkManager's connection; `devices` are object paths. The former answer is used
    /// until there is a new one.
    void watch(const std::string& owner, const std::vector<std::string>& devices);
    void forget();

    /// Nothing: unknown, because there is no answer yet, or NetworkManager does not tell.
    [[nodiscard]] const std::optional<std::set<std::string>>& names() const { return names_; }
    [[nodiscard]] bool is_asking() const { return left_ > 0; }

private:
    void ask();
    void answered(sd_bus_message* reply);

    std::function<void()> changed_;
    sd_bus* bus_ = nullptr;
    sd_bus_slot* match_ = nullptr;
    std::string owner_; ///< empty: not watched
    std::vector<std::string> devices_;
    std::vector<bus::AsyncCall> calls_;
    size_t left_ = 0; ///< answers that are still expected
    std::optional<std::set<std::string>> found_;
    std::optional<std::set<std::string>> names_;
};

} // namespace haulier::daemon
