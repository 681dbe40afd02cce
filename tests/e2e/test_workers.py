# SPDX-License-Identifier: LGPL-2.1-or-later
"""Workers of the system instance: started by systemd as their owners, or a sentence that says what is missing; and those
who come to their socket without being asked."""

import os
import socket

import pytest
from gi.repository import GLib

from support.bus import fake_systemd
from support.bus.system_bus import ANNA, BERT, acting_as
from support.client.checks import assert_file
from support.client.dbus_client import MANAGER, NAME, ROOT, BusError, Manager
from support.content import body
from support.daemon.unit_stack import UnitStack
from support.environment import patience, stretched
from support.servers.response_script import Script

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")

MEBI = 1 << 20
BIG = body(3 * MEBI)
NO_SYSTEMD = ("haulier-worker@{}.service cannot be started: there is no systemd on the system bus, and it is needed to run "
              "transfers as their owners")
REFUSED = ("haulier-worker@{}.service cannot be started: systemd refuses it (Permission denied); polkitd and the rules in "
           "/usr/share/polkit-1/rules.d/haulier.rules are needed")
FAILED = "haulier-worker@{0}.service could not be started ({1}); 'journalctl -u haulier-worker@{0}.service' says why"


@pytest.fixture
def machine(new_stack) -> UnitStack:
    return new_stack(kind=UnitStack)


def unit_of(uid: int) -> str:
    return f"haulier-worker@{uid}.service"


def subscribe(bus) -> None:
    bus.call(NAME, ROOT, MANAGER, "Subscribe")


def job_of(machine: UnitStack, uid: int, server, name: str = "big", **options):
    """A job that fetches /big, of somebody who hears of it."""
    target = machine.folder_of(uid) / name
    bus = machine.user(uid)
    subscribe(bus)
    return Manager(bus).create(files=[(server.url("/big"), target)], **options), target


@pytest.fixture
def server(machine):
    fault_server = machine.fault_server()
    fault_server.add("/big", BIG)
    return fault_server


@pytest.fixture
def stalling(server):
    """It sends a part of /big at first, and then nothing."""
    server.resources["/big"].next_scripts(Script(send=MEBI, then="stall"))
    return server


def test_a_file_is_fetched_by_its_owner(machine, server):
    systemd = machine.systemd()
    job, target = job_of(machine, ANNA, server, Resume=True)
    job.wait_state("transferred")
    assert systemd.asked == [("RestartUnit", unit_of(ANNA))]
    assert machine.worker_pids() == []
    job.complete()
    assert_file(target, BIG)
    status = target.stat()
    assert (status.st_uid, status.st_mode & 0o777) == (ANNA, 0o644)


def test_each_owner_has_a_worker_and_its_rights(machine, server):
    systemd = machine.systemd()
    mine, _ = job_of(machine, ANNA, server, Resume=True)
    with pytest.raises(BusError) as refusal:
        folder = machine.directory / f"files-of-{ANNA}"
        Manager(machine.user(BERT)).create(files=[(server.url("/big"), folder / "theirs")])
    assert refusal.value.name == "LocalFile" and "Permission denied" in refusal.value.message
    mine.wait_state("transferred")
    assert set(systemd.workers) == {unit_of(ANNA), unit_of(BERT)}


def assert_refused(machine: UnitStack, server, uid: int, why: str) -> None:
    with pytest.raises(BusError) as refusal:
        job_of(machine, uid, server)
    assert refusal.value.name == "Internal" and refusal.value.message.endswith(": " + why)


def test_without_systemd_a_client_is_told_so(machine, server):
    assert_refused(machine, server, ANNA, NO_SYSTEMD.format(ANNA))


def test_without_polkit_a_client_is_told_so(machine, server):
    machine.systemd(lambda _: "refused")
    assert_refused(machine, server, ANNA, REFUSED.format(ANNA))


def test_a_unit_that_fails_is_told_of(machine, server):
    machine.systemd(lambda _: "failed")
    assert_refused(machine, server, ANNA, FAILED.format(ANNA, "failed"))


