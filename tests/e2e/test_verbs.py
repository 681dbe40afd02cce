# SPDX-License-Identifier: LGPL-2.1-or-later
"""Suspend, Resume, Complete, Cancel, and what they do to files (BITS 2.2 to 2.6)."""

import os
import time

from support.client.checks import assert_file, leftovers, part_files, refused
from support.client.dbus_client import JOB, PROPERTIES, UNKNOWN, Job
from support.content import body
from support.servers.response_script import Script

MEBI = 1 << 20
BIG = body(3 * MEBI)


def half_way(stack, server, name="big", **options) -> Job:
    """A job whose server has sent 1 MiB of 3 and says nothing more."""
    resource = server.resources.get(f"/{name}") or server.add(f"/{name}", BIG)
    resource.next_scripts(Script(send=MEBI, then="stall"))
    job = stack.manager.create(files=[(server.url(f"/{name}"), stack.downloads / name)], Resume=True, **options)
    job.wait_bytes(MEBI)
    return job


def test_suspend_keeps_what_was_fetched_and_resume_goes_on_there(stack):
    server = stack.fault_server()
    job = half_way(stack, server)
    assert (job.state, job.get("BytesTotal")) == ("transferring", len(BIG))
    job.suspend()
    assert (job.state, job.get("WaitReason")) == ("suspended", ("suspended", 0))
    job.suspend()
    job.resume()
    job.wait_state("transferred")
    first, second = server.of("/big")
    assert (first.range, first.status) == ("", 200)
    assert (second.range, second.status, second.headers["if-range"]) == (f"bytes={MEBI}-", 206, '"one"')
    job.complete()
    assert_file(stack.downloads / "big", BIG)


def test_states_and_numbers_on_the_way_are_announced(stack):
    server = stack.fault_server()
    server.add("/file", BIG, script=Script(rate=4 * MEBI))
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")])
    assert job.get("BytesTotal") == UNKNOWN and job.get("TransferCompletionTime") == 0
    stack.client.forget()
    began = time.monotonic()
    job.resume()
    job.wait_state("transferred")
    stack.client.wait_signal("Transferred", job.path)
    spent = time.monotonic() - began
    job.complete()
    stack.client.wait_signal("JobRemoved")
    announced = [s.args[1] for s in stack.client.signals
                 if (s.interface, s.member, s.path) == (PROPERTIES, "PropertiesChanged", job.path) and s.args[0] == JOB]
    states = [values["State"] for values in announced if "State" in values]
    assert states == ["queued", "connecting", "transferring", "transferred", "acknowledged"]
    numbers = [values["BytesTransferred"] for values in announced if "BytesTransferred" in values]
    assert numbers == sorted(numbers) and numbers[-1] == len(BIG)
    assert len(set(numbers)) <= 2 * spent + 3, "at most two a second, the beginning, and the end"
    values = job.all()
    assert values["BytesTotal"] == values["BytesTransferred"] == len(BIG)
    assert values["CreationTime"] <= values["TransferCompletionTime"] <= values["ModificationTime"]
    assert values["Owner"] == os.getuid()


def test_D_1_complete_of_a_part_keeps_what_is_whole_and_drops_the_rest(stack):
    server = stack.fault_server()
    small = body(10_000)
    server.add("/small", small)
    server.add("/big", BIG, script=Script(send=MEBI, then="stall"))
    job = stack.manager.create(
        files=[(server.url("/small"), stack.downloads / "small"), (server.url("/big"), stack.downloads / "big")], Resume=True)
    job.wait_property("FilesTransferred", lambda count: count == 1)
    assert part_files(stack.downloads)
    assert job.complete() == ("partial", 1, 1)
    assert stack.client.wait_signal("JobRemoved").args[2] == "partial"
    assert leftovers(stack.downloads) == ["small"]
    assert_file(stack.downloads / "small", small)
    with refused("InvalidState"):
        job.complete()


def test_complete_of_a_job_without_a_finished_file_ends_it(stack):
    job = stack.manager.create("empty")
    result, kept, dropped = job.complete()
    assert (kept, dropped) == (0, 0) and result in ("partial", "complete")
    assert stack.manager.list() == []


def test_complete_replaces_what_is_there(stack):
    server = stack.fault_server()
    server.add("/file", b"new")
    target = stack.downloads / "file"
    target.write_bytes(b"old")
    job = stack.manager.create(files=[(server.url("/file"), target)], Resume=True)
    job.wait_state("transferred")
    assert target.read_bytes() == b"old"
    assert job.files()[0]["TemporaryName"] == str(target.parent / part_files(stack.downloads)[0])
    job.complete()
    assert target.read_bytes() == b"new"
    assert leftovers(stack.downloads) == ["file"]


def test_D_2_a_complete_that_cannot_rename_keeps_the_job_and_can_be_repeated(stack):
    server = stack.fault_server()
    server.add("/a", b"aaa")
    server.add("/b", b"bbb")
    closed = stack.downloads / "closed"
    closed.mkdir()
    job = stack.manager.create(files=[(server.url("/a"), stack.downloads / "a"), (server.url("/b"), closed / "b")], Resume=True)
    job.wait_state("transferred")
    closed.chmod(0o555)
    with refused("LocalFile"):
        job.complete()
    assert job.state == "transferred"
    assert (stack.downloads / "a").read_bytes() == b"aaa"
    assert [file["Completed"] for file in job.files()] == [True, False]
    closed.chmod(0o755)
    assert job.complete() == ("complete", 2, 0)
    assert (closed / "b").read_bytes() == b"bbb"
    assert leftovers(stack.downloads) == ["a", "closed", "closed/b"]


