# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rules for the fault server that hosts have, and hosts that do not serve at all."""

import contextlib
import socket
import threading

from .fault_server import FaultServer, Request
from .response_script import Script


def bears(server: FaultServer, most: int, refusal: Script) -> None:
    """The server serves so many requests at a time, and answers all others with `refusal`."""
    server.rule = lambda request: refusal if server.being_served() >= most else None


def without(cookie: str, answer: Script):
    """A rule: `answer` for requests that do not bring this cookie ("name=value")."""
    def rule(request: Request) -> Script | None:
        return None if cookie in request.headers.get("cookie", "").split("; ") else answer
    return rule


class ClosedPort:
    """A port of this machine that refuses connections until a server is opened there."""

    def __init__(self, host: str = "127.0.0.1"):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, 0))
        self.host, self.port = self.socket.getsockname()

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def open(self) -> FaultServer:
        self.socket.listen(64)
        return FaultServer(listener=self.socket)

    def stop(self) -> None:
        self.socket.close()


class RefusingPort:
    """A port that accepts connections and resets each at once, and counts them."""

    def __init__(self, host: str = "127.0.0.1"):
        self.connections = 0
        self.socket = socket.create_server((host, 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._refuse, daemon=True)
        self.thread.start()

    def _refuse(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.socket.accept()[0].close()
                self.connections += 1

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


class SilentPort:
    """A port where connections are never made: its queue is full, so the kernel drops the requests for further ones."""

    def __init__(self, host: str = "127.0.0.1"):
        self.socket = socket.socket()
        self.socket.bind((host, 0))
        self.socket.listen(0)
        self.host, self.port = self.socket.getsockname()
        self.fillers: list[socket.socket] = []
        while len(self.fillers) < 8:
            filler = socket.socket()
            filler.settimeout(0.2)
            self.fillers.append(filler)
            try:
                filler.connect((self.host, self.port))
            except TimeoutError:
                break

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def stop(self) -> None:
        for one in [*self.fillers, self.socket]:
            one.close()
