# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real tus server on loopback: the reference implementation for Node.js."""

import json
import os
import pathlib
import select
import socket
import subprocess
import threading
from dataclasses import dataclass

from ..environment import TESTS, patience
from ..processes import Child

PARTS = TESTS / "support/servers/tus"


def packages() -> str:
    """The folder with the server's npm packages; installs them if tools/deps has not done so."""
    done = subprocess.run([PARTS / "install"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"the tus server cannot be installed: {done.stderr[-2000:]}"
    return done.stdout.strip()


@dataclass
class Exchange:
    number: int
    method: str
    path: str
    headers: dict[str, str]
    status: int    # 0: no response (yet)
    received: int  # bytes of the request's body

    @property
    def offset(self) -> int:
        return int(self.headers.get("upload-offset", -1))


class TusServer:
    """Keeps its files in `directory`. Uploads are created at url(), or with `creation=False` only by a test. With
    `answer=True`, the response to the last PATCH has a body: JSON with size and sha256 of what arrived."""

    def __init__(self, directory: pathlib.Path, creation: bool = True, answer: bool = False):
        self.directory = directory
        self.files = directory / "files"
        self.creation = creation
        self.answer = answer
        # Stays bound, so that no other process gets the port while the server is stopped.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.place.bind(("127.0.0.1", 0))
        self.port = self.place.getsockname()[1]
        self.changed = threading.Condition()
        self.exchanges: dict[int, Exchange] = {}  # by number, in their latest state
        self.start()

    def start(self) -> None:
        """Can be called again after stop(): the port is the same, and uploads can be continued."""
        reading, writing = os.pipe()
        options = {"files": str(self.files), "tell": writing, "port": self.port, "first": len(self.exchanges),
                   "creation": self.creation, "answer": self.answer}
        self.child = Child(["node", str(PARTS / "server.mjs"), packages(), json.dumps(options)],
                           self.directory / "tus.log", {"PATH": os.environ["PATH"]}, pass_fds=(writing,))
        os.close(writing)
        os.set_blocking(reading, False)
        self.reports: int | None = reading
        self.unread = b""
        self.listening = False
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.wait(lambda: self.listening, "the tus server, which says: " + (self.directory / "tus.log").read_text(), 20)

    def _listen(self) -> None:
        while select.select([self.reports], [], []) and self._read_reports():
            pass

    def _read_reports(self) -> bool:
        """Reads the server's reports; False at the end of the stream. Called before every look at `exchanges` too, because
        the thread may not have got to run yet."""
        said = b""
        with self.changed:
            try:
                while self.reports is not None and (said := os.read(self.reports, 65536)):
                    self.unread += said
            except BlockingIOError:
                said = b"later"
            *lines, self.unread = self.unread.split(b"\n")
            for line in map(json.loads, lines):
                if isinstance(line, int):
                    self.listening = True
                else:
                    exchange = Exchange(**line)
                    self.exchanges[exchange.number] = exchange
            self.changed.notify_all()
            return bool(said)

    def stop(self) -> None:
        self.child.stop()
        self.listener.join()
        with self.changed:
            reports, self.reports = self.reports, None
        if reports is not None:
            os.close(reports)

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/files"

    def of(self, method: str) -> list[Exchange]:
        self._read_reports()
        return [exchange for exchange in self.exchanges.values() if exchange.method == method]

    def methods(self) -> list[str]:
        self._read_reports()
        return [exchange.method for exchange in self.exchanges.values()]

    def wait(self, predicate, what: str, seconds: float = 15):
        """Waits until the predicate about this server's requests holds, and returns its value."""
        self._read_reports()
        with self.changed:
            value = self.changed.wait_for(predicate, patience(seconds))
        assert value, f"waited in vain for {what}; requests so far: {self.exchanges.values()}"
        return value

    def uploads(self) -> dict[str, bytes]:
        """The bytes that have arrived, by the id at the end of the upload's URL."""
        return {path.name: path.read_bytes() for path in self.files.iterdir() if path.suffix != ".json"}
