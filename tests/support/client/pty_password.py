#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""pty_password.py COMMAND...: runs a command on a pseudo-terminal and types a password, which it reads from its standard
input, at the password prompt. Prints what the terminal shows, and exits with the command's status."""

import fcntl
import os
import pty
import struct
import sys
import termios


def type_at_prompt(terminal: int, password: str) -> None:
    """A program that asks for a password first flushes the terminal's input, which packet mode reports. What is typed
    before that would be lost."""
    fcntl.ioctl(terminal, termios.TIOCPKT, struct.pack("i", 1))
    shown, flushed, typed = b"", False, False
    while True:
        try:
            kind, *text = os.read(terminal, 4096)
        except OSError:
            return  # no process has the terminal open any more
        if kind == termios.TIOCPKT_DATA:
            shown += bytes(text)
            sys.stdout.buffer.write(bytes(text))
            sys.stdout.buffer.flush()
        flushed = flushed or bool(kind & termios.TIOCPKT_FLUSHREAD)
        if flushed and b"assword: " in shown and not typed:
            typed = True
            os.write(terminal, password.encode() + b"\n")


def main() -> int:
    password = sys.stdin.readline().strip()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    type_at_prompt(terminal, password)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
