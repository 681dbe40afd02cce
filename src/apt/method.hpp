// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides what becomes of the messages between apt and its own method. All of them are passed on, except
// requests for packages that Haulier has fetched completely. Of those that it has fetched in part, apt's own
// method fetches the rest.
#pragma once

#include "apt/message.hpp"
#include "apt/prefetch.hpp"
#include "apt/settings.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace haulier::apt {

class Method {
public:
    /// Called once, with apt's settings. Without a result, everything is passed on.
    using Begin = std::function<std::unique_ptr<Prefetch>(const Settings&)>;

    explicit Method(Begin begin) : begin_(std::move(begin)) {}

    /// What a message of apt causes to be written; each may be "".
    struct Output {
        std::string to_apt;
        std::string to_own_method;
    };
    Output from_apt(const Message& message);
    /// Returns what is written to apt.
    std::string from_own_method(const Message& message);
    /// No more messages will come.
    void end();

private:
    Output on_package(const Package& package, const Message& acquire);
    void continue_from_prefetch(const Package& package);
    void note_arrival(const std::string& uri);
    std::string answers();

    Begin begin_;
    Settings settings_;
    std::unique_ptr<Prefetch> prefetch_;
    /// Files of jobs that the own method fetches, by their URIs.
    std::map<std::string, PrefetchedFile> asked_;
    /// apt shows the progress of the file that was started last, until any file is done. Therefore answers
    /// wait while the own method transfers a file.
    bool is_transferring_ = false;
    std::string waiting_answers_;
};

} // namespace haulier::apt
