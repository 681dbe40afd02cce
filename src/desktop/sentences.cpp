// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/sentences.hpp"

#include "base/display.hpp"
#include "base/i18n.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string_view>

namespace haulier::desktop {

namespace {

constexpr size_t NameColumns = 80;
constexpr size_t SentenceColumns = 300;
constexpr int64_t NetworkLogin = 511; // RFC 6585
constexpr const char* Portal = "portal";

struct Awaited {
    std::string_view reason;
    const char* what;
    bool is_curable = false; ///< by a person
};
constexpr std::array AwaitedThings{
    Awaited{"turn", N_("its turn")},
    Awaited{"not-before", N_("its start date")},
    Awaited{"login", N_("its owner to log in")},
    Awaited{"held", N_("the end of a hold")},
    Awaited{"window", N_("an hour at which it may run")},
    Awaited{"host", N_("the server, which has asked for a pause")},
    Awaited{"storage", N_("its disk, which is full, read-only or not mounted"), true},
    Awaited{"clock", N_("the clock of this machine, which seems to be wrong"), true},
    Awaited{"client", N_("its app, which has been asked for another link")},
    Awaited{"network", N_("a network")},
    Awaited{"cost", N_("a network that it may use"), true},
    Awaited{"power", N_("a power supply that it may use")},
};

const Awaited* awaited_by(const std::string& reason) {
    const auto* found = std::find_if(AwaitedThings.begin(), AwaitedThings.end(),
                                     [&](const Awaited& row) { return row.reason == reason; });
    return found == AwaitedThings.end() ? nullptr : found;
}

bool wants_network_login(const Job& job) {
    return job.state == JobState::TransientError &&
           (job.failure.code == NetworkLogin || job.failure.name == "invalid-response");
}

} // namespace

std::string shown_name(const std::string& name) {
    return cut(sanitize(name), NameColumns);
}

std::string shown_sentence(const std::string& sentence) {
    return cut(sanitize(sentence), SentenceColumns);
}

std::string escaped(const std::string& text) {
    std::string out;
    for (char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string info_of(const Job& job) {
    if (job.state == JobState::Suspended) return _("paused");
    if (job.state != JobState::Queued && job.state != JobState::TransientError) return "";
    if (const auto* awaited = awaited_by(job.wait_reason))
        return translate("waiting for {}{}{}", _(awaited->what), "", "");
    return job.state == JobState::TransientError ? shown_sentence(job.failure.message) : "";
}

std::string progress_text(const View& view) {
    auto text = amount_text(view.done, view.total);
    if (view.rate > 0) text += fmt::format(", {}/s", size_text(view.rate));
    if (!view.info.empty()) text += ", " + view.info;
    return text;
}

std::string summary_of(const Job& job, NoticeKind kind) {
    switch (kind) {
    case NoticeKind::Finished: return job.is_upload ? _("Upload finished") : _("Download finished");
    case NoticeKind::Failed: return job.is_upload ? _("Upload failed") : _("Download failed");
    case NoticeKind::Waiting: return job.is_upload ? _("Upload is waiting") : _("Download is waiting");
    }
    return "";
}

std::string summary_of_part(const Job& job) {
    return job.is_upload ? _("Upload incomplete") : _("Download incomplete");
}

std::string with_name(const Job& job, const std::string& sentence) {
    return fmt::format("{}: {}", shown_name(job.name), shown_sentence(sentence));
}

std::string title_of_several(size_t jobs) {
    return translate("{} transfers", jobs);
}

std::string summary_of_several(size_t finished, size_t failed) {
    if (failed == 0) return translate("Transfers finished: {}", finished);
    return translate("Transfers failed: {} of {}", failed, finished + failed);
}

std::string curable_wait(const Job& job) {
    if (!job.is_active()) return "";
    const auto* awaited = awaited_by(job.wait_reason);
    if (awaited && awaited->is_curable) return job.wait_reason;
    return wants_network_login(job) ? Portal : "";
}

std::string wait_sentence(const Job& job, size_t jobs) {
    auto name = jobs == 1 ? shown_name(job.name) : title_of_several(jobs);
    const auto* awaited = awaited_by(job.wait_reason);
    if (awaited && awaited->is_curable)
        return fmt::format("{}: {}", name, translate("waiting for {}{}{}", _(awaited->what), "", ""));
    return fmt::format("{}: {}. {}", name, shown_sentence(job.failure.message),
                       _("The network may want you to log in; open any page in a browser."));
}

} // namespace haulier::desktop
