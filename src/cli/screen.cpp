// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/screen.hpp"

#include "cli/output.hpp"

#include <cstdlib>
#include <fmt/core.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace haulier::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds LineInterval{10};
constexpr const char* EraseToEnd = "\x1b[K";

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool is_terminal() {
    return isatty(STDERR_FILENO) != 0 && environment("TERM") != "dumb";
}

LineStyle terminal_style() {
    winsize size{};
    LineStyle style;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.columns = size.ws_col;
    style.columns -= 1; // some terminals wrap when the last column is written
    style.colour = environment("NO_COLOR").empty();
    return style;
}

uint64_t now_usec() {
    auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

} // namespace

Screen::Screen(bool quiet) : mode_(quiet ? Mode::Quiet : is_terminal() ? Mode::Terminal : Mode::Lines) {}

Screen::~Screen() {
    leave();
}

void Screen::show(const JobView& job) {
    job_ = job;
    if (job.state == "transferring")
        meter_.add(steady_clock::now(), job.done);
    else
        meter_ = {}; // pauses do not count
    draw();
}

void Screen::tick() {
    if (job_) draw();
}

std::optional<double> Screen::rate() const {
    return meter_.rate(steady_clock::now());
}

void Screen::draw() {
    auto usec = now_usec();
    if (mode_ == Mode::Lines) return draw_line(usec);
    if (mode_ == Mode::Quiet) return;
    print_stderr(fmt::format("\r{}{}", bar_line(*job_, rate(), usec, terminal_style()), EraseToEnd));
    drawn_ = true;
}

/// Prints a line when the situation changes, and every ten seconds while data is transferred.
void Screen::draw_line(uint64_t usec) {
    // The countdown to a retry is not a change, but a new time of the retry is.
    auto now = job_->state + job_->wait_reason + std::to_string(job_->wait_until);
    bool moves = job_->state == "transferring";
    if (now == last_situation_ && !(moves && steady_clock::now() - last_drawn_ >= LineInterval)) return;
    last_situation_ = now;
    last_drawn_ = steady_clock::now();
    print_stderr(plain_line(*job_, rate(), usec) + "\n");
}

void Screen::note(const std::string& message) {
    if (mode_ == Mode::Quiet) return;
    leave();
    print_error(message);
}

void Screen::leave() {
    if (drawn_) print_stderr("\n");
    drawn_ = false;
}

} // namespace haulier::cli
