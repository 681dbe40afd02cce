// SPDX-License-Identifier: LGPL-2.1-or-later
// Requests of the browser extension. Their content is untrusted, because URLs and names come from web pages.
#pragma once

#include "cli/client.hpp"

#include <string>
#include <variant>
#include <vector>

namespace haulier::browser {

using cli::Failure;

/// Asks whether there is a daemon, and for its version.
struct Hello {};

struct Download {
    std::string url;
    std::string name; ///< what the browser would call the file; empty = the server names it
    // What the browser would send to the server of the URL; each may be empty.
    std::string cookie;
    std::string referrer;
    std::string user_agent;
};

/// Cancels a job because the browser already has the file.
struct Undo {
    std::string id;
};

using Request = std::variant<Hello, Download, Undo>;

Result<Request, Failure> parse_request(const std::string& text);

/// Makes a job for a file in `folder` that replaces no file there. The job has no headers yet.
Result<cli::NewJob, Failure> job_for(const Download& download, const std::string& folder);
/// Lines for SetCustomHeaders.
std::vector<std::string> header_lines(const Download& download);

} // namespace haulier::browser
