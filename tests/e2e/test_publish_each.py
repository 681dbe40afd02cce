# SPDX-License-Identifier: LGPL-2.1-or-later
"""PublishFiles and CompleteFiles: files that get their names while their job goes on."""

import contextlib
import os
import signal

import pytest
from gi.repository import GLib

from support.client.checks import assert_file, part_files, refused
from support.client.dbus_client import JOB, NAME, BusError
from support.client.file_errors import wait_file, wait_transferred_file
from support.content import body
from support.processes import Pidfd
from support.servers.response_script import Script

CONTENT = body(300_000)
HALF = Script(send=150_000, gate=True, then="finish")


def two_files(stack, **options):
    """The first file arrives, the second waits in its middle for its gate."""
    server = stack.fault_server()
    server.add("/0", CONTENT)
    server.add("/1", CONTENT, script=HALF)
    files = [(server.url(f"/{n}"), stack.downloads / str(n)) for n in range(2)]
    job = stack.manager.create(files=files, MinimumRetryDelay=5, Resume=True, **options)
    server.wait_sent("/1", 150_000)
    return server, job


def let_go(server) -> None:
    server.resources["/1"].gate.set()


def call_complete_files(stack, job, *indexes) -> list:
    """Returns a list that will have the answer, or None if there is none."""
    answers = []

    def answered(connection, result):
        try:
            answers.append(connection.call_finish(result).unpack()[0])
        except GLib.Error:
            answers.append(None)
    stack.client.connection.call(NAME, job.path, JOB, "CompleteFiles", GLib.Variant("(au)", (indexes,)), None, 0, -1, None,
                                 answered)
    stack.client.connection.flush_sync(None)
    return answers


def test_each_file_gets_its_name_when_it_is_here(stack):
    names = []
    callback = stack.callback(answer=lambda call: names.append(call.args[-1]) if call.method == "FileTransferred" else None)
    server, job = two_files(stack, PublishFiles="each", NotifyFlags=["transferred", "file-transferred"],
                            NotifyObject=callback.path)
    assert "publish-each" in stack.manager.property("Features")
    callback.wait("FileTransferred")
    assert_file(stack.downloads / "0", CONTENT)
    first = job.files()[0]
    assert (first["Completed"], first["State"]) == (True, "transferred")
    assert stack.client.wait_signal("FileTransferred", job.path).args == (0,)
    assert job.state == "transferring" and not (stack.downloads / "1").exists()
    let_go(server)
    callback.wait("JobTransferred")
    assert names == [str(stack.downloads / n) for n in ("0", "1")]
    assert_file(stack.downloads / "1", CONTENT)
    assert job.state == "transferred" and part_files(stack.downloads) == []
    assert job.complete() == ("complete", 2, 0)
    assert_file(stack.downloads / "0", CONTENT)


def test_it_is_chosen_before_the_first_resume(stack):
    job = stack.manager.create(PublishFiles="each")
    job.set("PublishFiles", "together")
    with refused("InvalidArgument"):
        job.set("PublishFiles", "sometimes")
    _server, running = two_files(stack)
    with refused("ReadOnlyAfterResume"):
        running.set("PublishFiles", "each")


def test_what_has_its_name_stays_when_the_job_is_cancelled(stack):
    _server, job = two_files(stack, PublishFiles="each")
    wait_completed(job, 0)
    with refused("InvalidState"):
        job.set_validation(0, False)
    job.cancel()
    assert_file(stack.downloads / "0", CONTENT)
    assert sorted(os.listdir(stack.downloads)) == ["0"]


def wait_completed(job, index: int) -> None:
    job.bus.wait(lambda: job.files(index, 1)[0]["Completed"], f"the name of file {index}")


def test_a_name_that_cannot_be_given_is_the_failure_of_the_file(stack):
    server = stack.fault_server()
    server.add("/0", CONTENT)
    server.add("/1", CONTENT)
    files = [(server.url(f"/{n}"), stack.downloads / f"f{n}") for n in range(2)]
    job = stack.manager.create(files=files, PublishFiles="each", OnFileError="continue")
    (stack.downloads / "f0").mkdir()
    job.resume()
    job.wait_state("error", unless=())
    files = job.files()
    assert files[1]["Completed"]
    assert files[0]["State"] == "error" and files[0]["Error"][1] == "local-file" and not files[0]["Completed"]
    assert job.get("FilesFailed") == 1
    assert_file(stack.downloads / "f1", CONTENT)
    (stack.downloads / "f0").rmdir()
    job.resume()
    job.wait_state("transferred")
    assert_file(stack.downloads / "f0", CONTENT)
    assert len(server.of("/1")) == 1 and job.complete() == ("complete", 2, 0)


def test_an_existing_file_stays_and_resume_tries_the_name_again(stack):
    server = stack.fault_server()
    server.add("/file", CONTENT, script=HALF)
    target = stack.downloads / "file"
    job = stack.manager.create(files=[(server.url("/file"), target, {"Existing": "keep"})], PublishFiles="each", Resume=True)
    server.wait_sent("/file", 150_000)
    target.write_text("mine")
    server.resources["/file"].gate.set()
    job.wait_state("error", unless=())
    assert job.get("Error")[1] == "file-exists" and target.read_text() == "mine"
    target.unlink()
    job.resume()
    job.wait_state("transferred")
    assert_file(target, CONTENT)
    assert len(server.of("/file")) == 1, "it was here all the time"


