# SPDX-License-Identifier: LGPL-2.1-or-later
"""Power cuts at random moments. The disks record what is written to them while a client makes calls. For each cut, they are
made anew with everything that was flushed and a part of what was not, and the daemon is started on them."""

import contextlib
import pathlib
import shutil
import sqlite3
import time

import pytest

from support.chance import is_campaign, rounds, seeded
from support.client.checks import assert_file, part_files
from support.client.dbus_client import BusError, Job
from support.client.random_client import Expected, RandomClient
from support.content import body
from support.recording_disk import LoopMount, Record, Recorder, Unsound, make_image, reason_to_skip, run

KINDS = ["ext4", "xfs", "btrfs"] if is_campaign() else ["ext4"]
CONFIG = {"Transfer": {"CheckpointBytes": "256K", "CheckpointInterval": "200ms", "KeepFree": "1M"},
          "Scheduler": {"MaxBackgroundJobs": "100"}}
CUTS = 10 if is_campaign() else 3  # of each recording
MOST_UNSOUND = 1  # file systems that cannot be mounted, and one in ten
SECONDS = 6 if is_campaign() else 4

pytestmark = pytest.mark.skipif(bool(reason_to_skip(KINDS)), reason=reason_to_skip(KINDS))


class Machine:
    """A stack whose state and downloads are on these disks: on one, or on two of them."""

    def __init__(self, stack, mounts, count: int):
        self.stack, self.mounts = stack, mounts
        self.roots = [stack.directory / f"disk-{number}" for number in range(count)]
        self.folders = {stack.state: self.roots[0] / "state", stack.downloads: self.roots[-1] / "downloads"}
        for folder in (stack.state, *self.roots):
            folder.mkdir(exist_ok=True)

    @contextlib.contextmanager
    def on(self, images: list[pathlib.Path]):
        with contextlib.ExitStack() as stack:
            for image, root in zip(images, self.roots):
                disk = LoopMount(self.mounts, image, root)
                stack.callback(self.stack.client.wait, lambda disk=disk: not disk.is_attached(), "the disk to be free")
                stack.callback(disk.remove)
            for folder, place in self.folders.items():
                place.mkdir(mode=0o700, exist_ok=True)
                self.mounts.bind(place, folder)
                stack.callback(self.mounts.unmount, folder)
            stack.callback(self.stack.stop_daemon)
            yield


class Recording:
    """What a client did for some seconds, and all that was written meanwhile."""

    def __init__(self, stack, mounts, kind: str, disks: int, chance):
        self.machine = Machine(stack, mounts, disks)
        self.bases = [make_image(stack.directory / f"{number}.base", kind) for number in range(disks)]
        recorder = Recorder(mounts, stack.directory, self.bases, stack.client.wait)
        self.client = RandomClient(stack, chance, recorder.mark)
        with self.machine.on(recorder.disks):
            recorder.mark("begin")
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                self.client.step()
                stack.client.pause(chance.choice([0, 0.05, 0.2]))
            recorder.mark("end")
            stack.kill_daemon()
        self.record = recorder.stop()
        self.marks = self.record.marks()
        self.client.hurry()

    def place(self, chance) -> int:
        """Right after an answer, when much was promised; right before a flush of many writes; or anywhere."""
        first, last = self.marks[0][0] + 1, self.marks[-1][0]
        answers = [place + 1 for place, text in self.marks if text.startswith("answer")]
        flushes = {place: writes for place, writes in self.record.flushes().items() if first <= place < last}
        return chance.choice([chance.choice(answers), chance.choices(list(flushes), list(flushes.values()))[0],
                              chance.randint(first, last)])

    def cut(self, chance) -> int:
        """Returns the number of offsets that the database claimed."""
        place = self.place(chance)
        images = [base.with_suffix(".image") for base in self.bases]
        kept = [self.record.cut(place, number, base, image, chance)
                for number, (base, image) in enumerate(zip(self.bases, images))]
        possible = self.client.possible([text for at, text in self.marks if at < place])
        print(f"  cut at {place} of {len(self.record.entries)}: {'; '.join(kept)}", flush=True)
        stack = self.machine.stack
        with self.machine.on(images):
            claims = check_disks(stack, self.client.contents, possible)
            check_daemon(stack, self.client, possible)
        return claims


