# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs haulierctl and reads what it prints."""

import json
import os
import select
import subprocess
import time
from collections.abc import Callable

from ..content import body
from ..environment import patience, program

DONE, REFUSED, MISUSED, NO_SUCH_JOB, JOB_FAILED, JOB_CANCELLED, NO_BUS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

DATA = body(400_000)  # the file that the fixture `remote` offers


class Result:
    def __init__(self, process: subprocess.Popen):
        self.out, self.err = process.communicate(timeout=patience(30))
        self.code = process.returncode

    @property
    def json(self):
        return json.loads(self.out)


class Ctl:
    """Runs haulierctl in the downloads folder of a stack."""

    def __init__(self, stack):
        self.stack = stack

    def begin(self, *words, **changes) -> subprocess.Popen:
        options = dict(env=self.stack.env, cwd=self.stack.downloads, text=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return subprocess.Popen([program("HAULIERCTL"), *map(str, words)], **(options | changes))

    def __call__(self, *words, code: int = DONE, **changes) -> Result:
        result = Result(self.begin(*words, **changes))
        assert result.code == code, f"{words} ended with {result.code}: {result.out} {result.err}"
        if code not in (DONE, INTERRUPTED):
            assert result.err.strip(), "a failure without an error message"
            assert "terminate called" not in result.err
        return result


def descriptor(text: str) -> int:
    """The reading end of a pipe that holds `text` and nothing more."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return reading


def heard(stream, deadline: float) -> bytes:
    """Waits for output of the program and returns it. Bypasses Python's buffers, which would hide a part of it from select."""
    ready, _, _ = select.select([stream], [], [], max(0, deadline - time.monotonic()))
    assert ready, "haulierctl prints nothing"
    return os.read(stream.fileno(), 4096)


def wait_told(process: subprocess.Popen, word: str = "") -> None:
    """Waits until haulierctl prints progress (containing `word`), which it only does once it has subscribed to signals."""
    said, deadline = b"", time.monotonic() + patience(20)
    while b"\n" not in said or word.encode() not in said:
        more = heard(process.stderr, deadline)
        assert more, f"haulierctl ended and printed {said!r}"
        said += more


class Events:
    """The output of `haulierctl monitor --json`, event by event."""

    def __init__(self, process: subprocess.Popen):
        self.seen: list[dict] = []
        self._stream = process.stdout
        self._rest = b""

    def until(self, wanted: Callable[[dict], object], provoke: Callable[[], object] = lambda: None) -> None:
        """Waits for an event that is `wanted`. Calls `provoke` again and again, because monitor may not listen yet."""
        deadline = time.monotonic() + patience(30)
        while True:
            *lines, self._rest = self._rest.split(b"\n")
            for number, line in enumerate(lines):
                self.seen.append(json.loads(line))
                if wanted(self.seen[-1]):
                    self._rest = b"\n".join([*lines[number + 1:], self._rest])
                    return
            while not select.select([self._stream], [], [], 0.1)[0]:
                assert time.monotonic() < deadline, f"waited in vain; events so far: {self.seen}"
                provoke()
            self._rest += heard(self._stream, deadline)
