# SPDX-License-Identifier: LGPL-2.1-or-later
"""The disk with the database is full, fails or goes away: nothing that was acknowledged is lost, nothing is transferred that
could not be stored, the reason is shown, and everything goes on by itself."""

import contextlib
import shutil

import pytest

from support.client.checks import assert_file
from support.client.dbus_client import BusError
from support.content import body
from support.servers.response_script import Script

MEBI = 1 << 20
DATA = body(4 * MEBI)
CONFIG = {"Transfer": {"CheckpointBytes": "256K", "CheckpointInterval": "200ms"}}


@pytest.fixture
def disk(ext4, new_stack):
    """The stack's state is on a disk of its own."""
    stack = new_stack(CONFIG)
    own = ext4(stack.state)
    own.stack = stack
    return own


def running_job(stack, **script):
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(rate=MEBI, **script))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True, MinimumRetryDelay=5)
    job.wait_bytes(MEBI)
    return server, job


def stores(stack) -> bool:
    try:
        stack.manager.create(display_name="probe").cancel()
        return True
    except BusError:
        return False


def test_a_full_state_disk_halts_transfers_and_says_why(disk):
    stack = disk.stack
    server, job = running_job(stack)
    filler = disk.fill()
    job.wait_property("WaitReason", lambda reason: reason == ("storage", 0), seconds=30)
    server.wait(lambda: all(request.ended for request in server.requests), "the end of the request")
    asked = len(server.requests)
    stack.client.pause(6)
    assert len(server.requests) == asked, "nothing is fetched that cannot be stored"
    filler.unlink()
    job.wait_state("transferred", seconds=40)
    assert sum(request.sent for request in server.requests) < 1.4 * len(DATA)
    job.complete()
    assert_file(stack.downloads / "f", DATA)


def test_a_state_disk_that_failed_is_used_again(disk):
    """After disk errors, SQLite may call the database malformed for ever."""
    stack = disk.stack
    _server, job = running_job(stack)
    kept = stack.manager.create(display_name="kept")
    disk.fail()
    assert not stores(stack)
    stack.client.wait(lambda: not stack.running() or job.get("WaitReason")[0] == "storage", "the reason")
    disk.replace()
    stack.client.wait(lambda: stores(stack), "calls to be carried out again", 30)
    assert kept.get("DisplayName") == "kept"
    job.wait_state("transferred", seconds=30)
    job.complete()
    assert_file(stack.downloads / "f", DATA)


@pytest.mark.parametrize("harm", ["deleted", "replaced", "log"])
def test_nothing_is_acknowledged_into_a_database_that_was_removed(new_stack, harm):
    stack = new_stack(CONFIG)
    stack.manager.create(display_name="before")
    if harm == "log":
        (stack.state / "haulier.db-wal").unlink()
    elif harm == "deleted":
        shutil.rmtree(stack.state)
    else:
        stack.state.rename(stack.directory / "away")
        shutil.copytree(stack.directory / "away", stack.state)
    acknowledged = []

    def create() -> bool:
        with contextlib.suppress(BusError):
            acknowledged.append(stack.manager.create().id)
        return len(acknowledged) == 3
    stack.client.wait(create, "the daemon to start anew")
    stack.kill_daemon()
    assert set(acknowledged) <= {properties["Id"] for _path, properties in stack.manager.list()}
