# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks that are full, and folders where strangers play."""

import os
import pathlib

import pytest

from support.client.checks import assert_file, leftovers
from support.content import body
from support.servers.response_script import Script

MEBI = 1 << 20


def small_disk(stack, folder: pathlib.Path) -> None:
    """The daemon, and only it, sees a file system of 2 MiB at `folder`."""
    own = ["--map-current-user", "--keep-caps"] if os.geteuid() else []
    mount = f"mount -t tmpfs -o size=2m none '{folder}' && exec \"$@\""
    stack.bus.add_service("org.haulier.Haulier1",
                          ["unshare", "--mount", *own, "sh", "-c", mount, "sh", *stack.daemon_command()])


def test_a_full_disk_is_an_explained_error_and_can_be_repaired(stack):
    folder = stack.downloads / "disk"
    folder.mkdir()
    small_disk(stack, folder)
    server = stack.fault_server()
    content = body(MEBI + MEBI // 2)
    server.add("/f", content)
    seen = pathlib.Path(f"/proc/{stack.start()}/root{folder}")
    (seen / "ballast").write_bytes(bytes(MEBI))
    job = stack.manager.create(files=[(server.url("/f"), folder / "f")], Resume=True)
    job.wait_state("error", "transient-error", unless=())
    error = job.get("Error")
    assert error[:2] == ("local-file", "disk-full") and error[3]
    (seen / "ballast").unlink()
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(seen / "f", content)
    assert leftovers(seen) == ["f"]


def test_a_disk_that_fills_while_the_size_is_not_known(stack):
    folder = stack.downloads / "disk"
    folder.mkdir()
    small_disk(stack, folder)
    server = stack.fault_server()
    server.add("/f", body(3 * MEBI), script=Script(chunked=True))
    job = stack.manager.create(files=[(server.url("/f"), folder / "f")], Resume=True)
    job.wait_state("error", "transient-error", unless=())
    assert job.get("Error")[1] == "disk-full"
    seen = pathlib.Path(f"/proc/{stack.daemon_pid()}/root{folder}")
    job.cancel()
    assert leftovers(seen) == []


def test_a_directory_that_vanishes_while_the_job_waits(stack):
    server = stack.fault_server()
    server.add("/f", b"x")
    folder = stack.downloads / "folder"
    folder.mkdir()
    job = stack.manager.create(files=[(server.url("/f"), folder / "f")])
    folder.rmdir()
    job.resume()
    job.wait_state("error", unless=())
    assert job.get("Error")[:2] == ("local-file", "local-file")
    folder.mkdir()
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(folder / "f", b"x")


def test_a_symbolic_link_in_place_of_the_temporary_file_is_not_followed(stack):
    server = stack.fault_server()
    server.add("/f", body(100_000))
    victim = stack.directory / "victim"
    victim.write_bytes(b"precious")
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")])
    temporary = pathlib.Path(job.files()[0]["TemporaryName"])
    assert temporary.parent == stack.downloads
    temporary.symlink_to(victim)
    job.resume()
    job.wait_state("transferred", "error", unless=())
    assert victim.read_bytes() == b"precious"
    job.cancel()


@pytest.mark.parametrize("harm", [os.unlink, lambda path: os.truncate(path, 1000)], ids=["removed", "cut"])
def test_a_temporary_file_that_was_harmed_is_fetched_again(stack, harm):
    server = stack.fault_server()
    content = body(3 * MEBI)
    server.add("/f", content).next_scripts(Script(send=MEBI, then="stall"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_bytes(MEBI)
    job.suspend()
    harm(job.files()[0]["TemporaryName"])
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f", content)


def test_a_target_that_is_a_symbolic_link_is_replaced_not_followed(stack):
    server = stack.fault_server()
    server.add("/f", b"new")
    victim = stack.directory / "victim"
    victim.write_bytes(b"precious")
    target = stack.downloads / "f"
    target.symlink_to(victim)
    job = stack.manager.create(files=[(server.url("/f"), target)], Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert victim.read_bytes() == b"precious"
    assert not target.is_symlink() and target.read_bytes() == b"new"
