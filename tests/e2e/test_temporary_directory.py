# SPDX-License-Identifier: LGPL-2.1-or-later
"""TemporaryDirectory: temporary files that are not beside their targets."""

import os
import pathlib
import signal

import pytest

from support.client.checks import assert_file, assert_kept_without_a_request, leftovers, part_files, refused
from support.content import body
from support.servers.response_script import Script

CONTENT = body(300_000)
HALF = Script(send=150_000, gate=True, then="finish")
# On most machines the only other file system on which everyone may write.
MEMORY = pathlib.Path("/dev/shm")


@pytest.fixture
def parts(stack) -> pathlib.Path:
    folder = stack.directory / "parts"
    folder.mkdir()
    return folder


def half_fetched(stack, parts, **options):
    server = stack.fault_server()
    server.add("/file", CONTENT, script=HALF)
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], TemporaryDirectory=str(parts),
                               Resume=True, **options)
    server.wait_sent("/file", 150_000)
    stack.client.wait(lambda: part_files(parts), "the temporary file")
    return server, job


def test_the_file_moves_when_it_is_completed(stack, parts):
    assert "temporary-directory" in stack.manager.property("Features")
    server, job = half_fetched(stack, parts)
    (part,) = part_files(parts)
    assert job.files()[0]["TemporaryName"] == str(parts / part)
    assert leftovers(stack.downloads) == []
    server.resources["/file"].gate.set()
    job.wait_state("transferred")
    with open(job.open_file(0), "rb") as file:
        assert file.read() == CONTENT
    assert leftovers(stack.downloads) == []
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "file", CONTENT)
    assert leftovers(parts) == []


def test_a_name_is_taken_where_the_file_will_be(stack, parts):
    server = stack.fault_server()
    server.add("/file", CONTENT)
    target = stack.downloads / "file"
    (parts / "file").write_text("another one")
    job = stack.manager.create(files=[(server.url("/file"), target, {"Existing": "keep"})], TemporaryDirectory=str(parts))
    assert_kept_without_a_request(job, server, target, CONTENT)


def test_small_files_that_get_their_names_at_once(stack, parts):
    server = stack.fault_server()
    files = []
    for n in range(20):
        server.add(f"/{n}", CONTENT[:n * 100])
        files.append((server.url(f"/{n}"), stack.downloads / str(n)))
    job = stack.manager.create(files=files, TemporaryDirectory=f"{parts}/", PublishFiles="each", Resume=True)
    job.wait_state("transferred")
    for n in range(20):
        assert_file(stack.downloads / str(n), CONTENT[:n * 100])
    assert leftovers(parts) == []


def test_the_download_goes_on_there_after_the_daemon_and_its_worker_were_killed(stack, parts):
    server, job = half_fetched(stack, parts, AutoComplete=True)
    (part,) = part_files(parts)
    inode = (parts / part).stat().st_ino
    stack.kill_daemon()
    server.resources["/file"].gate.set()
    stack.start()
    stack.client.wait(lambda: (stack.downloads / "file").exists(), "the file")
    assert (stack.downloads / "file").stat().st_ino == inode
    assert_file(stack.downloads / "file", CONTENT)
    assert leftovers(parts) == [] and job.id


@pytest.mark.parametrize("killed", [False, True])
def test_cancel_deletes_what_is_there(stack, parts, killed):
    _server, job = half_fetched(stack, parts)
    if killed:
        stack.signal_daemon(signal.SIGKILL)
    job.cancel()
    assert leftovers(parts) == [] and leftovers(stack.downloads) == []


def test_removed_and_failed_files_leave_nothing_there(stack, parts):
    _server, job = half_fetched(stack, parts)
    job.remove_files(0)
    stack.client.wait(lambda: leftovers(parts) == [], "the temporary file to be deleted")


def test_it_is_tried_when_a_file_is_added(stack, parts):
    url = stack.fault_server().url("/file")
    target = stack.downloads / "file"
    missing = stack.manager.create(TemporaryDirectory=str(parts / "missing"))
    with refused("LocalFile"):
        missing.add_file(url, target)
    if MEMORY.stat().st_dev != parts.stat().st_dev:
        with refused("LocalFile"):
            stack.manager.create(files=[(url, target)], TemporaryDirectory=str(MEMORY))
    job = stack.manager.create(TemporaryDirectory=str(stack.directory))
    job.set("TemporaryDirectory", str(parts))
    job.add_file(url, target)
    assert leftovers(parts) == [] and leftovers(stack.downloads) == []
    with refused("ReadOnlyAfterAddFile"):
        job.set("TemporaryDirectory", "")
    with refused("NotSupported"):
        stack.manager.create(job_type="upload", TemporaryDirectory=str(parts))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_is_refused(stack, parts):
    parts.chmod(0o500)
    with refused("LocalFile"):
        stack.manager.create(files=[(stack.fault_server().url("/f"), stack.downloads / "f")], TemporaryDirectory=str(parts))
