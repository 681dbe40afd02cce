// SPDX-License-Identifier: LGPL-2.1-or-later
// The whole terminal, and the keys that are pressed, by ncurses. Only full_screen.cpp uses ncurses, whose
// names are everybody's.
#pragma once

#include "cli/failure.hpp"
#include "cli/interrupts.hpp"
#include "cli/output.hpp"

#include <memory>
#include <string>
#include <vector>

namespace haulier::cli {

struct ScreenLine {
    std::string text; ///< without control characters, and no wider than the terminal
    bool marked = false;
};

enum class Key { None, Up, Down, PageUp, PageDown, First, Last, Enter, Back, Resized, Other };
struct KeyPress {
    Key key = Key::None; ///< None: no key was pressed
    char letter = 0;     ///< of Other
};

/// What can wake the event loop: a key, or a signal that would end the process.
class KeysOrInterrupts final : public Interrupts {
public:
    KeysOrInterrupts();
    [[nodiscard]] int fd() const override { return both_.get(); }
    /// A signal has arrived, or the terminal is gone.
    [[nodiscard]] bool ended() const;

private:
    Fd both_;
};

/// As long as this object lives, the terminal shows nothing else; then it is as it was before.
class FullScreen {
public:
    static Result<std::unique_ptr<FullScreen>, Failure> open();
    ~FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;

    [[nodiscard]] static TerminalSize size();
    static void draw(const std::vector<ScreenLine>& lines);
    /// Draws everything again, because another program has written to the terminal.
    static void repair();
    static KeyPress next_key();

private:
    explicit FullScreen(void* screen) : screen_(screen) {}
    void* screen_;
};

} // namespace haulier::cli
