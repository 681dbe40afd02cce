# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks that are not mounted, and parts and directories that are removed in the middle: never a file that is not there."""

import os
import pathlib
import shutil

import pytest
from gi.repository import GLib

from support.client.checks import assert_file, leftovers, refused
from support.client.dbus_client import BusError
from support.client.haulierctl import Ctl
from support.content import body
from support.servers.response_script import Script

MEBI = 1 << 20
DATA = body(3 * MEBI)


def half_fetched(stack, folder, suspend=True, then="stall", gate=False, **options):
    """A job of which one of three mebibytes is here."""
    server = stack.fault_server()
    resource = server.add("/f", DATA)
    resource.next_scripts(Script(send=MEBI, then=then, gate=gate))
    job = stack.manager.create(files=[(server.url("/f"), folder / "f")], MinimumRetryDelay=5, Resume=True, **options)
    job.wait_bytes(MEBI)
    if suspend:
        job.suspend()
        stack.wait_durable(folder / "f", MEBI)
    return server, job


def wait_storage(job) -> None:
    """Waits until the job waits for its disk, and checks that it has forgotten nothing."""
    job.wait_property("WaitReason", lambda reason: reason == ("storage", 0))
    assert job.state == "transient-error"
    context, name, _code, sentence, index = job.get("Error")
    assert (context, name, index) == ("local-file", "local-file", 0) and sentence
    assert job.get("BytesTransferred") == MEBI


def assert_went_on(server, job, target) -> None:
    """Transferred without a verb, from the checkpoint."""
    job.wait_state("transferred", seconds=40)
    assert [r.range for r in server.of("/f")] == ["", f"bytes={MEBI}-"]
    assert job.complete() == ("complete", 1, 0)
    assert_file(target, DATA)


# ---- 6: the disk is not mounted ----

class Swap:
    """A disk by way of names: no root needed."""

    def __init__(self, folder: pathlib.Path):
        self.folder, self.away = folder, folder.with_name("away")
        folder.mkdir()

    def remove(self) -> None:
        self.folder.rename(self.away)
        self.folder.mkdir()

    def bring_back(self) -> None:
        self.folder.rmdir()
        self.away.rename(self.folder)


class Mounted:
    """A disk that is mounted at the folder, whose mount point is an empty directory."""

    def __init__(self, mounts, folder: pathlib.Path, disk: pathlib.Path):
        self.mounts, self.folder, self.disk = mounts, folder, disk
        folder.mkdir()
        disk.mkdir()
        mounts.tmpfs(disk)
        mounts.bind(disk, folder)

    def remove(self) -> None:
        self.mounts.unmount(self.folder)

    def bring_back(self) -> None:
        self.mounts.bind(self.disk, self.folder)

    def take_down(self) -> None:
        for folder in (self.folder, self.disk):
            if folder.is_mount():
                self.mounts.unmount(folder)


@pytest.fixture
def swap(stack):
    return Swap(stack.downloads / "disk")


@pytest.fixture
def mounted(mounts, stack):
    disk = Mounted(mounts, stack.downloads / "disk", stack.directory / "disk")
    yield disk
    disk.take_down()


@pytest.fixture(params=["a-mount", "b-rename"])
def disk(request):
    return request.getfixturevalue("mounted" if request.param == "a-mount" else "swap")


def test_field_06_the_disk_is_not_mounted(disk, stack):
    """The job waits for `storage`, without a date, writes nothing into the empty mount point, and goes on by itself from the
    checkpoint when the disk is back."""
    server, job = half_fetched(stack, disk.folder)
    disk.remove()
    job.resume()
    wait_storage(job)
    assert leftovers(disk.folder) == [] and len(server.requests) == 1
    disk.bring_back()
    assert_went_on(server, job, disk.folder / "f")


def test_field_06_sibling_after_a_reboot_without_the_disk(disk, stack):
    """The same for a daemon that starts while the disk is away, with a job that was running."""
    server, job = half_fetched(stack, disk.folder, suspend=False)
    stack.wait_durable(disk.folder / "f", MEBI)
    stack.kill_daemon()
    disk.remove()
    stack.start()
    wait_storage(job)
    assert leftovers(disk.folder) == []
    disk.bring_back()
    assert_went_on(server, job, disk.folder / "f")


