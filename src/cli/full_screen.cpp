// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/full_screen.hpp"

#include "cli/i18n.hpp"

#include <array>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <fmt/core.h>
#include <langinfo.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <curses.h>

namespace haulier::cli {

namespace {

constexpr int EscapeDelay = 25; // milliseconds; longer than between the bytes of a key
constexpr int Escape = 27;

/// Names are UTF-8, whatever the locale of the user is.
void use_utf8() {
    if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

KeyPress key_press(int code) {
    switch (code) {
    case ERR: return {};
    case KEY_UP: return {Key::Up};
    case KEY_DOWN: return {Key::Down};
    case KEY_PPAGE: return {Key::PageUp};
    case KEY_NPAGE: return {Key::PageDown};
    case KEY_HOME: return {Key::First};
    case KEY_END: return {Key::Last};
    case KEY_ENTER:
    case '\r':
    case '\n': return {Key::Enter};
    case Escape:
    case KEY_LEFT:
    case KEY_BACKSPACE: return {Key::Back};
    case KEY_RESIZE: return {Key::Resized};
    default: return {Key::Other, code > 0 && code < 0x80 ? static_cast<char>(code) : '\0'};
    }
}

} // namespace

KeysOrInterrupts::KeysOrInterrupts() : Interrupts{SIGQUIT}, both_(epoll_create1(EPOLL_CLOEXEC)) {
    for (int fd : {STDIN_FILENO, Interrupts::fd()}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        epoll_ctl(both_.get(), EPOLL_CTL_ADD, fd, &event);
    }
}

bool KeysOrInterrupts::ended() const {
    std::array<pollfd, 2> watched{pollfd{Interrupts::fd(), POLLIN, 0}, pollfd{STDIN_FILENO, POLLIN, 0}};
    if (poll(watched.data(), watched.size(), 0) <= 0) return false;
    return watched[0].revents != 0 || (watched[1].revents & (POLLHUP | POLLERR)) != 0;
}

Result<std::unique_ptr<FullScreen>, Failure> FullScreen::open() {
    use_utf8();
    auto* screen = newterm(nullptr, stdout, stdin);
    if (!screen) {
        const char* type = std::getenv("TERM");
        return Failure{Exit::Failed, translate("the terminal type '{}' is not known", type ? type : "")};
    }
    std::unique_ptr<FullScreen> opened{new FullScreen{screen}};
    cbreak();
    noecho();
    nodelay(stdscr, TRUE);
    keypad(stdscr, TRUE);
    set_escdelay(EscapeDelay);
    curs_set(0);
    return opened;
}

FullScreen::~FullScreen() {
    endwin();
    delscreen(static_cast<SCREEN*>(screen_));
}

TerminalSize FullScreen::size() {
    return {static_cast<size_t>(getmaxy(stdscr)), static_cast<size_t>(getmaxx(stdscr))};
}

void FullScreen::draw(const std::vector<ScreenLine>& lines) {
    werase(stdscr);
    int row = 0;
    for (const auto& line : lines) {
        if (line.marked) wattron(stdscr, static_cast<int>(A_REVERSE));
        mvwaddstr(stdscr, row++, 0, line.text.c_str());
        if (line.marked) wattroff(stdscr, static_cast<int>(A_REVERSE));
    }
    wrefresh(stdscr);
}

void FullScreen::repair() {
    clearok(stdscr, TRUE);
}

KeyPress FullScreen::next_key() {
    return key_press(wgetch(stdscr));
}

} // namespace haulier::cli
