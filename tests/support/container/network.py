# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network namespace with nothing but loopback. It exists as long as the object, so servers in it outlive the containers
that use them."""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import threading

from ..environment import patience

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
libc = ctypes.CDLL(None, use_errno=True)


def checked(status: int) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def in_a_thread(function):
    """A network namespace is a property of a thread, so a function that changes it runs in a temporary thread."""
    outcome = []

    def run():
        try:
            outcome.append((function(), None))
        except OSError as error:
            outcome.append((None, error))
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    value, error = outcome[0]
    if error:
        raise error
    return value


def raise_loopback() -> None:
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as any_socket:
        request = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        _, flags = struct.unpack("16sH14x", request)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


class Network:
    def __init__(self):
        def make() -> int:
            checked(libc.unshare(CLONE_NEWNET))
            raise_loopback()
            return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self.fd = in_a_thread(make)

    def close(self) -> None:
        os.close(self.fd)

    def run(self, *command: str, pass_fds: tuple[int, ...] = ()) -> None:
        """Runs a command in this network."""
        subprocess.run(["nsenter", f"--net=/proc/self/fd/{self.fd}", *command], check=True, pass_fds=(self.fd, *pass_fds),
                       timeout=patience(20))

    def add_default_route(self) -> None:
        """Leads nowhere, but programs that ask the kernel believe that they are online."""
        self.run("ip", "link", "add", "out", "type", "veth", "peer", "name", "wire")
        for device in ("wire", "out"):
            self.run("ip", "link", "set", device, "up")
        self.run("ip", "address", "add", "192.0.2.2/24", "dev", "out")
        self.run("ip", "route", "add", "default", "via", "192.0.2.1")

    def listen(self) -> socket.socket:
        """A listening socket on a free loopback port of this network."""
        def bind() -> socket.socket:
            checked(libc.setns(self.fd, CLONE_NEWNET))
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            return listener
        return in_a_thread(bind)
