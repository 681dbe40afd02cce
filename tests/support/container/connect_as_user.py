# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs in a container as some user: connects to a socket there, passes the connection to the test over the socket that
is its standard input, and runs until the test closes that. So the peer sees a process of that user."""

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
