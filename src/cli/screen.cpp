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

constexpr std::chrono::seconds BetweenLines{10};
constexpr std::chrono::seconds BetweenDrawings{1};
constexpr const char* EraseToEnd = "\x1b[K";

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool is_terminal() {
    return isatty(STDERR_FILENO) != 0 && environment("TERM") != "dumb";
}

Look look_of_terminal() {
    winsize size{};
    Look look;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) look.columns = size.ws_col;
    look.columns -= 1; // the last column is left free: some terminals wrap when it is written
    look.colour = environment("NO_COLOR").empty();
    return look;
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
        meter_ = {}; // a pause is not slowness
    draw();
}

void Screen::tick() {
    if (job_) draw();
}

steady_clock::time_point Screen::next_tick() const {
    return steady_clock::now() + BetweenDrawings;
}

std::optional<double> Screen::rate() const {
    return meter_.rate(steady_clock::now());
}

void Screen::draw() {
    auto usec = now_usec();
    if (mode_ == Mode::Lines) return draw_line(usec);
    if (mode_ == Mode::Quiet) return;
    say(fmt::format("\r{}{}", bar_line(*job_, rate(), usec, look_of_terminal()), EraseToEnd));
    drawn_ = true;
}

/// A line when the situation changes, and one every ten seconds while data moves.
void Screen::draw_line(uint64_t usec) {
    // The countdown to a retry is not news: only the moment of the retry is.
    auto now = job_->state + job_->wait_reason + std::to_string(job_->wait_until);
    bool moves = job_->state == "transferring";
    if (now == last_situation_ && !(moves && steady_clock::now() - last_drawn_ >= BetweenLines)) return;
    last_situation_ = now;
    last_drawn_ = steady_clock::now();
    say(plain_line(*job_, rate(), usec) + "\n");
}

void Screen::note(const std::string& message) {
    if (mode_ == Mode::Quiet) return;
    leave();
    complain(message);
}

void Screen::leave() {
    if (drawn_) say("\n");
    drawn_ = false;
}

} // namespace haulier::cli
