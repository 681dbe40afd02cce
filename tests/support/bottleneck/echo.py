# SPDX-License-Identifier: LGPL-2.1-or-later
"""Round trips of small packets. Usage: echo.py serve ADDRESS PORT, or echo.py ping ADDRESS PORT RECORD

RECORD gets lines "TIME SECONDS", twenty a second."""

import select
import socket
import struct
import sys
import time

INTERVAL = 0.05


def serve(address: str, port: int) -> None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, port))
    print("ready", flush=True)
    while True:
        data, peer = sock.recvfrom(2048)
        sock.sendto(data, peer)


def ping(address: str, port: int, path: str) -> None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((address, port))
    with open(path, "w", encoding="utf-8") as out:
        due = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= due:
                sock.send(struct.pack("d", now))
                due = max(due + INTERVAL, now)
            if select.select([sock], [], [], max(0.0, due - time.monotonic()))[0]:
                (sent,) = struct.unpack("d", sock.recv(2048))
                now = time.monotonic()
                out.write(f"{now:.3f} {now - sent:.5f}\n")
                out.flush()


if sys.argv[1] == "serve":
    serve(sys.argv[2], int(sys.argv[3]))
else:
    ping(sys.argv[2], int(sys.argv[3]), sys.argv[4])
