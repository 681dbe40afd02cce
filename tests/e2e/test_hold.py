# SPDX-License-Identifier: LGPL-2.1-or-later
"""A hold: no job of the user runs until it is released or its date has come, whatever else happens."""

import time

import pytest

from support.client.checks import assert_file
from support.client.dbus_client import PROPERTIES, ROOT, BusError
from support.client.haulierctl import MISUSED
from support.content import body
from support.environment import patience
from support.servers.response_script import Script

MEBI = 1 << 20
BIG = body(3 * MEBI)
MANAGER = "org.haulier.Haulier1.Manager"


def hold(stack, until: int = 0) -> None:
    stack.manager._call("Hold", "(t)", until)


def release(stack) -> None:
    stack.manager._call("Release")


def usec_from_now(seconds: float) -> int:
    return time.time_ns() // 1000 + int(seconds * 1_000_000)


def half_way(stack, server, name: str, **options):
    """A job whose server has sent 1 MiB of 3 and says nothing more."""
    resource = server.add(f"/{name}", BIG)
    resource.next_scripts(Script(send=MEBI, then="stall"))
    job = stack.manager.create(name, files=[(server.url(f"/{name}"), stack.downloads / name)], Resume=True, **options)
    job.wait_bytes(MEBI)
    return job


def test_jobs_in_each_state_over_a_kill_of_the_daemon(stack, remote):
    running = half_way(stack, remote, "running", Priority="foreground")
    suspended = stack.manager.create(files=[(remote.url("/running"), stack.downloads / "suspended")])
    remote.add("/failing", BIG, script=Script(status=503))
    failing = stack.manager.create(files=[(remote.url("/failing"), stack.downloads / "failing")], Resume=True,
                                   MinimumRetryDelay=3600)
    failing.wait_state("transient-error")
    waiting = stack.manager.create(files=[(remote.url("/running"), stack.downloads / "waiting")], Resume=True,
                                   NotBefore=usec_from_now(3600))
    errors = failing.get("ErrorCount")
    hold(stack)
    assert stack.manager.property("Held") is True and stack.manager.property("HeldUntil") == 0

    def is_held() -> None:
        reasons = [(job.state, job.get("WaitReason")[0]) for job in (running, suspended, failing, waiting)]
        assert reasons == [("queued", "held"), ("suspended", "suspended"), ("transient-error", "held"), ("queued", "held")]
        assert failing.get("ErrorCount") == errors

    is_held()
    requests = len(remote.of("/running"))
    stack.kill_daemon()
    is_held()
    later = stack.manager.create(files=[(remote.url("/running"), stack.downloads / "later")], Resume=True)
    suspended.resume()
    assert [job.get("WaitReason") for job in (later, suspended)] == [("held", 0)] * 2
    suspended.suspend()
    assert len(remote.of("/running")) == requests, "nothing is fetched"
    release(stack)
    running.wait_state("transferred")
    assert any(request.range for request in remote.of("/running")[requests:]), "what was here is kept"
    later.wait_state("transferred")
    assert (suspended.state, failing.state) == ("suspended", "transient-error")
    assert waiting.get("WaitReason")[0] == "not-before" and failing.get("WaitReason")[0] == "retry-delay"
    running.complete()
    assert_file(stack.downloads / "running", BIG)


def test_a_date_ends_it_and_both_changes_are_announced(stack, remote):
    job = half_way(stack, remote, "file")
    stack.client.forget()
    until = usec_from_now(patience(4))
    hold(stack, until)
    assert job.get("WaitReason") == ("held", until)
    job.wait_state("transferred", seconds=40)
    assert time.time_ns() // 1000 >= until

    def announced() -> list[dict]:
        changes = [s.args[1] for s in stack.client.signals
                   if (s.interface, s.member, s.path) == (PROPERTIES, "PropertiesChanged", ROOT)]
        return [values for values in changes if "Held" in values]
    stack.client.wait(lambda: len(announced()) == 2, "the end of the hold to be announced")
    assert announced() == [{"Held": True, "HeldUntil": until}, {"Held": False, "HeldUntil": 0}]


def test_a_hold_that_ended_while_the_daemon_was_dead_is_over(stack, remote):
    job = half_way(stack, remote, "file")
    until = usec_from_now(patience(3))
    hold(stack, until)
    stack.kill_daemon()
    stack.client.wait(lambda: time.time_ns() // 1000 > until, "the date")
    job.wait_state("transferred")
    assert stack.manager.property("Held") is False


def test_what_ends_a_job_works_and_the_past_is_refused(stack, remote):
    done = stack.manager.create(files=[(remote.add("/small", body(1000)) and remote.url("/small"),
                                        stack.downloads / "small")], Resume=True)
    done.wait_state("transferred")
    moving = half_way(stack, remote, "moving")
    hold(stack)
    with pytest.raises(BusError) as refused:
        hold(stack, usec_from_now(-60))
    assert refused.value.name == "InvalidArgument"
    assert stack.manager.property("Held") is True
    assert done.complete() == ("complete", 1, 0)
    moving.cancel()
    assert stack.manager.list() == []
    release(stack)
    release(stack)
    assert stack.manager.property("Held") is False


def test_a_request_that_cannot_be_repeated_ends_first(stack, remote):
    remote.add("/post", body(64 * 1024), script=Script(rate=64 * 1024))
    job = stack.manager.create(files=[(remote.url("/post"), stack.downloads / "post")], HttpMethod="POST",
                               Priority="foreground", Resume=True)
    job.wait_state("transferring")
    hold(stack)
    assert job.state in ("transferring", "transferred")
    job.wait_state("transferred")


def test_the_command(stack, ctl, remote):
    job = half_way(stack, remote, "file")
    assert "until they are released" in ctl("hold").out
    assert "waiting for the end of a hold" in ctl("list").out
    assert "until they are released" in ctl("status").out
    held = ctl("hold", "--json", "1h").json
    assert held["Held"] is True and abs(held["HeldUntil"] - usec_from_now(3600)) < patience(60) * 1_000_000
    ctl("hold", "soon", code=MISUSED)
    assert "not held" in ctl("release").out
    job.wait_state("transferred")
    assert ctl("release", "--json").json == {"Held": False, "HeldUntil": 0}