def test_field_06_sibling_resume_looks_again_and_harms_nothing(mounted, stack):
    """Resume tries at once: while another file system is in the disk's place nothing is begun there, and when the disk is back
    the file goes on."""
    server, job = half_fetched(stack, mounted.folder)
    mounted.remove()
    for _ in range(3):
        job.resume()
        wait_storage(job)
    assert leftovers(mounted.folder) == [] and len(server.requests) == 1
    mounted.bring_back()
    job.resume()
    assert_went_on(server, job, mounted.folder / "f")


def test_field_06_sibling_complete_without_the_disk(disk, stack):
    """A transferred job whose disk is away is not completed: Complete says so, and works when the disk is back."""
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), disk.folder / "f")], Resume=True)
    job.wait_state("transferred")
    disk.remove()
    with refused("LocalFile"):
        job.complete()
    assert leftovers(disk.folder) == []
    disk.bring_back()
    stack.client.wait(lambda: completes(job), "Complete to work")
    assert_file(disk.folder / "f", DATA)
    assert len(server.requests) == 1


def completes(job) -> bool:
    try:
        return job.complete() == ("complete", 1, 0)
    except BusError as error:
        assert error.name in ("LocalFile", "InvalidState"), error
        return False


def test_field_06_sibling_the_other_files_go_on(swap, stack):
    """Only the files on that disk wait."""
    server, job = half_fetched(stack, swap.folder)
    server.add("/g", DATA)
    swap.remove()
    job.add_file(server.url("/g"), stack.downloads / "g")
    job.resume()
    stack.client.wait(lambda: job.files()[1]["Transferred"], "the file on the other disk")
    wait_reason = job.wait_property("WaitReason", lambda reason: reason[0] == "storage")
    assert wait_reason[1] == 0 and job.state == "transient-error"
    swap.bring_back()
    job.wait_state("transferred", seconds=40)


def test_field_06_sibling_show_says_that_the_disk_is_away(swap, stack):
    """`haulierctl show` names the reason."""
    _server, job = half_fetched(stack, swap.folder)
    swap.remove()
    job.resume()
    wait_storage(job)
    assert "mounted" in Ctl(stack)("show", job.id).out


def test_field_06_counter_check_a_part_that_was_deleted(stack):
    """A part that is gone while its directory is the same is fetched again."""
    server, job = half_fetched(stack, stack.downloads)
    pathlib.Path(job.files()[0]["TemporaryName"]).unlink()
    job.resume()
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "f", DATA)
    assert len(server.requests) == 2


# ---- 9: the part is taken away while it is written ----

def temporary(job) -> pathlib.Path:
    return pathlib.Path(job.files()[0]["TemporaryName"])


def moving(stack, folder):
    """A job that waits in the middle of its file until the gate of the resource is opened."""
    server, job = half_fetched(stack, folder, suspend=False, then="finish", gate=True)
    return server, job


def assert_comes_true(job, target) -> None:
    """Whatever became of the job: with Resume it is transferred, and Complete gives the whole file its name."""
    if job.wait_state("transferred", "error", unless=("cancelled",), seconds=30) == "error":
        assert job.get("Error")[:2] == ("local-file", "local-file") and job.get("Error")[3]
        job.resume()
        job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert_file(target, DATA)


