# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits of bandwidth: never exceeded, by whichever protocol and with however many files, jobs and users, and used. A busy
machine makes transfers slower, so what is too much is judged strictly, and what is too little is not.
tests/bench/limits_bench.py measures both."""

import os
import socket
import time

import pytest

from support.bus.system_bus import ANNA, BERT
from support.client.checks import assert_file
from support.client.dbus_client import PROPERTIES, ROOT, BusError, Job, Manager
from support.content import body
from support.daemon.system_stack import SystemStack
from support.environment import patience, stretched
from support.servers.certificates import Authority

LIMIT = 1_000_000
# Besides the rate: what a connection brings at once when it is new, and what was saved in a moment of silence.
AT_ONCE = 160 * 1024
DAY = 86_400


def assert_limited(jobs: list[Job], limit: int, size: int) -> None:
    """Until so many bytes have moved, or all have, it is never more than the limit allows since the beginning. Of jobs that
    run already, it is known twice a second what has moved."""
    before = [job.get("BytesTransferred") for job in jobs]
    if any(before):
        jobs[0].wait_property("BytesTransferred", lambda bytes: bytes != before[0])
    unseen = 0.6 * limit * (len(jobs) - 1) / len(jobs)
    began = time.monotonic()
    before = [job.get("BytesTransferred") for job in jobs]
    moved = 0
    while moved < size and any(job.state != "transferred" for job in jobs):
        moved = sum(job.get("BytesTransferred") for job in jobs) - sum(before)
        seconds = time.monotonic() - began
        assert moved <= 1.05 * limit * seconds + AT_ONCE + unseen, f"{moved} bytes in {seconds:.2f} s"
        assert seconds < patience(15 + 4 * size / limit), f"{moved} bytes in {seconds:.2f} s"
        jobs[0].bus.pause(0.1)


@pytest.mark.parametrize("server", ["http", "https", "h2"])
@pytest.mark.parametrize("count", [1, 200])
def test_downloads(new_stack, tmp_path, server, count):
    authority = None if server == "http" else Authority(tmp_path)
    stack = new_stack(env={} if authority is None else {"SSL_CERT_FILE": str(authority.certificate)})
    nginx = stack.nginx(authority=authority, http2=server == "h2")
    size = LIMIT // count
    contents = {f"file-{n}": body(size, seed=n) for n in range(count)}
    files = [(nginx.add(name, content), stack.downloads / name) for name, content in contents.items()]
    job = stack.manager.create(files=files, BandwidthLimit=LIMIT)
    job.resume()
    assert_limited([job], LIMIT, size * count)
    job.wait_state("transferred")
    job.complete()
    for name, content in contents.items():
        assert_file(stack.downloads / name, content)


def test_an_upload_that_is_limited_while_it_runs(stack):
    nginx = stack.nginx(writable=True)
    content = body(4 * LIMIT)
    source = stack.directory / "source"
    source.write_bytes(content)
    job = stack.manager.create(job_type="upload", files=[(nginx.url("there"), source)], BandwidthLimit=2 * LIMIT)
    job.resume()
    job.wait_bytes(LIMIT // 2)
    job.set("BandwidthLimit", LIMIT // 2)
    assert_limited([job], LIMIT // 2, LIMIT // 2)
    job.set("BandwidthLimit", 0)
    job.wait_state("transferred")
    assert_file(nginx.files / "there", content)
    assert [access.method for access in nginx.finished_log()].count("PUT") == 1


def test_a_download_that_is_limited_while_it_runs(stack):
    nginx = stack.nginx()
    job = stack.manager.create(files=[(nginx.add("file", body(64 << 20)), stack.downloads / "file")],
                               BandwidthLimit=4 * LIMIT, Resume=True)
    job.wait_bytes(LIMIT)
    job.set("BandwidthLimit", LIMIT // 2)
    job.bus.pause(1)
    assert_limited([job], LIMIT // 2, LIMIT // 2)
    before = job.get("BytesTransferred")
    job.set("BandwidthLimit", 4 * LIMIT)
    job.wait_bytes(before + 4 * LIMIT)
    job.set("BandwidthLimit", 0)
    job.wait_state("transferred")
    job.complete()


def test_the_limit_of_a_user(stack):
    nginx = stack.nginx()
    url = nginx.add("file", body(64 << 20))
    with pytest.raises(BusError) as refused:
        stack.manager.set_property("BandwidthLimit", 1023)
    assert refused.value.name == "InvalidArgument"
    stack.manager.set_property("BandwidthLimit", 4 * LIMIT)
    jobs = [stack.manager.create(files=[(url, stack.downloads / str(n))], Priority=priority, Resume=True)
            for n, priority in enumerate(("foreground", "normal"))]
    for job in jobs:
        job.wait_bytes(LIMIT // 2)
    stack.client.forget()
    stack.manager.set_property("BandwidthLimit", LIMIT)
    told = stack.client.wait(lambda: [s.args[1] for s in stack.client.signals if (s.interface, s.path) == (PROPERTIES, ROOT)
                                      and "BandwidthLimit" in s.args[1]], "the change to be announced")
    assert told == [{"BandwidthLimit": LIMIT}]
    stack.client.pause(1)
    assert_limited(jobs, LIMIT, LIMIT)
    stack.kill_daemon()
    assert stack.manager.property("BandwidthLimit") == LIMIT
    stack.manager.set_property("BandwidthLimit", 0)
    for job in jobs:
        job.wait_state("transferred")


def test_a_silent_server_is_noticed_while_others_use_the_limit(new_stack):
    stack = new_stack({"Transfer": {"StallTimeout": stretched(4)}})
    stack.manager.set_property("BandwidthLimit", LIMIT // 4)
    url = stack.nginx().add("file", body(64 << 20))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        busy = stack.manager.create(files=[(url, stack.downloads / "busy")], Priority="foreground", Resume=True)
        busy.wait_bytes(1)
        job = stack.manager.create(files=[(f"http://127.0.0.1:{silent.getsockname()[1]}/", stack.downloads / "silent")],
                                   Priority="foreground", Resume=True)
        job.wait_state("transient-error")
        busy.wait_state("transferring")
        assert job.get("Error")[:2] == ("transport", "timeout")
        job.cancel()
    busy.cancel()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")
def test_the_limit_of_the_machine_is_shared_by_users(new_stack):
    stack = new_stack({"Network": {"BandwidthLimit": str(LIMIT)}}, kind=SystemStack)
    nginx = stack.nginx()
    url = nginx.add("file", body(16 << 20))
    managers = [Manager(stack.user(uid)) for uid in (ANNA, BERT)]
    jobs = [manager.create(files=[(url, stack.downloads / str(n))], Resume=True) for n, manager in enumerate(managers)]
    for job in jobs:
        job.wait_bytes(1)
    assert_limited(jobs, LIMIT, LIMIT)
    managers[0].set_property("BandwidthLimit", LIMIT // 10)
    assert managers[1].property("BandwidthLimit") == 0, "it is another user's"
    before = jobs[1].get("BytesTransferred")
    jobs[1].wait_bytes(before + 2 * LIMIT)
    stack.reload({})
    assert managers[0].property("MachineLimits") == {}
    jobs[1].wait_state("transferred")


class Zone:
    """A time zone in which it is noon, and some seconds before the next minute."""

    SECONDS_LEFT = 15

    def __init__(self):
        ahead = (DAY // 2 + 60 - self.SECONDS_LEFT - int(time.time())) % DAY
        self.name = f"TEST-{ahead // 3600:02}:{ahead // 60 % 60:02}:{ahead % 60:02}"
        self._ahead = ahead

    def next_minute(self, least: float) -> tuple[str, int]:
        """At least so many seconds from now: what a clock shows then, and the date."""
        local = int(time.time() + least) + self._ahead
        local += -local % 60
        return f"{local % DAY // 3600:02}:{local % 3600 // 60:02}", local - self._ahead


def test_hours_begin_and_end_by_the_clock(new_stack):
    zone = Zone()
    stack = new_stack(env={"TZ": zone.name})
    nginx = stack.nginx()
    url = nginx.add("file", body(64 << 20))
    urgent = stack.manager.create(files=[(url, stack.downloads / "urgent")], Priority="foreground", BandwidthLimit=LIMIT,
                                  Resume=True)
    urgent.wait_bytes(1)
    clock, date = zone.next_minute(6)
    rules = (f"00:00-{clock} 0 background", f"{clock}-24:00 {LIMIT // 2}")
    stack.reload({"Network": {"BandwidthSchedule": "\nBandwidthSchedule=".join(rules)}})
    job = stack.manager.create(files=[(url, stack.downloads / "file")], Resume=True)
    assert stack.manager.property("MachineLimits") == {"Background": 0, "Changes": date * 1_000_000}
    assert job.get("WaitReason") == ("window", date * 1_000_000)
    assert (job.state, urgent.state) == ("queued", "transferring")
    job.wait_bytes(1, seconds=90)
    assert time.time() >= date
    limits = stack.manager.property("MachineLimits")
    assert (limits["All"], limits["Background"]) == (LIMIT // 2, LIMIT // 2)
    assert_limited([job, urgent], LIMIT // 2, LIMIT // 2)
    stack.reload({})
    job.wait_state("transferred")
    urgent.cancel()
