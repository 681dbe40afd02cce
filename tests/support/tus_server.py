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

from .environment import TESTS, patience
from .processes import Child

PARTS = TESTS / "support" / "tus"


def packages() -> str:
    """Where the server's packages are; they are installed if tools/deps has not done it."""
    done = subprocess.run([PARTS / "install"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"the tus server cannot be installed: {done.stderr[-2000:]}"
    return done.stdout.strip()


@dataclass
class Exchange:
    number: int
    method: str
    path: str
    headers: dict[str, str]
    status: int    # 0: not answered (yet)
    received: int  # bytes of the request's body

    @property
    def offset(self) -> int:
        return int(self.headers.get("upload-offset", -1))


class TusServer:
    """Lives in `directory`. Uploads are created at url(). `creation=False`: only by a test. `answer=True`: the answer
    to the last piece has a body, JSON with size and sha256 of what arrived."""

    def __init__(self, directory: pathlib.Path, creation: bool = True, answer: bool = False):
        self.directory = directory
        self.files = directory / "files"
        self.creation = creation
        self.answer = answer
        # Bound as long as we live: nobody else gets the port while the server is away.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.place.bind(("127.0.0.1", 0))
        self.port = self.place.getsockname()[1]
        self.changed = threading.Condition()
        self.exchanges: dict[int, Exchange] = {}  # by number, each as it stands now
        self.start()

    def start(self) -> None:
        """Again, too, after stop(): at the same port, with the uploads begun before."""
        listening, telling = os.pipe()
        options = {"files": str(self.files), "tell": telling, "port": self.port, "first": len(self.exchanges),
                   "creation": self.creation, "answer": self.answer}
        self.child = Child(["node", str(PARTS / "server.mjs"), packages(), json.dumps(options)],
                           self.directory / "tus.log", {"PATH": os.environ["PATH"]}, pass_fds=(telling,))
        os.close(telling)
        os.set_blocking(listening, False)
        self.ears: int | None = listening
        self.heard = b""
        self.listening = False
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.wait(lambda: self.listening, "the tus server, which says: " + (self.directory / "tus.log").read_text(), 20)

    def _listen(self) -> None:
        while select.select([self.ears], [], []) and self._hear():
            pass

    def _hear(self) -> bool:
        """Takes in what the server has told; False when it tells nothing more. Whoever looks does so, for the thread may
        be late."""
        said = b""
        with self.changed:
            try:
                while self.ears is not None and (said := os.read(self.ears, 65536)):
                    self.heard += said
            except BlockingIOError:
                said = b"later"
            *lines, self.heard = self.heard.split(b"\n")
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
            ears, self.ears = self.ears, None
        if ears is not None:
            os.close(ears)

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/files"

    def of(self, method: str) -> list[Exchange]:
        self._hear()
        return [exchange for exchange in self.exchanges.values() if exchange.method == method]

    def methods(self) -> list[str]:
        self._hear()
        return [exchange.method for exchange in self.exchanges.values()]

    def wait(self, predicate, what: str, seconds: float = 15):
        """Until the predicate over this server's record holds; answers its value."""
        self._hear()  # what was told before must not be missing in it
        with self.changed:
            value = self.changed.wait_for(predicate, patience(seconds))
        assert value, f"waited in vain for {what}; requests so far: {self.exchanges.values()}"
        return value

    def uploads(self) -> dict[str, bytes]:
        """What has arrived, by the id at the end of the upload's URL."""
        return {path.name: path.read_bytes() for path in self.files.iterdir() if path.suffix != ".json"}
