// SPDX-License-Identifier: LGPL-2.1-or-later
#include "browser/request.hpp"

#include "base/i18n.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/names.hpp"

#include <optional>
#include <utility>

namespace haulier::browser {

namespace {

using cli::Exit;
using cli::Json;
using cli::NewFile;
using cli::NewJob;

/// The name if neither the browser, the server nor the URL provides one.
constexpr const char* NamelessDownload = "download";

Failure not_understood() {
    return {Exit::Usage, _("the message of the browser is not understood")};
}

/// A missing field is empty. No field may contain line breaks, which would add headers.
Result<std::string, Failure> field(const Json& message, const char* name) {
    auto found = message.find(name);
    if (found == message.end()) return std::string{};
    if (!found->is_string()) return not_understood();
    auto text = found->get<std::string>();
    if (has_control_character(text))
        return Failure{Exit::Usage, translate("'{}' contains control characters", name)};
    return text;
}

Result<Request, Failure> parse_download(const Json& message) {
    Download download;
    using Field = std::pair<const char*, std::string Download::*>;
    for (const auto& [name, member] :
         {Field{"url", &Download::url}, Field{"name", &Download::name}, Field{"cookie", &Download::cookie},
          Field{"referrer", &Download::referrer}, Field{"userAgent", &Download::user_agent}}) {
        auto text = field(message, name);
        if (!text) return text.error();
        download.*member = *text;
    }
    return Request{std::move(download)};
}

Result<Request, Failure> parse_undo(const Json& message) {
    auto id = field(message, "id");
    if (!id) return id.error();
    return Request{Undo{*id}};
}

} // namespace

Result<Request, Failure> parse_request(const std::string& text) {
    auto message = Json::parse(text, nullptr, false);
    if (!message.is_object()) return not_understood();
    auto type = field(message, "type");
    if (!type) return type.error();
    if (*type == "hello") return Request{Hello{}};
    if (*type == "download") return parse_download(message);
    if (*type == "undo") return parse_undo(message);
    return not_understood();
}

/// ~/.netrc is not read, because a page must not choose which server gets the user's passwords.
Result<NewJob, Failure> job_for(const Download& download, const std::string& folder) {
    if (auto valid = cli::check_url(download.url); !valid) return valid.error();
    auto name = cli::listed_file_name(download.name);
    NewFile file{.remote = download.url, .existing = "rename", .server_name = !name};
    if (!name) name = file_name_of(download.url);
    file.local = folder + "/" + name.value_or(NamelessDownload);
    cli::JobOptions options{.priority = "high", .netrc = false};
    auto job = cli::new_download(options, {file});
    if (job) job->properties.try_emplace("AutoComplete", true);
    return job;
}

std::vector<std::string> header_lines(const Download& download) {
    std::vector<std::string> lines;
    if (!download.cookie.empty()) lines.push_back("Cookie: " + download.cookie);
    if (!download.referrer.empty()) lines.push_back("Referer: " + download.referrer);
    if (!download.user_agent.empty()) lines.push_back("User-Agent: " + download.user_agent);
    return lines;
}

} // namespace haulier::browser
