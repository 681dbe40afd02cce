// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/screen.hpp"

#include "cli/output.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/core.h>
#include <iterator>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace haulier::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds LineInterval{10};
constexpr const char* EraseToEnd = "\x1b[K";
constexpr const char* EraseBelow = "\x1b[J";

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool is_terminal() {
    return isatty(STDERR_FILENO) != 0 && environment("TERM") != "dumb";
}

uint64_t now_usec() {
    auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

/// A file is drawn like a job.
JobView line_for(const FileView& file) {
    JobView line;
    line.name = "  " + file.name();
    line.state = "transferring";
    line.done = file.done;
    line.total = file.total;
    return line;
}

bool is_another_situation(const JobView& a, const JobView& b) {
    return a.state != b.state || a.wait_reason != b.wait_reason || a.done != b.done;
}

} // namespace

Screen::Screen(bool quiet) : mode_(quiet ? Mode::Quiet : is_terminal() ? Mode::Terminal : Mode::Lines) {}

Screen::~Screen() {
    leave();
}

Screen::Row& Screen::row_of(const JobView& job) {
    auto found =
        std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.job.id == job.id; });
    if (found != rows_.end()) return *found;
    rows_.push_back({job, {}, steady_clock::now(), {}, {}, "", {}});
    return rows_.back();
}

void Screen::show(const JobView& job) {
    auto now = steady_clock::now();
    auto& row = row_of(job);
    if (is_another_situation(row.job, job)) row.quiet_since = now;
    auto estimate = row.job.estimate;
    row.job = job;
    row.job.estimate = estimate;
    if (job.state == "transferring")
        row.meter.add(now, job.done);
    else
        row.meter = {}; // pauses do not count
    draw();
}

bool Screen::wants_files(const JobView& job) const {
    bool moves = job.state == "transferring" || job.state == "connecting";
    return mode_ == Mode::Terminal && moves && job.files > 1 && rows_.size() < 2;
}

void Screen::show_files(const std::string& id, const std::vector<FileView>& files) {
    auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.job.id == id; });
    if (found == rows_.end()) return;
    found->job.estimate = estimated_total(files);
    found->moving.clear();
    std::copy_if(files.begin(), files.end(), std::back_inserter(found->moving),
                 [](const FileView& file) { return file.stage == "transferring"; });
    auto now = steady_clock::now();
    for (const auto& file : found->moving) {
        auto [known, added] = found->file_motions.try_emplace(file.index, FileMotion{{}, file.done, now});
        auto& motion = known->second;
        if (motion.done != file.done) motion.quiet_since = now;
        motion.done = file.done;
        motion.meter.add(now, file.done);
    }
    draw();
}

void Screen::tick() {
    draw();
}

Motion Screen::motion_of(const RateMeter& meter, Time quiet_since) {
    auto now = steady_clock::now();
    return {meter.rate(now), std::chrono::floor<std::chrono::seconds>(now - quiet_since)};
}

void Screen::draw() {
    if (mode_ == Mode::Quiet || rows_.empty()) return;
    if (mode_ == Mode::Terminal) return draw_rows();
    for (auto& row : rows_)
        draw_line(row, now_usec());
}

std::vector<std::string> Screen::lines() const {
    auto size = terminal_size(STDERR_FILENO);
    // Some terminals wrap when the last column is written.
    LineStyle style{size.columns - 1, environment("NO_COLOR").empty(), 0};
    size_t room = size.rows > rows_.size() + 1 ? size.rows - rows_.size() - 1 : 0; // for files
    std::vector<std::pair<JobView, Motion>> all;
    for (const auto& row : rows_) {
        for (const auto& file : row.moving) {
            if (all.size() >= room || row.job.state != "transferring") break;
            const auto& motion = row.file_motions.at(file.index);
            all.emplace_back(line_for(file), motion_of(motion.meter, motion.quiet_since));
        }
        all.emplace_back(row.job, motion_of(row.meter, row.quiet_since));
    }
    size_t widest = 0;
    for (const auto& [job, motion] : all)
        widest = std::max(widest, columns_of(name_text(job.name, style)));
    style.name_columns = widest;
    std::vector<std::string> lines;
    for (const auto& [job, motion] : all)
        lines.push_back(bar_line(job, motion, now_usec(), style));
    return lines;
}

void Screen::draw_rows() {
    std::string out = drawn_ > 1 ? fmt::format("\r\x1b[{}A", drawn_ - 1) : "\r";
    auto now = lines();
    for (size_t i = 0; i < now.size(); ++i)
        out += now[i] + EraseToEnd + (i + 1 < now.size() ? "\n" : "");
    if (now.size() < drawn_) out += EraseBelow;
    print_stderr(out);
    drawn_ = now.size();
}

/// Prints a line when the situation changes, and every ten seconds while data is transferred.
void Screen::draw_line(Row& row, uint64_t usec) const {
    // The countdown to a retry is not a change, but a new time of the retry is.
    auto now = row.job.state + row.job.wait_reason + std::to_string(row.job.wait_until);
    bool moves = row.job.state == "transferring";
    if (now == row.last_situation && !(moves && steady_clock::now() - row.last_drawn >= LineInterval)) return;
    row.last_situation = now;
    row.last_drawn = steady_clock::now();
    print_stderr(plain_line(row.job, motion_of(row.meter, row.quiet_since), usec) + "\n");
}

void Screen::note(const std::string& message) {
    if (mode_ == Mode::Quiet) return;
    leave();
    print_error(message);
}

void Screen::leave() {
    if (drawn_ == 0) return;
    for (auto& row : rows_)
        row.moving.clear();
    draw_rows();
    print_stderr("\n");
    drawn_ = 0;
}

} // namespace haulier::cli
