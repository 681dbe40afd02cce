# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client that makes random calls, one at a time, and what they promise: which jobs there must be after those of its calls
that were answered, and after the one that was not."""

import dataclasses
import pathlib
import random
from collections.abc import Callable

from ..content import body
from ..daemon.stack import Stack
from ..servers.response_script import Script
from ..servers.scripted_tus import ScriptedTus
from .dbus_client import BusError, Job

KIBI, MEBI = 1 << 10, 1 << 20
MOST = 36 * MEBI  # of all downloads together


@dataclasses.dataclass(frozen=True)
class Expected:
    """A job by its calls. `ended`: "", "cancelled" or "completed"."""
    id: str
    files: dict[pathlib.Path, bytes]  # what is downloaded
    sent: bytes = b""                 # what is uploaded
    description: str = ""
    ended: str = ""


@dataclasses.dataclass
class Call:
    job: str
    outcome: Callable[[Expected | None], Expected | None]


class RandomClient:
    """`mark` is told "call N" before call N is made, and "answer N" when it was answered."""

    def __init__(self, stack: Stack, chance: random.Random, mark: Callable[[str], None]):
        self.stack, self.chance, self.mark = stack, chance, mark
        self.server = stack.fault_server()
        self.nginx = stack.nginx(writable=True)
        self.tus = ScriptedTus(stack.fault_server())
        self.sources = stack.directory / "sources"
        self.sources.mkdir()
        self.calls: list[Call] = []
        self.jobs: dict[str, Job] = {}
        self.contents: dict[str, bytes] = {}  # of each file, by its path
        self.bytes = 0

    # ---- what must be true ----

    def possible(self, marks: list[str]) -> dict[str, list[Expected | None]]:
        """What may be there of each job when these marks were made: one possibility, or two if a call was on its way."""
        answered = {int(mark.split()[1]) for mark in marks if mark.startswith("answer ")}
        made = [int(mark.split()[1]) for mark in marks if mark.startswith("call ")]
        found: dict[str, list[Expected | None]] = {call.job: [None] for call in self.calls}
        for number in made:
            call = self.calls[number]
            before = found[call.job]
            after = [call.outcome(each) for each in before]
            found[call.job] = after if number in answered else before + after
        return found

    def _now(self) -> dict[str, Expected]:
        """The jobs that have not ended."""
        found: dict[str, Expected | None] = {}
        for call in self.calls:
            found[call.job] = call.outcome(found.get(call.job))
        return {name: job for name, job in found.items() if job and not job.ended}

    # ---- calls ----

    def _call(self, name: str, make: Callable[[], object], outcome: Callable[[Expected | None], Expected | None]) -> None:
        number = len(self.calls)
        self.calls.append(Call(name, outcome))
        self.mark(f"call {number}")
        try:
            make()
        except BusError as error:
            assert error.name == "InvalidState", error  # it ended meanwhile
            self.calls[number].outcome = lambda job: job
        self.mark(f"answer {number}")

    def step(self) -> None:
        jobs = self._now()
        steps = [self.create_small, self.create_large, self.create_upload] if len(jobs) < 8 else []
        if jobs:
            steps += [self.add_files, self.describe, self.suspend_or_resume, self.complete, self.complete, self.cancel]
        step = self.chance.choice(steps)
        step() if not jobs or step.__name__.startswith("create") else step(*self.chance.choice(sorted(jobs.items())))

    def _files(self, count: int, smallest: int, largest: int, rate: int = 0) -> list[tuple[str, pathlib.Path, bytes]]:
        made = []
        for _ in range(count):
            number = len(self.contents) + 1
            size = self.chance.randint(smallest, largest)
            if self.bytes + size > MOST:
                size = self.chance.randint(0, KIBI)
            self.bytes += size
            path = self.stack.downloads / f"file-{number}"
            content = self.contents[str(path)] = body(size, number)
            self.server.add(f"/{number}", content, script=Script(rate=rate))
            made.append((self.server.url(f"/{number}"), path, content))
        return made

    def _create(self, files: list[tuple[str, pathlib.Path, bytes]], sent: bytes = b"", **options) -> None:
        name = f"job {len(self.calls)}"
        given = [(url, path) for url, path, _ in files]

        def make() -> None:
            self.jobs[name] = self.stack.manager.create(name, files=given, Resume=self.chance.random() < 0.9,
                                                        MinimumRetryDelay=5, **options)
        downloads = {} if sent else {path: content for _, path, content in files}
        self._call(name, make, lambda _: Expected(self.jobs[name].id if name in self.jobs else "", downloads, sent))

    def create_small(self) -> None:
        self._create(self._files(self.chance.randint(5, 60), 0, 12 * KIBI))

    def create_large(self) -> None:
        self._create(self._files(self.chance.randint(1, 3), MEBI // 2, 4 * MEBI, self.chance.choice([MEBI, 3 * MEBI])),
                     Connections=self.chance.choice([0, 1, 3]))

    def create_upload(self) -> None:
        path = self.sources / f"source-{len(self.contents)}"
        content = self.contents[str(path)] = body(self.chance.randint(MEBI // 2, 3 * MEBI), len(self.contents))
        path.write_bytes(content)
        url = self.chance.choice([self.tus.url(), self.nginx.url(path.name)])
        self._create([(url, path, content)], content, job_type="upload", BandwidthLimit=2 * MEBI)

    def add_files(self, name: str, job: Expected) -> None:
        if job.sent:
            return
        files = self._files(self.chance.randint(1, 10), 0, MEBI // 4, MEBI)
        self._call(name, lambda: self.jobs[name].add_files([(url, path) for url, path, _ in files]),
                   lambda now: now and dataclasses.replace(now, files=now.files | {path: content for _, path, content in files}))

    def describe(self, name: str, _: Expected) -> None:
        text = f"described by call {len(self.calls)}"
        self._call(name, lambda: self.jobs[name].set("Description", text),
                   lambda now: now and dataclasses.replace(now, description=text))

    def suspend_or_resume(self, name: str, _: Expected) -> None:
        job = self.jobs[name]
        state = job.state
        if state == "suspended":
            self._call(name, job.resume, lambda now: now)
        elif state != "transferred":
            self._call(name, job.suspend, lambda now: now)

    def complete(self, name: str, _: Expected) -> None:
        job = self.jobs[name]
        values = job.all()
        if values["State"] != "transferred" or values["FilesTransferred"] != values["FilesTotal"]:
            return
        self._call(name, job.complete, lambda now: now and dataclasses.replace(now, ended="completed"))

    def cancel(self, name: str, _: Expected) -> None:
        self._call(name, self.jobs[name].cancel, lambda now: now and dataclasses.replace(now, ended="cancelled"))

    # ---- afterwards ----

    def hurry(self) -> None:
        """From now on the servers are as fast as they can."""
        for resource in self.server.resources.values():
            resource.script = Script()

    def arrived(self, content: bytes) -> bool:
        return content in self.tus.uploads.values() or any(
            path.read_bytes() == content for path in self.nginx.files.glob("source-*") if path.stat().st_size == len(content))
