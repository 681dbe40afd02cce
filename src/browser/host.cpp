// SPDX-License-Identifier: LGPL-2.1-or-later
#include "browser/host.hpp"

#include "base/i18n.hpp"

#include <utility>
#include <variant>

namespace haulier::browser {

namespace {

using cli::Client;
using cli::Json;
using cli::Verb;

/// Messages may have parts that are not valid UTF-8, such as names of directories.
std::string text_of(const Json& answer) {
    return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string Host::answer(const std::string& message) {
    newest_.clear();
    auto request = parse_request(message);
    auto done = request ? carry_out(*request) : Answer{request.error()};
    Json answer{{"ok", bool{done}}};
    if (done)
        answer.update(*done);
    else
        answer["message"] = done.error().message;
    return text_of(answer);
}

void Host::take_back() {
    if (!newest_.empty() && client_) static_cast<void>(client_->command(newest_, Verb::Cancel));
}

Result<Client*, Failure> Host::client() {
    if (client_) return client_.get();
    auto made = connect_();
    if (!made) return made.error();
    client_ = std::move(*made);
    return client_.get();
}

Host::Answer Host::carry_out(const Request& request) {
    return std::visit([this](const auto& one) { return carry_out(one); }, request);
}

Host::Answer Host::carry_out(const Hello& /*hello*/) {
    auto daemon = client();
    if (!daemon) return daemon.error();
    auto facts = (*daemon)->daemon();
    if (!facts) return facts.error();
    return Json{{"version", (*facts)["Version"]}, {"folder", folder_}};
}

Host::Answer Host::carry_out(const Download& download) {
    auto job = job_for(download, folder_);
    if (!job) return job.error();
    auto daemon = client();
    if (!daemon) return daemon.error();
    auto created = (*daemon)->create(*job);
    if (!created) return created.error();
    if (auto started = start(**daemon, created->id, download); !started) {
        static_cast<void>((*daemon)->command(created->id, Verb::Cancel));
        return started.error();
    }
    made_.insert(created->id);
    newest_ = created->id;
    return Json{{"id", created->id}, {"path", job->files.front().local}};
}

/// The job starts when it has its headers. Cookies give access like passwords, so they are write-only.
Result<Done, Failure> Host::start(Client& daemon, const std::string& id, const Download& download) {
    auto lines = header_lines(download);
    if (!lines.empty())
        if (auto set = daemon.set_headers(id, lines, true); !set) return set;
    return daemon.command(id, Verb::Resume);
}

Host::Answer Host::carry_out(const Undo& undo) {
    if (made_.erase(undo.id) == 0)
        return Failure{cli::Exit::NoSuchJob, _("the job was not created over this connection")};
    auto cancelled = (*client())->command(undo.id, Verb::Cancel);
    if (!cancelled) return cancelled.error();
    return Json::object();
}

} // namespace haulier::browser
