// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/wait_reason.hpp"

#include "cli/i18n.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

struct Reason {
    std::string_view word;
    const char* awaited;
    bool is_plain = true; ///< the word needs no explanation
};
constexpr std::array Reasons{
    Reason{"turn", N_("its turn")},
    Reason{"not-before", N_("its start date")},
    Reason{"foreground-only", N_("its priority to be set to foreground")},
    Reason{"login", N_("its owner to log in")},
    Reason{"held", N_("the end of a hold")},
    Reason{"window", N_("an hour at which it may run")},
    Reason{"host", N_("the server, which has asked for a pause"), false},
    Reason{"storage", N_("its disk, which is full, read-only or not mounted"), false},
    Reason{"clock", N_("the clock of this machine, which seems to be wrong"), false},
    Reason{"client", N_("its app, which has been asked for another link"), false},
    Reason{"network", N_("a network")},
    Reason{"cost", N_("a network that it may use")},
    Reason{"power", N_("a power supply that it may use")},
};

const Reason* find_reason(std::string_view word) {
    auto found =
        std::find_if(Reasons.begin(), Reasons.end(), [&](const Reason& r) { return r.word == word; });
    return found == Reasons.end() ? nullptr : &*found;
}

/// When the wait ends: "retry in 12 s", or a date; empty if an event ends it.
std::string end_text(const JobView& job, uint64_t now_usec) {
    if (job.wait_until == 0) return "";
    bool is_barred = job.wait_reason == "held" || job.wait_reason == "window";
    if (job.state == "queued" || is_barred) return date_text(job.wait_until);
    if (job.wait_until <= now_usec) return _("retry soon");
    auto seconds = (job.wait_until - now_usec + 999'999) / 1'000'000;
    return translate("retry in {}", span_text(std::chrono::seconds{seconds}));
}

} // namespace

std::string explained(const std::string& word) {
    const auto* reason = find_reason(word);
    if (!reason || reason->is_plain) return word;
    return translate("{} (waiting for {})", word, _(reason->awaited));
}

std::string awaited(const std::string& word) {
    const auto* reason = find_reason(word);
    return reason ? _(reason->awaited) : sanitize(word);
}

std::string waiting_text(const JobView& job, uint64_t now_usec) {
    bool waits = job.state == "queued" || job.state == "transient-error";
    if (!waits || job.wait_reason == "completing") return "";
    auto end = end_text(job, now_usec);
    if (const auto* reason = find_reason(job.wait_reason))
        return translate("waiting for {}{}{}", _(reason->awaited), end.empty() ? "" : ": ", end);
    if (job.state == "queued") return translate("waiting: {}", sanitize(job.wait_reason));
    return translate("waiting: {}", end.empty() ? _("retry soon") : end);
}

} // namespace haulier::cli
