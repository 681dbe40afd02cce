# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service begins when somebody calls and leaves when nobody needs it, and no call is lost between the two."""

import random
import time

import pytest

from support.client.dbus_client import MANAGER, NAME, PROPERTIES, ROOT, BusError
from support.container.container_user import configure
from support.environment import patience

TRIES = 200
IDLE = 0.1
VERSION = ("busctl", "get-property", NAME, ROOT, MANAGER, "Version")


@pytest.fixture(scope="module")
def machine(own_machine):
    return own_machine


@pytest.fixture(scope="module", autouse=True)
def hasty(machine) -> None:
    """Leaves at once; and systemd allows it to begin so often."""
    configure(machine, "20-hasty", f"[Daemon]\nIdleTimeout={int(IDLE * 1000)}ms\n")
    drop_in = machine.root / "etc/systemd/system/haulier.service.d"
    drop_in.mkdir(parents=True)
    (drop_in / "often.conf").write_text("[Unit]\nStartLimitIntervalSec=0\n")
    machine.run("systemctl", "daemon-reload")


def gone(person) -> bool:
    return not person.bus.owner(NAME)


def test_a_call_starts_the_stopped_service_and_is_answered(machine, systemd, people):
    alice = people("alice", listens=False)
    machine.run("systemctl", "stop", "haulier.service")
    alice.bus.wait(lambda: gone(alice), "the bus to notice")
    before = systemd.property("haulier.service", "ActiveEnterTimestampMonotonic")
    assert alice.run(*VERSION).startswith('s "')
    assert systemd.property("haulier.service", "ActiveEnterTimestampMonotonic") > before


def test_it_leaves_when_idle_and_systemd_calls_that_a_success(systemd, people):
    alice = people("alice", listens=False)
    alice.run(*VERSION)
    alice.bus.wait(lambda: gone(alice), "the idle service to leave")
    systemd.wait("haulier.service", "ActiveState", "inactive")
    assert systemd.property("haulier.service", "Result") == "success"
    assert systemd.property("haulier.service", "NRestarts") == 0
    assert systemd.property("haulier.path", "ActiveState") == "active"


def test_restarts_in_a_row_do_not_wear_out_the_watch_for_work(machine, systemd, people):
    """It begins and ends with the service, which is kept by who listens. systemd's own limit is five times in ten
    seconds."""
    people("alice")
    for _ in range(8):
        machine.run("systemctl", "restart", "haulier.service")
    assert systemd.property("haulier.path", "ActiveState") == "active"


def test_no_call_is_lost_in_the_moment_of_leaving(machine, people):
    """Half of the calls come when the bus says that the name is free, half around the time when it will be. Each makes
    a job, which must be there in the end, once."""
    alice = people("alice", listens=False)
    chance = random.Random(1)
    made, starts = [], set()
    for number in range(TRIES):
        if number % 2:
            alice.bus.forget()
            alice.bus.wait(lambda: gone(alice) or left(alice), "the service to leave")
        else:
            alice.bus.pause(IDLE * chance.uniform(0.8, 1.4))
        path, job_id, created = alice.manager.create_raw(f"try {number}", Key=str(number))
        assert created and path.endswith(job_id)
        made.append(job_id)
        starts.add(alice.bus.owner(NAME))
    listed = {properties["Id"]: properties["DisplayName"] for _, properties in alice.manager.list()}
    assert listed == {job_id: f"try {number}" for number, job_id in enumerate(made)}
    print(f"{len(made)} of {TRIES} calls answered by {len(starts)} runs of the daemon")
    assert len(starts) > TRIES / 2, "the calls did not come when it was leaving"


def left(person) -> bool:
    return any(signal.member == "NameOwnerChanged" and signal.args[0] == NAME and not signal.args[2]
               for signal in person.bus.signals)


@pytest.fixture
def broken_worker(machine):
    """Ends before it has connected to the daemon."""
    drop_in = machine.root / "etc/systemd/system/haulier-worker@.service.d/broken.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Service]\nExecStart=\nExecStart=/bin/false\n")
    machine.run("systemctl", "daemon-reload")
    yield
    drop_in.unlink()
    machine.run("systemctl", "daemon-reload")


def test_a_worker_that_ends_before_it_connects_is_noticed_at_once(broken_worker, people):
    """Already the first call needs the worker, which looks whether the caller is in a sandbox."""
    began = time.monotonic()
    with pytest.raises(BusError, match="could not be started"):
        people("alice").manager.create(files=[("http://127.0.0.1:9/file", "/home/alice/file")])
    assert time.monotonic() - began < patience(5)
