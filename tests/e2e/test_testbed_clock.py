# SPDX-License-Identifier: LGPL-2.1-or-later
"""The clock of a testbed can be pushed: what the daemon does at a date it does then, and nothing else is disturbed."""

import os
import subprocess
import sys
import time

import pytest

from support.client.checks import assert_file
from support.client.dbus_client import Job
from support.content import body
from support.environment import PYTHON, SOURCE, patience
from support.servers.response_script import http_date

sys.path.insert(0, str(SOURCE / "testkit"))
from haulier_testbed import Script, Testbed  # noqa: E402

DATA = body(60_000)
HOUR = 3600


def usec(seconds: float) -> int:
    return int(seconds * 1_000_000)


@pytest.fixture
def new_bed(request):
    beds = []

    def make(config=None, env=None) -> Testbed:
        beds.append(Testbed(config, env))
        return beds[-1]

    yield make
    findings = ""
    for bed in beds:
        try:
            bed.stack.stop_daemon()
        finally:
            request.node.logs = getattr(request.node, "logs", []) + bed.stack.logs()
            findings += bed.stack.sanitizer_findings()
            bed.close()
    assert not findings, findings


@pytest.fixture
def bed(new_bed) -> Testbed:
    return new_bed()


def download(bed, path: str = "/f", name: str = "file", **options) -> Job:
    return bed.manager.create(files=[(bed.server.url(path), bed.downloads / name)], Resume=True, **options)


@pytest.mark.parametrize("after", ["7200", lambda now: http_date(7200, now)], ids=["seconds", "date"])
def test_a_retry_comes_when_its_time_has_come(bed, after):
    """The date is one of the server's, whose clock is pushed as well."""
    bed.advance(days=400)
    bed.server.add("/f", DATA).next_scripts(Script(status=503, headers={"Retry-After": after}))
    job = download(bed)
    job.wait_state("transient-error")
    until = job.get("WaitReason")[1] / 1_000_000
    assert abs(until - bed.time() - 2 * HOUR) < 60
    bed.advance(hours=1)
    assert job.state == "transient-error" and len(bed.server.of("/f")) == 1
    bed.advance(hours=1, minutes=1)
    job.wait_state("transferred")
    assert len(bed.server.of("/f")) == 2
    assert job.complete() == ("complete", 1, 0)
    assert_file(bed.downloads / "file", DATA)


def test_a_job_starts_at_its_date_although_the_daemon_was_killed(bed):
    bed.server.add("/f", DATA)
    job = download(bed, NotBefore=usec(bed.time() + 3 * 24 * HOUR))
    assert job.get("WaitReason")[0] == "not-before"
    bed.advance(days=2)
    bed.kill_daemon()
    bed.start_daemon()
    assert job.state == "queued" and not bed.server.of("/f")
    bed.advance(days=1)
    job.wait_state("transferred")


def test_what_nobody_wants_expires(bed):
    """After more time than this machine has been running."""
    bed.server.add("/f", DATA)
    job = download(bed)
    job.wait_state("transferred")
    bed.advance(days=89)
    assert job.state == "transferred"
    bed.advance(days=2)
    ended = bed.manager.bus.wait(lambda: bed.manager._call("ListEndedJobs", "(a{sv})", {})[0], "the end of the job")
    assert [(ident, facts["Result"]) for ident, facts in ended] == [(job.id, "expired")]


def test_a_job_without_progress_fails(bed):
    bed.server.add("/f", script=Script(status=503))
    job = download(bed, NoProgressTimeout=10 * 24 * HOUR)
    job.wait_state("transient-error")
    bed.advance(days=11)
    job.wait_state("error")


def test_hours_begin_and_end(new_bed):
    bed = new_bed({"Network": {"BandwidthSchedule": "12:00-18:00 0"}}, {"TZ": "UTC"})
    bed.advance(seconds=(11.5 * HOUR - bed.time()) % (24 * HOUR))
    bed.server.add("/f", DATA, script=Script(rate=1000))
    job = download(bed)
    job.wait_bytes(1)
    bed.advance(hours=1)
    job.wait_property("WaitReason", lambda reason: reason[0] == "window")
    bed.server.resources["/f"].script = Script()
    bed.advance(hours=4)
    assert job.get("WaitReason")[0] == "window"
    bed.advance(hours=2)
    job.wait_state("transferred")
    assert len(bed.server.of("/f")) == 2
    assert job.complete() == ("complete", 1, 0)
    assert_file(bed.downloads / "file", DATA)


def test_a_transfer_goes_on_as_if_nothing_had_happened(bed):
    """As after the sleep of a machine, no time limit of the worker or of a call has passed: a server's silence is counted in
    four parts, and a sleep in one of them is no silence."""
    bed.server.add("/f", DATA, script=Script(send=20_000, gate=True, then="finish"))
    job = download(bed)
    bed.server.wait_sent("/f", 20_000)
    job.wait_state("transferring")
    for _ in range(2):
        bed.advance(hours=5)
        assert job.state == "transferring"
    bed.server.resources["/f"].gate.set()
    job.wait_state("transferred")
    assert len(bed.server.of("/f")) == 1


def test_a_server_is_silent_for_too_long_in_many_short_sleeps(bed):
    bed.server.add("/f", DATA).next_scripts(Script(send=20_000, then="stall"))
    job = download(bed)
    bed.server.wait_sent("/f", 20_000)

    def a_minute_later() -> bool:
        bed.advance(minutes=1)
        return len(bed.server.of("/f")) > 1

    bed.manager.bus.wait(a_minute_later, "another request")
    job.wait_state("transferred")
    assert bed.server.of("/f")[1].range_start > 0
    assert job.complete() == ("complete", 1, 0)
    assert_file(bed.downloads / "file", DATA)


def test_programs_can_see_the_same_clock():
    script = f"""
        {PYTHON} {SOURCE}/testkit/haulier_testbed.py advance 2d 12h
        {PYTHON} {SOURCE}/testkit/haulier_testbed.py advance 90min
        date +%s
        LD_PRELOAD="$HAULIER_TESTBED_CLOCK_LIBRARY" date +%s
    """
    done = run("--", "sh", "-euc", script)
    assert done.returncode == 0, done.stderr
    plain, pushed = map(int, done.stdout.split())
    assert abs(plain - time.time()) < patience(30)
    assert 0 <= pushed - plain - 61.5 * HOUR <= patience(30)


@pytest.mark.parametrize("words, said", [(["tomorrow"], "not a time"), (["3"], "not a time"), (["3y"], "not a time"),
                                         (["0h"], "forward"), (["99999999h"], "forward"), (["-3h"], "not a time")])
def test_what_is_no_time_is_refused(words, said):
    done = run("--", PYTHON, f"{SOURCE}/testkit/haulier_testbed.py", "advance", *words)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_outside_of_a_testbed_there_is_no_clock():
    done = run("advance", "3h")
    assert done.returncode == 1 and "commands that haulier-testbed runs" in done.stderr


def run(*words) -> subprocess.CompletedProcess:
    return subprocess.run([PYTHON, f"{SOURCE}/testkit/haulier_testbed.py", *words], text=True, capture_output=True,
                          timeout=patience(50), check=False, env=dict(os.environ))