def test_files_are_completed_on_demand_all_or_none(stack):
    server, job = two_files(stack)
    wait_transferred_file(job, 0)
    with refused("Pending"):
        job.complete_files(0, 1)
    with refused("InvalidArgument"):
        job.complete_files(2)
    assert not (stack.downloads / "0").exists()
    assert job.complete_files(0) == 1
    assert_file(stack.downloads / "0", CONTENT)
    assert job.state == "transferring" and job.complete_files(0, 0) == 1
    let_go(server)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 2, 0)
    assert_file(stack.downloads / "1", CONTENT)


def test_a_file_that_cannot_be_completed_leaves_the_job_as_it_is(stack):
    server = stack.fault_server()
    server.add("/file", CONTENT)
    target = stack.downloads / "file"
    job = stack.manager.create(files=[(server.url("/file"), target, {"Existing": "keep"})], Resume=True)
    job.wait_state("transferred")
    target.write_text("mine")
    with refused("FileExists"):
        job.complete_files(0)
    assert job.state == "transferred" and job.files()[0]["Error"][1] == "file-exists"
    target.unlink()
    assert job.complete_files(0) == 1
    assert_file(target, CONTENT)


def stop_before_the_name(stack):
    """A job, its worker, which is stopped, and the answers to CompleteFiles, which is stored and not carried out."""
    _server, job = two_files(stack)
    wait_transferred_file(job, 0)
    worker = Pidfd(stack.worker_pid())
    worker.send(signal.SIGSTOP)
    answers = call_complete_files(stack, job, 0)
    stack.client.wait(lambda: stack.stored("naming") == [1, 0], "the intention to be stored")
    return job, worker, answers


def test_the_intention_outlives_daemon_and_worker(stack):
    """Both die when it is stored, and before the file is renamed."""
    job, worker, answers = stop_before_the_name(stack)
    with worker:
        stack.kill_daemon()
        worker.kill()
    stack.client.wait(lambda: answers, "the absence of an answer")
    assert answers == [None] and not (stack.downloads / "0").exists()
    stack.start()
    wait_completed(job, 0)
    assert_file(stack.downloads / "0", CONTENT)


def test_a_worker_that_dies_in_between_is_replaced(stack):
    job, worker, answers = stop_before_the_name(stack)
    with worker:
        worker.kill()
    stack.client.wait(lambda: answers, "the answer")
    assert answers == [1]
    assert_file(stack.downloads / "0", CONTENT)


@pytest.mark.parametrize("existing", ["replace", "keep", "rename"])
def test_a_name_that_was_given_and_not_stored_is_found_again(stack, existing):
    """The daemon dies after the worker has renamed the file."""
    server = stack.fault_server()
    server.add("/file", CONTENT)
    target = stack.downloads / "file"
    job = stack.manager.create(files=[(server.url("/file"), target, {"Existing": existing})], Resume=True)
    job.wait_state("transferred")
    with Pidfd(stack.worker_pid()) as worker, Pidfd(stack.daemon_pid()) as daemon:
        worker.send(signal.SIGSTOP)
        call_complete_files(stack, job, 0)
        stack.client.wait(lambda: stack.stored("naming") == [1], "the intention to be stored")
        job.get("State")  # an answer comes after the daemon has asked the worker
        daemon.send(signal.SIGSTOP)
        worker.send(signal.SIGCONT)
        stack.client.wait(target.exists, "the name")
        daemon.kill()
    stack.client.wait(lambda: not stack.running(), "the bus to notice the death of the daemon")
    assert stack.stored("completed") == [0]
    stack.start()
    wait_completed(job, 0)
    assert job.files()[0]["LocalName"] == str(target) and job.complete() == ("complete", 1, 0)
    assert_file(target, CONTENT)
    assert sorted(os.listdir(stack.downloads)) == ["file"] and len(server.of("/file")) == 1


def test_each_with_daemon_and_worker_killed_while_files_arrive(stack):
    """Afterwards every file has its name and its content, and none was fetched twice that had its name."""
    server = stack.fault_server()
    count = 12
    for number in range(count):
        server.add(f"/{number}", body(40_000, seed=number), script=Script(rate=100_000))
    files = [(server.url(f"/{n}"), stack.downloads / str(n)) for n in range(count)]
    job = stack.manager.create(files=files, MinimumRetryDelay=5, PublishFiles="each", Resume=True)
    for kill in (stack.kill_worker, stack.kill_daemon):
        before = names(stack)
        stack.client.wait(lambda: names(stack) > min(before, count - 1), "one more name")  # noqa: B023
        with contextlib.suppress(ValueError, BusError):  # nothing is left to kill
            kill()
        stack.start()
    job.wait_state("transferred", seconds=40)
    for number in range(count):
        assert_file(stack.downloads / str(number), body(40_000, seed=number))
    assert part_files(stack.downloads) == []
    assert job.complete() == ("complete", count, 0)


def names(stack) -> int:
    return len(list(stack.downloads.glob("[0-9]*")))


def test_several_files_with_one_name_get_it_one_after_the_other(stack):
    server = stack.fault_server()
    for number in range(3):
        server.add(f"/{number}", body(10_000, seed=number))
    target = stack.downloads / "file"
    job = stack.manager.create(files=[(server.url(f"/{n}"), target) for n in range(3)], PublishFiles="each", Resume=True)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 3, 0)
    assert target.read_bytes() in [body(10_000, seed=n) for n in range(3)]
    assert part_files(stack.downloads) == []


def test_a_job_that_completes_itself_ends_after_its_files_have_their_names(stack):
    server, job = two_files(stack, PublishFiles="each", AutoComplete=True)
    wait_file(job, 0, "transferred")
    wait_completed(job, 0)
    let_go(server)
    assert stack.client.wait_signal("JobTransferred").args == (job.path, job.id)
    assert_file(stack.downloads / "1", CONTENT)
    assert stack.client.wait_signal("JobRemoved").args == (job.path, job.id, "complete")
