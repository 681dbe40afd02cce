# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network for the test's own thread that can be disconnected."""

import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
ADDRESS = "192.0.2.1"  # from RFC 5737's range for documentation


def raise_errno(what: str) -> None:
    raise OSError(ctypes.get_errno(), what)


class Network:
    """A network namespace for this thread and the processes that it starts, with one interface and a default route that
    can be removed. Needs root."""

    def __init__(self):
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if LIBC.unshare(CLONE_NEWNET) != 0:
            os.close(self._home)
            raise_errno("no network namespace")
        for command in ("link set lo up", "link add out type veth peer name wire", "link set wire up",
                        f"addr add {ADDRESS}/24 dev out", "link set out up"):
            self._ip(command)
        self.connect()

    @staticmethod
    def _ip(command: str) -> None:
        subprocess.run(["ip", *command.split()], check=True, timeout=20)

    def connect(self) -> None:
        self._ip("link set out up")
        self._ip("route replace default via 192.0.2.254")

    def disconnect(self) -> None:
        self._ip("route del default")
        self._ip("route del 192.0.2.0/24")

    def reconnect(self) -> None:
        self._ip("route add 192.0.2.0/24 dev out")
        self.connect()

    def leave(self) -> None:
        LIBC.setns(self._home, CLONE_NEWNET)
        os.close(self._home)