def test_a_failed_complete_may_also_be_followed_by_cancel(stack):
    server = stack.fault_server()
    server.add("/a", b"aaa")
    target = stack.downloads / "a"
    job = stack.manager.create(files=[(server.url("/a"), target)], Resume=True)
    job.wait_state("transferred")
    target.mkdir()  # no file can be renamed over a folder
    with refused("LocalFile"):
        job.complete()
    job.cancel()
    assert leftovers(stack.downloads) == ["a"] and target.is_dir()


def test_D_3_cancel_leaves_nothing_behind_in_any_state(stack):
    server = stack.fault_server()
    server.add("/small", body(1000))
    half = half_way(stack, server)
    suspended = half_way(stack, server, "other")
    suspended.suspend()
    done = stack.manager.create(files=[(server.url("/small"), stack.downloads / "small")], Resume=True)
    done.wait_state("transferred")
    failed = stack.manager.create(files=[(server.url("/small"), stack.downloads / "fine"),
                                         (server.url("/missing"), stack.downloads / "missing")], Resume=True)
    failed.wait_state("error", unless=())
    assert len(part_files(stack.downloads)) >= 3
    for job in (half, suspended, done, failed):
        job.cancel()
        assert job.state == "cancelled"
    assert leftovers(stack.downloads) == []
    removed = stack.client.wait(lambda: [s for s in stack.client.signals if s.member == "JobRemoved"][3:] and stack.client.signals,
                                "the fourth JobRemoved")
    assert [s.args[1:] for s in removed if s.member == "JobRemoved"] == [
        (job.id, "cancelled") for job in (half, suspended, done, failed)]
    assert stack.manager.list() == []


def test_a_key_finds_the_unfinished_job_again(stack):
    first = stack.manager.create("first", Key="nightly")
    again = stack.manager.create("again", Key="nightly", Description="not taken over")
    assert (first.created, again.created) == (True, False)
    assert again.path == first.path and again.get("DisplayName") == "first" and again.get("Description") == ""
    other = stack.manager.create("other", Key="weekly")
    assert other.created and other.path != first.path
    assert [p["Id"] for _, p in stack.manager.list(Key="nightly")] == [first.id]
    stack.kill_daemon()
    assert not stack.manager.create("again", Key="nightly").created
    first.cancel()
    renewed = stack.manager.create("renewed", Key="nightly")
    assert renewed.created and renewed.id != first.id


def test_files_may_be_added_to_a_job_at_work_and_to_one_that_is_done(stack):
    server = stack.fault_server()
    server.add("/small", body(1000))
    job = half_way(stack, server)
    assert job.add_file(server.url("/small"), stack.downloads / "second") == 1
    job.wait_property("FilesTransferred", lambda count: count == 1)
    job.suspend()
    job.resume()
    job.wait_state("transferred")
    assert job.add_file(server.url("/small"), stack.downloads / "third") == 2
    job.resume()
    job.wait_state("transferred")
    assert job.complete() == ("complete", 3, 0)
    assert leftovers(stack.downloads) == ["big", "second", "third"]
    assert len(server.of("/small")) == 2 and len(server.of("/big")) == 2


def test_resume_of_a_job_that_has_everything_is_refused(stack):
    server = stack.fault_server()
    server.add("/file", b"x")
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], Resume=True)
    job.wait_state("transferred")
    with refused("Empty"):
        job.resume()
    job.suspend()
    assert job.state == "transferred"


def test_listing_is_paged_and_filtered(stack):
    jobs = [stack.manager.create(f"job {n}") for n in range(5)]
    ids = [properties["Id"] for _, properties in stack.manager.list()]
    assert ids == [job.id for job in jobs], "oldest first"
    assert [p["DisplayName"] for _, p in stack.manager.list(Offset=1, Limit=2)] == ["job 1", "job 2"]
    assert [p["DisplayName"] for _, p in stack.manager.list(Offset=3, Limit=0)] == ["job 3", "job 4"], "0 = all"
    assert stack.manager.list(States=["transferring", "error"]) == []
    assert len(stack.manager.list(States=["suspended"])) == 5
    assert stack.manager.property("Jobs") == 5
    job = jobs[0]
    job.add_files([(f"http://127.0.0.1:9/{n}", stack.downloads / str(n), {"Size": 7}) for n in range(10)])
    assert [file["Index"] for file in job.files(3, 4)] == [3, 4, 5, 6]
    assert job.files(9)[0]["BytesTotal"] == 7 and job.files(10) == []
    assert job.get("BytesTotal") == 70


def test_nothing_is_said_of_a_job_after_its_end(stack):
    """The announcement of progress that was withheld for half a second."""
    server = stack.fault_server()
    server.add("/slow", BIG, script=Script(rate=MEBI))
    job = stack.manager.create(files=[(server.url("/slow"), stack.downloads / "slow")], Resume=True)
    job.wait_bytes(MEBI // 2)
    job.cancel()
    stack.client.wait_signal("JobRemoved")
    stack.client.pause(1)
    members = [signal.member for signal in stack.client.signals if signal.path == job.path or signal.member == "JobRemoved"]
    assert members[-1] == "JobRemoved"
