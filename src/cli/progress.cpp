// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/progress.hpp"

#include "cli/i18n.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"
#include "cli/wait_reason.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

constexpr std::chrono::seconds Window{5};
constexpr std::chrono::milliseconds MinObservation{500};
constexpr std::chrono::milliseconds StallDelay{1500};
constexpr size_t MinBar = 10;
constexpr size_t MaxBar = 40;

/// A job of several files whose sizes are not all known is measured in files.
bool counts_files(const JobView& job) {
    return !job.total && job.files > 1;
}

std::optional<double> share_of(const JobView& job) {
    if (job.total) {
        auto share = static_cast<double>(job.done) / static_cast<double>(*job.total);
        return *job.total == 0 ? 1.0 : std::min(1.0, share);
    }
    constexpr double Almost = 0.99;
    if (job.estimate && *job.estimate > 0)
        return std::min(Almost, static_cast<double>(job.done) / static_cast<double>(*job.estimate));
    if (!counts_files(job)) return std::nullopt;
    return std::min(1.0, static_cast<double>(job.files_done) / static_cast<double>(job.files));
}

constexpr std::chrono::seconds NotableAnswer{3};
constexpr std::chrono::seconds NotableSilence{5};
constexpr double MaxTimeLeft = 359999;

/// "12.3 MB/s  0:32"; empty while the speed is unknown.
std::string speed_text(const JobView& job, const Motion& motion) {
    if (motion.quiet_for >= NotableSilence && job.state == "transferring" && share_of(job) != 1.0)
        return translate("no data for {}", clock_text(motion.quiet_for));
    if (!motion.rate) return "";
    auto text = size_text(static_cast<uint64_t>(std::lround(*motion.rate))) + "/s";
    auto left = time_left_text(job, motion.rate);
    if (!left.empty()) text += "  " + left;
    return job.yields ? text + "  " + _("yields") : text;
}

std::string bar_text(double share, size_t columns, bool colour) {
    size_t inside = columns - 2;
    auto full = static_cast<size_t>(share * static_cast<double>(inside));
    std::string filled(full, '=');
    if (full < inside) filled += '>';
    std::string rest(inside - filled.size(), ' ');
    return colour ? fmt::format("[\x1b[32m{}\x1b[0m{}]", filled, rest) : fmt::format("[{}{}]", filled, rest);
}

/// The text to the right of the bar. Before the first byte only the situation is of interest.
std::string figures(const JobView& job, const Motion& motion, const std::string& now, bool with_files) {
    if (job.done == 0 && !job.total && !now.empty()) return now;
    auto text = amount_of(job);
    if (with_files && job.total && job.files > 1)
        text = translate("{}, {}/{} files", text, job.files_done, job.files);
    auto more = now.empty() ? speed_text(job, motion) : now;
    if (more.empty()) return text;
    return text + (counts_files(job) && now.empty() ? ", " : "  ") + more;
}

} // namespace

void RateMeter::add(Time now, uint64_t bytes) {
    if (!samples_.empty() && bytes == samples_.back().bytes) return;
    if (!samples_.empty() && bytes < samples_.back().bytes) samples_.clear();
    samples_.push_back({now, bytes});
    while (samples_.size() > 2 && now - samples_[1].time >= Window)
        samples_.pop_front();
}

std::optional<double> RateMeter::rate(Time now) const {
    if (samples_.empty()) return std::nullopt;
    auto silence = now - samples_.back().time;
    if (silence >= Window) return 0;
    auto end = silence >= StallDelay ? now : samples_.back().time;
    auto span = end - samples_.front().time;
    if (span < MinObservation) return std::nullopt;
    auto bytes = static_cast<double>(samples_.back().bytes - samples_.front().bytes);
    return bytes / std::chrono::duration<double>(span).count();
}

std::string amount_of(const JobView& job) {
    if (!counts_files(job)) return amount_text(job.done, job.total);
    auto failed = job.files_failed == 0 ? "" : translate(" ({} failed)", job.files_failed);
    return translate("{} of {} files{}, {}", job.files_done, job.files, failed, size_text(job.done));
}

std::string situation(const JobView& job, uint64_t now_usec, std::chrono::seconds quiet_for) {
    if (job.wait_reason == "completing") return _("completing");
    if (job.state == "transferring") return "";
    if (job.state == "acknowledged") return _("complete");
    if (job.state == "error") return translate("failed: {}", sanitize(job.error_message));
    if (job.state == "suspended" && job.wait_reason == "empty") return _("suspended, without a file");
    bool notable = quiet_for >= NotableAnswer;
    if (job.state == "connecting" && notable) return translate("no answer for {}", clock_text(quiet_for));
    auto waiting = waiting_text(job, now_usec);
    if (waiting.empty()) return state_word(job.state);
    if (job.wait_until == 0 && job.state == "queued" && notable)
        waiting = translate("{}, for {}", waiting, clock_text(quiet_for));
    bool explained = job.state == "transient-error" && !job.error_message.empty();
    return explained ? fmt::format("{} ({})", waiting, sanitize(job.error_message)) : waiting;
}

std::string percent_text(const JobView& job) {
    auto share = share_of(job);
    if (!share) return "?";
    return fmt::format("{}{}%", !job.total && job.estimate ? "~" : "", static_cast<int>(*share * 100));
}

std::string time_left_text(const JobView& job, std::optional<double> rate) {
    if (!rate || *rate < 1 || !job.total || *job.total < job.done) return "";
    auto left = static_cast<double>(*job.total - job.done) / *rate;
    return left > MaxTimeLeft ? "" : clock_text(std::chrono::seconds{std::lround(std::ceil(left))});
}

std::string name_text(const std::string& name, const LineStyle& style) {
    return padded(cut(sanitize(name), std::max<size_t>(MinBar, style.columns / 4)), style.name_columns);
}

std::string bar_line(const JobView& job, const Motion& motion, uint64_t now_usec, const LineStyle& style) {
    auto now = situation(job, now_usec, motion.quiet_for);
    auto share = share_of(job);
    std::string line = fmt::format("{} {:>4} ", name_text(job.name, style), percent_text(job));
    auto right = figures(job, motion, now, true);
    auto taken = [&] { return columns_of(line) + columns_of(right) + 1; };
    if (taken() + MinBar > style.columns) right = figures(job, motion, now, false);
    if (share && taken() + MinBar <= style.columns)
        return line + bar_text(*share, std::min(MaxBar, style.columns - taken()), style.colour) + " " + right;
    return cut(line + right, style.columns);
}

std::string plain_line(const JobView& job, const Motion& motion, uint64_t now_usec) {
    auto share = share_of(job) ? percent_text(job) + ", " : std::string{};
    return fmt::format("{}: {}{}", sanitize(job.name), share,
                       figures(job, motion, situation(job, now_usec, motion.quiet_for), true));
}

} // namespace haulier::cli
