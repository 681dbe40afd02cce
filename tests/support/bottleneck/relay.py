# SPDX-License-Identifier: LGPL-2.1-or-later
"""Delays the packets that are routed into a TUN device, and gives them back in their order.
Usage: relay.py DEVICE MILLISECONDS [JITTER]"""

import collections
import fcntl
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454ca
IFF_TUN = 1
IFF_NO_PI = 0x1000


def open_device(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def main() -> None:
    device = open_device(sys.argv[1])
    delay = float(sys.argv[2]) / 1000
    jitter = float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0.0
    held: collections.deque[tuple[float, bytes]] = collections.deque()
    last = 0.0
    print("ready", flush=True)
    poller = select.epoll()
    poller.register(device, select.EPOLLIN)
    while True:
        timeout = max(0.0, held[0][0] - time.monotonic()) if held else -1
        poller.poll(timeout)
        try:
            while True:
                packet = os.read(device, 65536)
                last = max(last, time.monotonic() + delay + (random.uniform(0, jitter) if jitter else 0))
                held.append((last, packet))
        except BlockingIOError:
            pass
        now = time.monotonic()
        while held and held[0][0] <= now:
            try:
                os.write(device, held.popleft()[1])
            except OSError:
                pass


main()
