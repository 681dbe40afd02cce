# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real tus server on loopback: the reference implementation for Node.js."""

import json
import os
import pathlib
import select
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
        self.port = 0
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
        ready, _, _ = select.select([listening], [], [], patience(20))
        self.ears = os.fdopen(listening)
        port = self.ears.readline() if ready else ""
        assert port, "the tus server does not start: " + (self.directory / "tus.log").read_text()
        self.port = int(port)
        self.listener = threading.Thread(target=self._listen, args=(self.ears,), daemon=True)
        self.listener.start()

    def _listen(self, ears) -> None:
        for line in ears:
            exchange = Exchange(**json.loads(line))
            with self.changed:
                self.exchanges[exchange.number] = exchange
                self.changed.notify_all()

    def stop(self) -> None:
        self.child.stop()
        self.listener.join()
        self.ears.close()

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/files"

    def of(self, method: str) -> list[Exchange]:
        return [exchange for exchange in self.exchanges.values() if exchange.method == method]

    def methods(self) -> list[str]:
        return [exchange.method for exchange in self.exchanges.values()]

    def wait(self, predicate, what: str, seconds: float = 15):
        """Until the predicate over this server's record holds; answers its value."""
        with self.changed:
            value = self.changed.wait_for(predicate, patience(seconds))
        assert value, f"waited in vain for {what}; requests so far: {self.exchanges.values()}"
        return value

    def uploads(self) -> dict[str, bytes]:
        """What has arrived, by the id at the end of the upload's URL."""
        return {path.name: path.read_bytes() for path in self.files.iterdir() if path.suffix != ".json"}
