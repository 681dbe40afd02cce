# SPDX-License-Identifier: LGPL-2.1-or-later
"""The disks of the state and of the downloads fill, fail, become read-only, go away and come back at random moments. At the end
every job that was acknowledged is there, and every file is here and right, without a call of a client."""

import pytest

from support.chance import rounds, seeded
from support.client.checks import assert_file, part_files
from support.client.dbus_client import BusError, Job
from support.content import body
from support.ext4_disk import Ext4Disk
from support.servers.response_script import Script

MEBI = 1 << 20
CONFIG = {"Transfer": {"CheckpointBytes": "256K", "CheckpointInterval": "200ms", "KeepFree": "1M"},
          "Scheduler": {"MaxBackgroundJobs": "100"}}


class Trouble:
    """One thing that happens to a disk, and its cure."""

    def __init__(self, chance, disk: Ext4Disk, is_state: bool):
        self.disk = disk
        kinds = ["fill", "read_only", "fail"] + ([] if is_state else ["unmount"])
        self.kind = chance.choice(kinds)
        self.begin()

    def begin(self) -> None:
        if self.kind == "fill":
            self.filler = self.disk.fill()
        elif self.kind == "read_only":
            self.disk.abort()
        elif self.kind == "fail":
            self.disk.fail()
        else:
            self.disk.unmount()

    def end(self) -> None:
        if self.kind == "fill":
            self.filler.unlink()
        elif self.kind in ("read_only", "fail"):
            self.disk.replace()
        else:
            self.disk.mount()


@pytest.fixture
def disks(ext4, new_stack):
    stack = new_stack(CONFIG)
    return stack, ext4(stack.state, 32), ext4(stack.downloads / "disk", 64)


def create(stack, server, folder, number):
    """None if it was refused with an error, which is allowed."""
    content = body(2 * MEBI + number, seed=number)
    server.add(f"/{number}", content, script=Script(rate=2 * MEBI))
    try:
        job = stack.manager.create(files=[(server.url(f"/{number}"), folder / str(number))], Resume=True, MinimumRetryDelay=5)
    except BusError as error:
        assert error.daemon_died or error.name in ("Store", "LocalFile"), error
        return None
    return job, content


def completes(job) -> bool:
    """A database that failed still refuses changes for some seconds."""
    try:
        return job.complete() == ("complete", 1, 0)
    except BusError as error:
        assert error.daemon_died or error.name == "Store", error
        return False


def trouble_once(stack, state, downloads, server, chance, number):
    jobs = {}
    for each in range(number, number + 3):
        if made := create(stack, server, downloads.folder, each):
            jobs[each] = made
    stack.client.pause(chance.uniform(0, 1.5))
    is_state = chance.random() < 0.5
    trouble = Trouble(chance, state if is_state else downloads, is_state)
    print(f"  {'state' if is_state else 'downloads'}: {trouble.kind}", flush=True)
    stack.client.pause(chance.uniform(0, 2))
    # A new job would use the empty mount point.
    if trouble.kind != "unmount" and (made := create(stack, server, downloads.folder, number + 3)):
        jobs[number + 3] = made
    stack.client.pause(chance.uniform(0, 2))
    trouble.end()
    for each, (job, content) in jobs.items():
        Job(stack.client, job.path).wait_state("transferred", seconds=90)
        stack.client.wait(lambda job=job: completes(job), "Complete to be carried out", 30)
        assert_file(downloads.folder / str(each), content)
        (downloads.folder / str(each)).unlink()
    assert not part_files(downloads.folder)


def test_disks_in_trouble(disks):
    stack, state, downloads = disks
    chance = seeded()
    server = stack.fault_server()
    for number in range(rounds(2)):
        trouble_once(stack, state, downloads, server, chance, 4 * number)