HARMS = {
    "unlinked": os.unlink,
    "renamed": lambda path: path.rename(path.with_name("elsewhere")),
    "replaced by another": lambda path: (path.unlink(), path.write_bytes(b"not ours")),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_field_09a_the_part_is_taken_away_while_it_is_written(field, harm):
    """A file is called transferred only if its name is what was written: otherwise it is fetched again, or the job is in error
    and Resume fetches it."""
    stack = field(Transfer={"StallTimeout": "60s"})
    server, job = moving(stack, stack.downloads)
    harm(temporary(job))
    server.resources["/f"].gate.set()
    assert_comes_true(job, stack.downloads / "f")


def test_field_09b_the_directory_is_moved_away(field):
    """With another directory in its place the job is never transferred, and goes on when the directory is back."""
    stack = field(Transfer={"StallTimeout": "60s"})
    swap = Swap(stack.downloads / "disk")
    server, job = moving(stack, swap.folder)
    swap.remove()
    server.resources["/f"].gate.set()
    job.wait_state("transient-error", "error", unless=("transferred",))
    assert leftovers(swap.folder) == []
    swap.bring_back()
    job.resume()
    assert_comes_true(job, swap.folder / "f")


def test_field_09a_the_part_is_replaced_by_a_link(field):
    """A link in its place is not touched: the job says so, and Resume fetches the file when the link is gone."""
    stack = field(Transfer={"StallTimeout": "60s"})
    server, job = moving(stack, stack.downloads)
    part = temporary(job)
    other = part.with_name("other")
    part.rename(other)
    part.symlink_to(other)
    server.resources["/f"].gate.set()
    job.wait_state("error")
    assert job.get("Error")[:2] == ("local-file", "local-file") and "symbolic link" in job.get("Error")[3]
    assert part.is_symlink()
    part.unlink()
    job.resume()
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "f", DATA)


def test_field_09c_the_directory_is_deleted(field):
    """Without its directory a job is never transferred, and Resume is a way out once there is one again."""
    stack = field(Transfer={"StallTimeout": "60s"})
    folder = stack.downloads / "folder"
    folder.mkdir()
    server, job = moving(stack, folder)
    shutil.rmtree(folder)
    server.resources["/f"].gate.set()
    job.wait_state("transient-error", "error", unless=("transferred",))
    folder.mkdir()
    job.resume()
    stack.client.wait(lambda: resumed_to_transferred(job), "the job to be transferred after Resume", 40)
    assert job.complete() == ("complete", 1, 0)
    assert_file(folder / "f", DATA)


def resumed_to_transferred(job) -> bool:
    """For a directory that does not come back, a second Resume says that the new one is meant."""
    state = job.state
    if state in ("error", "transient-error"):
        job.resume()
    return state == "transferred"


def test_field_09d_the_part_is_deleted_after_the_transfer(stack):
    """Complete fails with LocalFile; Resume fetches the file again, and then Complete works."""
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transferred")
    temporary(job).unlink()
    with refused("LocalFile"):
        job.complete()
    job.resume()
    server.wait(lambda: len(server.requests) == 2, "the second fetch")
    job.wait_state("transferred", unless=("cancelled",))
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "f", DATA)


def test_field_09_sibling_auto_complete_of_a_part_that_is_gone(field):
    """A job that completes itself does not end as complete without its file."""
    stack = field(Transfer={"StallTimeout": "60s"})
    server, job = half_fetched(stack, stack.downloads, suspend=False, then="finish", gate=True, AutoComplete=True)
    temporary(job).unlink()
    server.resources["/f"].gate.set()
    stack.client.wait(lambda: (stack.downloads / "f").exists() or job.state == "error", "the file or an error")
    if not (stack.downloads / "f").exists():
        job.resume()
        stack.client.wait(lambda: (stack.downloads / "f").exists(), "the file")
    assert_file(stack.downloads / "f", DATA)


# ---- the permissions that a person expects ----

@pytest.mark.parametrize("umask", [0o077, 0o022, 0o002, 0o000])
def test_field_permissions_come_from_the_umask_of_the_caller(stack, umask):
    """With the option Umask the file gets what open() with 0666 would have made under it; an explicit Mode wins."""
    server = stack.fault_server()
    server.add("/f", b"content")
    files = [(server.url("/f"), stack.downloads / "plain"), (server.url("/f"), stack.downloads / "given", {"Mode": 0o604})]
    job = stack.manager.create(files=files, Resume=True, Umask=GLib.Variant("u", umask))
    job.wait_state("transferred")
    job.complete()
    assert (stack.downloads / "plain").stat().st_mode & 0o7777 == 0o666 & ~umask
    assert (stack.downloads / "given").stat().st_mode & 0o7777 == 0o604


def test_field_permissions_of_the_command_are_those_of_its_shell(stack):
    """`haulierctl get` sends its umask."""
    server = stack.fault_server()
    server.add("/f", b"content")
    Ctl(stack)("get", server.url("/f"), "f", umask=0o027)
    assert (stack.downloads / "f").stat().st_mode & 0o7777 == 0o640
