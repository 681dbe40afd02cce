// SPDX-License-Identifier: LGPL-2.1-or-later
// What the extension in the browser asks for. All of it is untrusted: URLs and names come from web pages.
#pragma once

#include "cli/client.hpp"

#include <string>
#include <variant>
#include <vector>

namespace haulier::browser {

using cli::Failure;

/// Is there a daemon, and which?
struct Hello {};

struct Download {
    std::string url;
    std::string name; ///< what the browser would call the file; empty = the server names it
    // What the browser would send to the server of the URL; each may be empty.
    std::string cookie;
    std::string referrer;
    std::string user_agent;
};

/// Cancel a job: the browser has the file already.
struct Undo {
    std::string id;
};

using Request = std::variant<Hello, Download, Undo>;

Result<Request, Failure> parse_request(const std::string& text);

/// A job for a file in `folder`, which replaces no file there. It has no headers yet.
Result<cli::NewJob, Failure> job_for(const Download& download, const std::string& folder);
/// Lines for SetCustomHeaders.
std::vector<std::string> header_lines(const Download& download);

} // namespace haulier::browser
