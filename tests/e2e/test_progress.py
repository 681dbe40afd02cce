# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program sees of moving jobs without counting itself."""

import pytest

from support.client.checks import refused
from support.client.dbus_client import JOB, MANAGER, ROOT, UNKNOWN
from support.content import body
from support.servers.response_script import Script

SIZE = 1_000_000


def stalling(server, path: str, size: int = SIZE, **script) -> str:
    """A file of which half is sent and then nothing more."""
    server.add(path, body(size)).next_scripts(Script(send=size // 2, then="stall", **script))
    return server.url(path)


def changes(stack, path: str, interface: str) -> list[dict]:
    return [s.args[1] for s in stack.client.signals
            if s.member == "PropertiesChanged" and s.path == path and s.args[0] == interface]


def test_a_job_of_partly_unknown_size_says_what_it_knows(stack):
    server = stack.fault_server()
    job = stack.manager.create(files=[
        (stalling(server, "/unsized", chunked=True), stack.downloads / "a"),
        (server.url("/later"), stack.downloads / "b", {"Size": 5_000})])
    assert (job.get("BytesTotal"), job.get("BytesKnown"), job.get("FilesUnsized")) == (UNKNOWN, 5_000, 1)
    job.add_files([(server.url("/sized"), stack.downloads / "c", {"Size": 700})])
    assert (job.get("BytesKnown"), job.get("FilesUnsized")) == (5_700, 1)
    listed = dict(stack.manager.list())[job.path]
    assert (listed["BytesKnown"], listed["FilesUnsized"], listed["Rate"]) == (5_700, 1, 0)


def test_sizes_and_the_rate_are_announced_with_the_bytes(stack):
    server = stack.fault_server()
    job = stack.manager.create(files=[(stalling(server, "/f"), stack.downloads / "f")])
    stack.client.forget()
    job.resume()
    job.wait_bytes(SIZE // 2)
    rate = job.wait_property("Rate", lambda rate: rate > 0)
    assert rate <= SIZE // 2
    stack.client.wait(lambda: any(c.get("Rate") for c in changes(stack, job.path, JOB)), "an announced rate")
    assert any((c.get("BytesKnown"), c.get("FilesUnsized")) == (SIZE, 0) for c in changes(stack, job.path, JOB))
    job.suspend()
    assert job.get("Rate") == 0
    stack.client.wait(lambda: changes(stack, job.path, JOB)[-1].get("Rate") == 0, "the end of the rate")


def test_the_rate_ends_while_nothing_comes(stack):
    job = stack.manager.create(files=[(stalling(stack.fault_server(), "/f"), stack.downloads / "f")], Resume=True)
    job.wait_bytes(SIZE // 2)
    job.wait_property("Rate", lambda rate: rate > 0)
    job.wait_property("Rate", lambda rate: rate == 0, seconds=30)
    assert job.state == "transferring"
    assert changes(stack, job.path, JOB)[-1]["Rate"] == 0


def test_files_in_flight_are_listed_without_urls(stack):
    server = stack.fault_server()
    job = stack.manager.create(files=[
        (stalling(server, "/a"), stack.downloads / "a"), (stalling(server, "/b", 2 * SIZE), stack.downloads / "b")])
    assert job.call("ListActiveFiles")[0] == []
    job.resume()
    job.wait_bytes(SIZE // 2 + SIZE)
    files = dict(job.call("ListActiveFiles")[0])
    assert sorted(files) == [0, 1]
    assert files[1]["BytesTotal"] == 2 * SIZE and files[1]["BytesTransferred"] == SIZE
    job.bus.wait(lambda: dict(job.call("ListActiveFiles")[0])[1]["Rate"] > 0, "the rate of a file")
    assert {file["Source"] for file in files.values()} == {"127.0.0.1"}
    job.suspend()
    job.bus.wait(lambda: job.call("ListActiveFiles")[0] == [], "the end of the transfers")


def test_activity_sums_up_the_jobs_of_the_user(stack):
    server = stack.fault_server()
    assert stack.manager.property("Activity") == (0, 0, 0, 0, 0)
    moving = stack.manager.create(files=[(stalling(server, "/f"), stack.downloads / "f")], Resume=True)
    failed = stack.manager.create(files=[(server.url("/missing"), stack.downloads / "m")], Resume=True)
    moving.wait_bytes(SIZE // 2)
    failed.wait_state("error", unless=())
    known, here, _, running, needing = stack.manager.property("Activity")
    assert (known, here, running, needing) == (SIZE, SIZE // 2, 1, 1)
    stack.client.wait(lambda: stack.manager.property("Activity")[2] > 0, "the rate, which is announced every half second")

    def announced():
        return [c["Activity"] for c in changes(stack, ROOT, MANAGER) if "Activity" in c]
    stack.client.wait(lambda: announced() and announced()[-1][:2] == (SIZE, SIZE // 2) and announced()[-1][4] == 1,
                      "the activity")
    failed.set("Visibility", "hidden")
    stack.client.wait(lambda: announced()[-1][4] == 0, "the activity without the hidden job")
    for job in (moving, failed):
        job.cancel()
    stack.client.wait(lambda: announced()[-1] == (0, 0, 0, 0, 0), "the end of all activity")
    assert stack.manager.property("Activity") == (0, 0, 0, 0, 0)


def test_list_jobs_returns_the_properties_that_are_asked_for(stack):
    job = stack.manager.create("a name", Icon="an-icon", Priority="low", NotifyObject="/object")
    assert stack.manager.list(Properties=["Icon", "Priority", "DisplayName", "ErrorCount"]) == [
        (job.path, {"Icon": "an-icon", "Priority": "low", "DisplayName": "a name", "ErrorCount": 0})]
    assert stack.manager.list(Properties=["NotifyObject"]) == [
        (job.path, {"NotifyObject": (stack.client.unique_name, "/object")})]
    assert stack.manager.list(Properties=[]) == [(job.path, {})]
    for name in ("Password", "Credentials", "", "icon"):
        with refused("NotSupported"):
            stack.manager.list(Properties=[name])


@pytest.mark.parametrize("limit", [0, 2**64 - 1])
def test_no_limit_of_size_can_be_written_in_two_ways(stack, limit):
    job = stack.manager.create(MaximumDownloadSize=5)
    assert job.get("MaximumDownloadSize") == 5
    job.set("MaximumDownloadSize", limit)
    assert job.get("MaximumDownloadSize") == UNKNOWN
