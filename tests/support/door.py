# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs in a container, as the user it was made for: connects to a socket there, hands the connection to whoever holds
the other end of its standard input, and stays until that is closed. So the other side sees a process of that user."""

import socket
import sys


def main(kind: str, address: str) -> None:
    outside = socket.socket(fileno=0)
    inside = socket.socket(socket.AF_UNIX, getattr(socket, kind))
    inside.connect(address)
    socket.send_fds(outside, [b"."], [inside.fileno()])
    inside.close()
    outside.recv(1)


main(*sys.argv[1:])
