# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenFile: a descriptor of a finished file."""

import os

import pytest

from support.bus.system_bus import BERT
from support.client.checks import refused
from support.content import body
from support.daemon.system_stack import SystemStack
from support.servers.response_script import Script

CONTENT = body(300_000)


def content(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()


def two_files(stack, **options):
    """The first file arrives, the second waits in its middle."""
    server = stack.fault_server()
    server.add("/0", CONTENT)
    server.add("/1", CONTENT, script=Script(send=150_000, gate=True, then="finish"))
    files = [(server.url(f"/{n}"), stack.downloads / str(n)) for n in range(2)]
    job = stack.manager.create(files=files, Resume=True, **options)
    server.wait_sent("/1", 150_000)
    stack.client.wait(lambda: job.files()[0]["Transferred"], "the first file")
    return server, job


def test_a_finished_file_is_opened_before_and_after_it_has_its_name(stack):
    assert "open-file" in stack.manager.property("Features")
    server, job = two_files(stack)
    early = job.open_file(0)
    with refused("Pending"):
        job.open_file(1)
    with refused("InvalidArgument"):
        job.open_file(2)
    job.complete_files(0)
    assert os.fstat(early).st_ino == (stack.downloads / "0").stat().st_ino
    with pytest.raises(OSError):
        os.write(early, b"x")
    assert content(early) == content(job.open_file(0)) == CONTENT
    (stack.downloads / "0").rename(stack.downloads / "old")
    (stack.downloads / "0").write_bytes(b"another file")
    with refused("LocalFile"):
        job.open_file(0)
    server.resources["/1"].gate.set()


def test_the_descriptor_outlives_daemon_job_and_name(stack):
    _server, job = two_files(stack)
    stack.kill_daemon()
    descriptor = job.open_file(0)
    job.cancel()
    assert content(descriptor) == CONTENT
    with refused("InvalidState"):
        job.open_file(0)


def test_many_descriptors_in_a_row(stack):
    _server, job = two_files(stack)
    before = len(os.listdir(f"/proc/{stack.daemon_pid()}/fd"))
    for _ in range(100):
        os.close(job.open_file(0))
    stack.client.wait(lambda: len(os.listdir(f"/proc/{stack.daemon_pid()}/fd")) <= before + 5, "the daemon to close its own")


def test_there_is_nothing_to_open(stack):
    server, job = two_files(stack)
    job.remove_files(0)
    with refused("InvalidState"):
        job.open_file(0)
    server.add("/same", script=Script(status=304))
    (stack.downloads / "same").write_bytes(b"old")
    same = stack.manager.create(files=[(server.url("/same"), stack.downloads / "same", {"IfNoneMatch": '"1"'})], Resume=True)
    same.wait_state("transferred")
    with refused("InvalidState"):
        same.open_file(0)
    source = stack.downloads / "source"
    source.write_bytes(b"x")
    upload = stack.manager.create(job_type="upload", files=[(server.url("/up"), source)])
    with refused("NotSupported"):
        upload.open_file(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")
def test_files_are_for_their_owner_and_root(new_stack):
    machine = new_stack(kind=SystemStack)
    server = machine.fault_server()
    server.add("/0", CONTENT)
    job = machine.manager.create(files=[(server.url("/0"), machine.downloads / "0")], Resume=True)
    job.wait_state("transferred")
    machine.polkit(lambda _: "yes")
    administrator = type(job)(machine.user(BERT), job.path)
    assert administrator.state == "transferred"
    with refused("AccessDenied"):
        administrator.open_file(0)
    assert content(type(job)(machine.user(0), job.path).open_file(0)) == CONTENT
