# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is counted for each user, and what the journal says of an ended job."""

import os
import time

import pytest

from support.bus.system_bus import ANNA, BERT
from support.client.checks import refused
from support.client.dbus_client import MANAGER, NAME, ROOT, Manager, as_option
from support.content import body
from support.daemon.system_stack import SystemStack
from support.servers.response_script import Script


def statistics(bus, **criteria) -> dict[int, dict]:
    filters = {name: as_option(name, value) for name, value in criteria.items()}
    return dict(bus.call(NAME, ROOT, MANAGER, "GetStatistics", "(a{sv})", filters)[0])


def test_what_jobs_do_is_counted_and_kept(stack):
    assert statistics(stack.client) == {}
    server = stack.fault_server()
    resource = server.add("/f", body(100_000))
    resource.next_scripts(Script(send=40_000, then="close"))
    begin = time.time() * 1e6
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True, MinimumRetryDelay=5)
    job.wait_state("transient-error")
    job.resume()
    job.wait_state("transferred")
    job.complete()
    failed = stack.manager.create(files=[(server.url("/missing"), stack.downloads / "m")], Resume=True)
    failed.wait_state("error", unless=())
    failed.cancel()
    counted = statistics(stack.client)
    assert list(counted) == [os.getuid()]
    counters = dict(counted[os.getuid()])
    assert abs(counters.pop("Since") - begin) < 60e6
    assert counters == {"BytesReceived": 100_000, "BytesSent": 0, "BytesDiscarded": 0, "JobsCreated": 2, "JobsCompleted": 1,
                        "JobsFailed": 1, "JobsCancelled": 1, "JobsExpired": 0, "Retries": 1, "FilesRestarted": 0}
    stack.kill_daemon()
    assert statistics(stack.client) == counted
    with refused("NotSupported"):
        statistics(stack.client, Key="x")


def test_what_is_fetched_twice_is_counted(stack):
    server = stack.fault_server()
    resource = server.add("/f", body(100_000))
    resource.next_scripts(Script(send=40_000, then="close"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transient-error")
    resource.change(body(50_000, seed=2), '"two"', None)
    job.resume()
    job.wait_state("transferred")
    counters = statistics(stack.client)[os.getuid()]
    assert (counters["BytesReceived"], counters["BytesDiscarded"], counters["FilesRestarted"]) == (90_000, 40_000, 1)


def test_the_journal_says_what_an_ended_job_did(stack):
    server = stack.fault_server()
    server.add("/f", body(1_000))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transferred")
    job.complete()
    failed = stack.manager.create(files=[(server.url("/missing"), stack.downloads / "m")], Resume=True)
    failed.wait_state("error", unless=())
    failed.cancel()
    stack.client.wait(lambda: "job cancelled" in stack.log.read_text(), "the end of the second job in the journal")
    lines = stack.log.read_text().splitlines()
    completed = next(line for line in lines if line.startswith("job completed"))
    assert "HAULIER_BYTES=1000 HAULIER_FILES=1 HAULIER_SECONDS=" in completed and "HAULIER_ERROR" not in completed
    cancelled = next(line for line in lines if line.startswith("job cancelled"))
    assert "HAULIER_BYTES=0 HAULIER_FILES=0" in cancelled and "HAULIER_ERROR=http-status" in cancelled


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")
def test_each_user_is_counted_alone(new_stack):
    machine = new_stack(kind=SystemStack)
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    Manager(anna).create("of anna").cancel()
    Manager(bert).create("of bert")
    assert list(statistics(anna)) == [ANNA]
    assert statistics(root) == {}
    assert {uid: c["JobsCancelled"] for uid, c in statistics(root, AllUsers=True).items()} == {ANNA: 1, BERT: 0}
    with refused("AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"):
        statistics(anna, AllUsers=True)