def test_a_running_job_without_systemd_waits_and_says_why(machine, server):
    systemd = machine.systemd()
    job, target = job_of(machine, ANNA, server)
    machine.signal_daemon(15)
    systemd.stop()
    subscribe(job.bus)
    job.resume()
    job.wait_state("transient-error")
    context, name, _code, sentence, _file = job.get("Error")
    assert (name, sentence) == ("worker-lost", NO_SYSTEMD.format(ANNA))
    assert job.get("WaitReason")[0] == "retry-delay"
    machine.systemd()
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(target, BIG)


def test_nobody_else_says_what_becomes_of_a_unit(machine, server):
    """A signal that looks like systemd's, from somebody who saw which job it is."""
    forger = machine.user(BERT)

    def forge(unit: str) -> str:
        forged = GLib.Variant("(uoss)", (1, fake_systemd.JOB, unit, "failed"))
        for destination in (None, forger.owner(NAME)):
            forger.connection.emit_signal(destination, fake_systemd.PATH, fake_systemd.MANAGER, "JobRemoved", forged)
        forger.connection.flush_sync(None)
        return "untold"

    machine.systemd(forge)
    job, _ = job_of(machine, ANNA, server, Resume=True)
    job.wait_state("transferred")


def come(machine: UnitStack, uid: int) -> socket.socket:
    visitor = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    visitor.settimeout(patience(10))
    with acting_as(uid):
        visitor.connect(str(machine.worker_socket))
    return visitor


def descriptors(machine: UnitStack) -> int:
    return len(os.listdir(f"/proc/{machine.daemon_pid()}/fd"))


def test_who_comes_unasked_is_sent_away_and_holds_nothing(machine, server):
    machine.systemd()
    job, _ = job_of(machine, ANNA, server)
    before = descriptors(machine)
    crowd = [come(machine, BERT) for _ in range(500)]
    for visitor in crowd:
        assert visitor.recv(1) == b""
    assert descriptors(machine) <= before
    job.resume()
    job.wait_state("transferred")


def test_a_program_that_plays_its_users_worker_harms_nobody_else(new_stack):
    """It comes instead of the worker and says nothing."""
    machine = new_stack({"Daemon": {"WorkerTimeout": stretched(1)}}, kind=UnitStack)
    server = machine.fault_server()
    server.add("/big", BIG)
    guests = []

    def judge(unit: str) -> str:
        if unit == unit_of(BERT) and len(guests) < 2:
            guests.append(come(machine, BERT))
            return "nothing"
        return "done"

    systemd = machine.systemd(judge)
    bert = Manager(machine.user(BERT))
    with pytest.raises(BusError) as refusal:
        bert.create(files=[(server.url("/big"), machine.folder_of(BERT) / "f")])
    assert refusal.value.name == "Internal"
    assert ("StopUnit", unit_of(BERT)) in systemd.asked
    job, _ = job_of(machine, ANNA, server, Resume=True)
    job.wait_state("transferred")


def test_workers_leave_with_the_daemon_and_the_next_one_goes_on(machine, stalling):
    systemd = machine.systemd()
    job, target = job_of(machine, ANNA, stalling, Resume=True)
    job.wait_bytes(MEBI)
    machine.signal_daemon(15)
    assert systemd.workers[unit_of(ANNA)].wait(patience(15)) == 0
    assert (machine.state / "pending").exists()
    subscribe(job.bus)
    job.wait_state("transferred")
    assert [request.range_start for request in stalling.of("/big")] == [0, MEBI]
    job.complete()
    assert_file(target, BIG)


def test_a_worker_that_dies_is_started_again(machine, stalling):
    systemd = machine.systemd()
    job, _ = job_of(machine, ANNA, stalling, Resume=True)
    job.wait_bytes(MEBI)
    systemd.workers[unit_of(ANNA)].kill()
    systemd.wait_asked("RestartUnit", unit_of(ANNA), 2)
    job.wait_state("transferred")
