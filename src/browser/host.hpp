// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers the messages of the extension, and creates jobs in the daemon of the user's session.
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

    /// `folder` is the user's folder for downloads.
    Host(Connect connect, std::string folder) : connect_(std::move(connect)), folder_(std::move(folder)) {}

    /// Returns the answer to a message; both are JSON.
    std::string answer(const std::string& message);
    /// Cancels the last job, because the browser did not get the answer and downloads the file itself.
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
    std::string newest_;         ///< id of the job for the last message; may be empty
};

} // namespace haulier::browser
