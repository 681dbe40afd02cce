# SPDX-License-Identifier: LGPL-2.1-or-later
"""RemoveFiles: files that leave their job."""

import signal

from support.client.checks import assert_file, part_files, refused
from support.client.file_errors import wait_transferred_file
from support.content import body
from support.processes import Pidfd
from support.servers.response_script import Script

CONTENT = body(300_000)
STALLED = Script(send=150_000, then="stall")


def three_files(stack, **options):
    """The first file arrives, and the others stop in their middle."""
    server = stack.fault_server()
    for number in range(3):
        server.add(f"/{number}", CONTENT, script=STALLED if number else Script())
    files = [(server.url(f"/{n}"), stack.downloads / str(n)) for n in range(3)]
    job = stack.manager.create(files=files, Resume=True, **options)
    wait_transferred_file(job, 0)
    job.wait_bytes(len(CONTENT) + 2 * 150_000)
    return server, job


def wait_parts(stack, count: int) -> None:
    stack.client.wait(lambda: len(part_files(stack.downloads)) == count, f"{count} temporary files")


def test_the_others_keep_their_progress(stack):
    server, job = three_files(stack)
    assert "remove-files" in stack.manager.property("Features")
    job.remove_files(1)
    wait_parts(stack, 2)
    assert (job.get("FilesTotal"), job.get("FilesTransferred"), job.state) == (2, 1, "transferring")
    assert job.get("BytesTotal") == 2 * len(CONTENT)
    assert [file["State"] for file in job.files()] == ["transferred", "removed", "transferring"]
    with refused("InvalidState"):
        job.set_validation(1, True)
    job.remove_files(1)
    server.resources["/2"].script = Script()
    job.suspend()
    job.resume()
    job.wait_state("transferred")
    assert [request.range_start > 0 for request in server.of("/2")][-1], "the third file continued"
    assert len(server.of("/1")) == 1
    assert job.complete() == ("complete", 2, 0)
    assert_file(stack.downloads / "2", CONTENT)
    assert part_files(stack.downloads) == [] and not (stack.downloads / "1").exists()


def test_the_last_unfinished_ones_make_the_job_transferred(stack):
    callback = stack.callback()
    _server, job = three_files(stack, NotifyObject=callback.path)
    job.remove_files(2, 1)
    callback.wait("JobTransferred")
    assert job.state == "transferred"
    wait_parts(stack, 1)
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "0", CONTENT)


def test_a_job_goes_on_without_a_file_that_is_not_there(stack):
    server = stack.fault_server()
    server.add("/0", CONTENT)
    files = [(server.url(f"/{n}"), stack.downloads / str(n)) for n in range(2)]
    job = stack.manager.create(files=files, OnFileError="continue", Resume=True)
    job.wait_state("error", unless=())
    job.remove_files(1)
    assert job.state == "transferred" and job.get("FilesFailed") == 0 and job.get("Error")[1] == ""
    assert job.complete() == ("complete", 1, 0)


def test_the_last_of_all_leaves_the_job_suspended(stack):
    server, job = three_files(stack)
    job.remove_files(0, 1, 2)
    assert (job.state, job.get("WaitReason")[0], job.get("FilesTotal")) == ("suspended", "empty", 0)
    assert (job.get("BytesTotal"), job.get("BytesTransferred"), job.get("Target")) == (0, 0, "")
    wait_parts(stack, 0)
    with refused("Empty"):
        job.resume()
    assert job.add_file(server.url("/0"), stack.downloads / "new") == 3
    job.resume()
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "new", CONTENT)


def test_it_is_all_or_nothing(stack):
    _server, job = three_files(stack)
    job.complete_files(0)
    with refused("InvalidState"):
        job.remove_files(1, 0)
    with refused("InvalidArgument"):
        job.remove_files(1, 7)
    with refused("InvalidArgument"):
        job.remove_files()
    assert job.get("FilesTotal") == 3 and job.files()[1]["State"] == "transferring"


def test_it_is_known_after_a_crash_and_nothing_is_left(stack):
    """Both die before the temporary file is deleted."""
    _server, job = three_files(stack)
    with Pidfd(stack.worker_pid()) as worker:
        worker.send(signal.SIGSTOP)
        job.remove_files(1)
        stack.kill_daemon()
        worker.kill()
    stack.start()
    assert [file["State"] == "removed" for file in job.files()] == [False, True, False]
    assert job.get("FilesTotal") == 2
    assert job.complete() == ("partial", 1, 1)
    assert_file(stack.downloads / "0", CONTENT)
    assert part_files(stack.downloads) == []
