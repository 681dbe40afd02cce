// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers the messages of the extension: creates jobs in the daemon of the user's session.
#pragma once

#include "browser/request.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace haulier::browser {

class Host {
public:
    using Connect = std::function<Result<std::unique_ptr<cli::Client>, Failure>()>;

    /// `folder`: the user's folder for downloads.
    Host(Connect connect, std::string folder) : connect_(std::move(connect)), folder_(std::move(folder)) {}

    /// The answer to a message; both are JSON.
    std::string answer(const std::string& message);
    /// The browser did not get the last answer: it downloads the file itself.
    void take_back();

private:
    using Answer = Result<cli::Json, Failure>;
    Result<cli::Client*, Failure> client();
    Answer carry_out(const Request& request);
    Answer carry_out(const Hello& hello);
    Answer carry_out(const Download& download);
    Answer carry_out(const Undo& undo);
    Result<Done, Failure> start(cli::Client& daemon, const std::string& id, const Download& download);

    Connect connect_;
    std::string folder_;
    std::unique_ptr<cli::Client> client_;
    std::set<std::string> made_; ///< ids of the jobs of this connection; no others can be cancelled
    std::string newest_;         ///< made for the last message
};

} // namespace haulier::browser
