// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/metalink_prompt.hpp"

#include "base/download_folder.hpp"
#include "base/i18n.hpp"
#include "base/text.hpp"
#include "desktop/applications.hpp"
#include "desktop/sentences.hpp"

#include <cstdio>
#include <fmt/core.h>

namespace haulier::desktop {

namespace {

constexpr const char* StartKey = "start";
constexpr const char* CancelKey = "cancel";

Note own_note(const std::string& summary, const std::string& body) {
    Note note{.icon = OwnDesktopId, .summary = summary, .body = body};
    note.hints["desktop-entry"] = OwnDesktopId;
    note.hints["category"] = "transfer";
    return note;
}

/// Names of files, and messages about them, need not be UTF-8.
std::string base_name(const std::string& path) {
    return shown_name(printable(path.substr(path.rfind('/') + 1), std::string::npos));
}

std::string first_line_of(const std::string& errors) {
    return shown_sentence(printable(errors.substr(0, errors.find('\n')), std::string::npos));
}

} // namespace

MetalinkPrompt::MetalinkPrompt(Loop& loop, BusLink& bus, const std::string& file)
    : loop_(loop), file_(file), folder_(download_folder()),
      server_(bus, {[this](uint32_t id, const std::string& action) { on_pressed(id, action); },
                    [this](uint32_t id) {
                        if (id == question_ && !is_starting_) loop_.exit(0);
                    },
                    [this] {
                        if (!is_starting_) loop_.exit(1);
                    }}),
      commands_(loop) {
    server_.ask([this](const std::optional<ServerAbilities>& abilities) {
        if (abilities && abilities->actions) return ask();
        std::fprintf(stderr, "haulier-notify: %s\n", _("no program of this session can ask the user"));
        loop_.exit(1);
    });
}

void MetalinkPrompt::ask() {
    auto note = own_note(translate("Start the downloads of {}?", base_name(file_)),
                         translate("The files go to {}.", shown_sentence(folder_)));
    note.actions = {{StartKey, _("Start")}, {CancelKey, _("Cancel")}};
    note.timeout = 0;
    server_.show(note, [this](uint32_t id) {
        question_ = id;
        if (id == 0) loop_.exit(1);
    });
}

void MetalinkPrompt::on_pressed(uint32_t id, const std::string& action) {
    if (id != question_ || is_starting_) return;
    if (action == StartKey) return start();
    server_.close(id);
    loop_.exit(0);
}

/// Nothing that is in the folder already is replaced.
void MetalinkPrompt::start() {
    is_starting_ = true;
    commands_.run({"haulierctl", "add", "--metalink", file_, "--directory", folder_, "--no-clobber",
                   "--start", "--set", "AutoComplete=yes"},
                  [this](int status, const std::string& errors) { on_started(status, errors); });
}

void MetalinkPrompt::on_started(int status, const std::string& errors) {
    if (status == 0) return loop_.exit(0);
    std::fputs(errors.c_str(), stderr);
    auto sentence = errors.empty() ? _("haulierctl cannot be run; install the package haulier-tools")
                                   : first_line_of(errors);
    auto note = own_note(_("The downloads cannot be started"), sentence);
    server_.show(note, [this](uint32_t) { loop_.exit(1); });
}

} // namespace haulier::desktop
