# SPDX-License-Identifier: LGPL-2.1-or-later
"""Temporary files of cancelled jobs that could not be deleted are deleted later; and temporary files of other users."""

import os
import pathlib
import stat

import pytest

from support.client.checks import assert_file, leftovers, part_files
from support.content import body
from support.servers.response_script import Script

MEBI = 1 << 20
DATA = body(3 * MEBI)
CONFIG = {"Transfer": {"CheckpointBytes": "64K", "CheckpointInterval": "200ms"}}


@pytest.fixture
def disk(mounts, new_stack):
    """The downloads are on a disk of their own."""
    stack = new_stack(CONFIG)
    folder, device = stack.downloads / "disk", stack.directory / "device"
    for path in (folder, device):
        path.mkdir()
    mounts.tmpfs(device)
    mounts.bind(device, folder)
    yield stack, folder, device, mounts
    stack.stop_daemon()
    for path in (folder, device):
        if path.is_mount():
            mounts.unmount(path)


def half_fetched(stack, folder):
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(send=MEBI, then="stall"))
    job = stack.manager.create(files=[(server.url("/f"), folder / "f")], Resume=True)
    job.wait_bytes(MEBI)
    job.suspend()
    assert part_files(folder)
    return job


def wait_deleted(stack, folder):
    """The daemon that starts next deletes what the last one could not."""
    stack.kill_daemon()
    stack.start()
    stack.client.wait(lambda: not part_files(folder), "the part to be deleted")
    stack.kill_daemon()  # what has been done is not forgotten
    stack.start()


def test_a_part_on_a_disk_that_was_read_only(disk):
    stack, folder, _device, mounts = disk
    job = half_fetched(stack, folder)
    stack.kill_worker()  # it may have the part open
    mounts.remount(folder, "ro")
    job.cancel()
    assert job.state == "cancelled" and part_files(folder)
    mounts.remount(folder, "rw")
    wait_deleted(stack, folder)


def test_a_part_on_a_disk_that_was_not_mounted(disk):
    stack, folder, device, mounts = disk
    job = half_fetched(stack, folder)
    stack.kill_worker()  # it may have the directory open
    mounts.unmount(folder)
    job.cancel()
    mounts.bind(device, folder)
    assert part_files(folder)
    wait_deleted(stack, folder)


def test_a_cancelled_part_does_not_come_back_after_a_power_cut(ext4, new_stack):
    """What the file system had not written when Cancel was answered is lost."""
    stack = new_stack(CONFIG)
    disk = ext4(stack.downloads / "disk")
    job = half_fetched(stack, disk.folder)
    job.cancel()
    disk.fail()
    stack.kill_daemon()
    disk.replace()
    assert not part_files(disk.folder)


def test_a_file_of_the_same_name_elsewhere_stays(disk):
    """A file in another directory is not deleted, even if it has the name."""
    stack, folder, device, mounts = disk
    job = half_fetched(stack, folder)
    name = part_files(folder)[0]
    stack.kill_worker()
    mounts.unmount(folder)
    job.cancel()
    (folder / name).write_bytes(b"of another machine")
    stack.kill_daemon()
    stack.start()
    stack.client.pause(2)
    assert leftovers(folder) == [name]


PLANTS = {
    "file": lambda path: path.write_bytes(b"theirs"),
    "pipe": os.mkfifo,
    "link": lambda path: path.symlink_to("/nowhere"),
    "folder": os.mkdir,
}


@pytest.mark.parametrize("plant", PLANTS)
def test_a_temporary_name_that_another_user_has_taken(new_stack, plant):
    """In a directory like /tmp it cannot be removed, so the file gets another name, which others cannot guess."""
    if os.geteuid() != 0:
        pytest.skip("files of another user need root")
    stack = new_stack(CONFIG)
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")])
    planted = pathlib.Path(job.files()[0]["TemporaryName"])
    PLANTS[plant](planted)
    os.chown(planted, 65534, 65534, follow_symlinks=False)
    stack.downloads.chmod(0o777 | stat.S_ISVTX)
    job.resume()
    job.wait_state("transferred")
    other = pathlib.Path(job.files()[0]["TemporaryName"])
    assert other != planted and other.parent == planted.parent and other.stat().st_size == len(DATA)
    job.complete()
    assert_file(stack.downloads / "f", DATA)
    assert part_files(stack.downloads) == [planted.name]
    if plant == "folder":
        planted.rmdir()


@pytest.mark.parametrize("plant", PLANTS)
def test_the_temporary_name_of_a_reply_that_another_user_has_taken(new_stack, plant):
    """As for a download. The reply can be read, gets its name with Complete, and nothing of it is left after Cancel."""
    if os.geteuid() != 0:
        pytest.skip("files of another user need root")
    stack = new_stack(CONFIG)
    server = stack.fault_server()
    server.rule = lambda request: Script(status=200, text=b"received")
    replies = stack.downloads / "replies"
    replies.mkdir()
    replies.chmod(0o777 | stat.S_ISVTX)
    (stack.downloads / "source").write_bytes(DATA)
    taken = []
    for end in ("complete", "cancel"):
        job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "source")], job_type="upload-reply",
                                   ReplyFileName=str(replies / end))
        taken.append(replies / f".haulier-{job.id}-{2**32 - 2}.part")
        PLANTS[plant](taken[-1])
        os.chown(taken[-1], 65534, 65534, follow_symlinks=False)
        job.resume()
        job.wait_state("transferred")
        assert job.reply_data() == b"received"
        job.call(end.capitalize())
    assert_file(replies / "complete", b"received")
    assert leftovers(replies) == sorted([path.name for path in taken] + ["complete"])
    if plant == "folder":
        for path in taken:
            path.rmdir()