# ---- what is on the disks before the daemon starts ----

def check_disks(stack, contents: dict[str, bytes], possible: dict[str, list[Expected | None]]) -> int:
    """Looks at a copy of the database, because looking at the database itself would write to it."""
    if not (stack.state / "haulier.db").exists():
        assert all(None in jobs for jobs in possible.values())
        return 0
    copy = stack.directory / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(stack.state, copy)
    with contextlib.closing(sqlite3.connect(copy / "haulier.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not database.execute("SELECT * FROM sqlite_master WHERE name = 'discards'").fetchall():
            return 0  # the power failed when it was being created
        check_ended(database, stack.downloads, possible)
        return check_claims(database, contents)


CLAIMS = """SELECT job, files.number, local, durable, pieces, transferred, completed, temporary_number FROM files JOIN jobs ON jobs.id = job
            LEFT JOIN details USING (job, number) WHERE type = 'download' AND state <> 'cancelled'"""


def check_claims(database: sqlite3.Connection, contents: dict[str, bytes]) -> int:
    """Every byte that the database claims is on the disk. Returns the number of claims."""
    claims = 0
    for job, number, local, durable, pieces, transferred, completed, part in database.execute(CLAIMS):
        content, target = contents[local], pathlib.Path(local)
        temporary = target.with_name(f".haulier-{job}-{number}{f'.{part:016x}' if part else ''}.part")
        if transferred:
            durable = len(content)
        if not durable and not transferred:
            continue
        claims += 1
        there = target if completed or not temporary.exists() else temporary
        claimed = [(0, durable)] if transferred or not pieces else [tuple(map(int, piece.split("+"))) for piece in pieces.split()]
        assert sum(length for _, length in claimed) == durable
        stored = there.read_bytes() if there.exists() else b""
        for offset, length in claimed:
            assert stored[offset:offset + length] == content[offset:offset + length], (
                f"{there.name} has not the {length} bytes at {offset} that the database claims")
    return claims


def check_ended(database: sqlite3.Connection, downloads: pathlib.Path, possible: dict[str, list[Expected | None]]) -> None:
    """Files of completed jobs are whole, and what was downloaded for cancelled ones is gone or still to be deleted."""
    deletions = {name for (name,) in database.execute("SELECT temporary FROM discards")}
    for jobs in possible.values():
        job = jobs[0]
        if len(jobs) > 1 or not job:
            continue
        if job.ended == "completed":
            for path, content in job.files.items():
                assert_file(path, content)
        if job.ended == "cancelled":
            assert not {path.name for path in downloads.glob(f".haulier-{job.id}-*")} - deletions


# ---- what the daemon makes of them ----

def is_as_expected(listed: dict[str, tuple[Job, dict]], name: str, expected: Expected | None) -> bool:
    if not expected or expected.ended:
        return name not in listed
    if name not in listed:
        return False
    job, _ = listed[name]
    if job.get("Description") != expected.description:
        return False
    return bool(expected.sent) or {file["LocalName"] for file in job.files()} == {str(path) for path in expected.files}


def jobs_of(stack) -> dict[str, tuple[Job, dict]]:
    return {values["DisplayName"]: (Job(stack.client, path), values) for path, values in stack.manager.list()}


def is_settled(stack) -> bool:
    """What was being completed when the power failed is completed at the next start."""
    return all(values["WaitReason"][0] != "completing" for _, values in jobs_of(stack).values())


def finish(job: Job) -> None:
    try:
        job.resume()
    except BusError as error:
        assert error.name == "Empty", error
    job.wait_state("transferred", seconds=60)
    assert job.complete()[0] == "complete"


def check_jobs(listed: dict[str, tuple[Job, dict]], possible: dict[str, list[Expected | None]]) -> dict[str, Expected | None]:
    """Which of the possibilities has come true of each job."""
    true = {}
    for name, ones in possible.items():
        matching = [one for one in ones if is_as_expected(listed, name, one)]
        assert matching, f"{name} is {listed.get(name)}, expected was {' or '.join(map(describe, ones))}"
        true[name] = matching[0]
    return true


def describe(job: Expected | None) -> str:
    return job.ended or f"{len(job.files)} files, '{job.description}'" if job else "nothing"


def check_daemon(stack, client: RandomClient, possible: dict[str, list[Expected | None]]) -> None:
    """It shows the jobs that it must, and finishes them with the right content."""
    stack.start()
    check_jobs(jobs_of(stack), {name: ones for name, ones in possible.items() if len(ones) == 1})
    stack.client.wait(lambda: is_settled(stack), "interrupted calls to be carried out")
    listed = jobs_of(stack)
    assert listed.keys() <= possible.keys()
    true = check_jobs(listed, possible)
    for job, _ in listed.values():
        finish(job)
    for name, job in true.items():
        if not job or job.ended == "cancelled":
            continue
        assert not job.sent or client.arrived(job.sent), f"{name} has not arrived"
        for path, content in job.files.items():
            assert_file(path, content)
    stack.client.wait(lambda: not part_files(stack.downloads), "temporary files of ended jobs to be deleted")


@pytest.mark.parametrize("kind", KINDS)
def test_power_cuts(new_stack, mounts, kind):
    chance = seeded()
    claims, sound, unsound = 0, 0, 0
    cuts = rounds(2 * CUTS)
    while sound < cuts:
        if sound % CUTS == 0:
            recording = Recording(new_stack(CONFIG), mounts, kind, 1 + sound // CUTS % 2, chance)
        try:
            claims += recording.cut(chance)
            sound += 1
        except Unsound:  # a file system may not survive that a superblock is written in part; another cut takes its place
            unsound += 1
            assert unsound <= MOST_UNSOUND + cuts / 10
        if kind == "btrfs":
            run("btrfs", "device", "scan", "--forget")
    print(f"{kind}: {cuts} cuts, {claims} claims, {unsound} file systems that could not be mounted")


# ---- a file that is written without the page cache ----

LARGE = (64 << 20) + 12_345
LARGE_CONFIG = {"Transfer": {"CheckpointBytes": "8M", "CheckpointInterval": "200ms", "KeepFree": "1M"}}


def record_large_file(stack, mounts, machine: Machine, base: pathlib.Path, url: str) -> Record:
    recorder = Recorder(mounts, stack.directory, [base], stack.client.wait)
    with machine.on(recorder.disks):
        stack.start()
        job = stack.manager.create(files=[(url, stack.downloads / "large")], Resume=True)
        job.wait_state("transferred", seconds=60)
        stack.kill_daemon()
    return recorder.stop()


def cut_large_file(stack, machine: Machine, image: pathlib.Path, content: bytes) -> int:
    """Returns the number of offsets that the database claimed."""
    target = stack.downloads / "large"
    with machine.on([image]):
        claims = check_disks(stack, {str(target): content}, {})
        stack.start()
        for job, _ in jobs_of(stack).values():
            if job.files():
                finish(job)
                assert_file(target, content)
        return claims


@pytest.mark.parametrize("kind", KINDS)
def test_power_cuts_while_a_large_file_is_fetched(new_stack, mounts, kind):
    chance = seeded()
    stack = new_stack(LARGE_CONFIG)
    machine = Machine(stack, mounts, 1)
    base = make_image(stack.directory / "large.base", kind, 160)
    content = body(LARGE)
    record = record_large_file(stack, mounts, machine, base, stack.nginx(rate="32m").add("large", content))
    flushes = [place for place in record.flushes() if place > len(record.entries) // 3]  # before, little is durable
    claims, unsound = 0, 0
    for _ in range(rounds(CUTS)):
        place = chance.choice([chance.choice(flushes), chance.choice(flushes) + 1, chance.randint(flushes[0], flushes[-1])])
        image = base.with_suffix(".image")
        print(f"  cut at {place} of {len(record.entries)}: {record.cut(place, 0, base, image, chance)}", flush=True)
        try:
            claims += cut_large_file(stack, machine, image, content)
        except Unsound:
            unsound += 1
            assert unsound <= MOST_UNSOUND + rounds(CUTS) / 10
    print(f"{kind}: {claims} claims, {unsound} file systems that could not be mounted")
