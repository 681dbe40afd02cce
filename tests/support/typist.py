#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""typist.py COMMAND...: runs a command on a terminal of its own and types a password, which it has read itself before,
when it is asked for one. Prints what the terminal shows, and ends as the command does."""

import fcntl
import os
import pty
import struct
import sys
import termios


def look_on(terminal: int, password: str) -> None:
    """Whoever asks throws away what was typed before, and then listens; the terminal tells of that in packet mode."""
    fcntl.ioctl(terminal, termios.TIOCPKT, struct.pack("i", 1))
    shown, listens, typed = b"", False, False
    while True:
        try:
            kind, *text = os.read(terminal, 4096)
        except OSError:
            return  # the last one on it has left
        if kind == termios.TIOCPKT_DATA:
            shown += bytes(text)
            sys.stdout.buffer.write(bytes(text))
            sys.stdout.buffer.flush()
        listens = listens or bool(kind & termios.TIOCPKT_FLUSHREAD)
        if listens and b"assword: " in shown and not typed:
            typed = True
            os.write(terminal, password.encode() + b"\n")


def main() -> int:
    password = sys.stdin.readline().strip()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    look_on(terminal, password)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
