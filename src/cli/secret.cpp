// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/secret.hpp"

#include "base/fd.hpp"
#include "cli/i18n.hpp"
#include "cli/interrupts.hpp"
#include "cli/text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <string_view>
#include <termios.h>
#include <unistd.h>

namespace haulier::cli {

namespace {

/// More than the daemon accepts, so that its error message is printed.
constexpr size_t MaxSecret = 64 * 1024;

/// Turns off the echo of a terminal as long as this object lives.
class EchoOff {
public:
    explicit EchoOff(int terminal) : terminal_(terminal) {
        known_ = tcgetattr(terminal, &before_) == 0;
        auto changed = before_;
        changed.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (known_) tcsetattr(terminal, TCSAFLUSH, &changed);
    }
    ~EchoOff() {
        if (known_) tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

private:
    int terminal_;
    termios before_{};
    bool known_ = false;
};

Failure unreadable(int fd, int error) {
    return {Exit::Failed, translate("cannot read descriptor {}: {}", fd, std::strerror(error))};
}

std::string first_line(const std::string& text) {
    auto line = text.substr(0, text.find('\n'));
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

void write_text(int fd, std::string_view text) {
    // Failures are ignored: the prompt is not essential.
    static_cast<void>(!write(fd, text.data(), text.size()));
}

/// Waits for a line, or for Ctrl-C, which must not leave the terminal without echo.
Result<std::string, Failure> ask(int terminal, const std::string& prompt) {
    Interrupts interrupts;
    EchoOff echo_off{terminal};
    write_text(terminal, prompt);
    std::array<pollfd, 2> watched{pollfd{terminal, POLLIN, 0}, pollfd{interrupts.fd(), POLLIN, 0}};
    while (poll(watched.data(), watched.size(), -1) < 0)
        if (errno != EINTR) return unreadable(terminal, errno);
    write_text(terminal, "\n");
    if (watched[1].revents != 0) return Failure{Exit::Interrupted, _("interrupted; nothing was changed")};
    std::string line(MaxSecret, '\0');
    auto got = read(terminal, line.data(), line.size());
    if (got < 0) return unreadable(terminal, errno);
    if (got == 0) return Failure{Exit::Interrupted, _("interrupted; nothing was changed")}; // Ctrl-D
    line.resize(static_cast<size_t>(got));
    if (!is_utf8(line)) return usage_error(_("what was typed is not UTF-8"));
    return first_line(line);
}

} // namespace

Result<std::string, Failure> read_all(int fd, size_t limit) {
    std::string text;
    std::array<char, 4096> part{};
    for (;;) {
        auto got = read(fd, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(fd, errno);
        if (got == 0) break;
        text.append(part.data(), static_cast<size_t>(got));
        if (text.size() > limit)
            return Failure{Exit::Failed,
                           translate("more than {} bytes were read from descriptor {}", limit, fd)};
    }
    // D-Bus would end the text at a NUL.
    bool is_text = is_utf8(text) && text.find('\0') == std::string::npos;
    if (!is_text) return usage_error(translate("what was read from descriptor {} is not UTF-8", fd));
    return text;
}

Result<std::string, Failure> read_secret(const std::string& prompt, std::optional<int> fd) {
    if (!fd && isatty(STDIN_FILENO) == 1) {
        Fd terminal{::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)};
        return ask(terminal ? terminal.get() : STDIN_FILENO, prompt);
    }
    auto source = fd.value_or(STDIN_FILENO);
    auto text = read_all(source, MaxSecret);
    if (!text) return text.error();
    // An empty password is an empty line.
    if (text->empty())
        return usage_error(translate("there is no line with a password on descriptor {}", source));
    return first_line(*text);
}

} // namespace haulier::cli
