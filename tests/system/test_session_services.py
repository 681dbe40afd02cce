# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service of a user's session bus is told of the user's job of the system: by his worker, as soon as he has a bus."""

import itertools

import pytest

from support.client.dbus_client import NAME
from support.container.activatable import ActivatableService
from support.container.container_user import ContainerUser, configure, reload
from support.container.systemd import Systemd
from support.content import body
from support.servers.response_script import Script

NUMBERS = itertools.count(1)


def new_service(machine, user: str) -> ActivatableService:
    return ActivatableService(machine, f"org.haulier.Test.App{next(NUMBERS)}", "accept", user)


@pytest.fixture(scope="module")
def machine(own_machine):
    return own_machine


@pytest.fixture(autouse=True)
def file(server) -> str:
    server.add("/file", b"content")
    return server.url("/file")


def session_of(machine, name: str):
    """With lingering, which is as good as a log-in."""
    machine.run("loginctl", "enable-linger", name)
    machine.run("systemctl", "start", f"user@{machine.uid(name)}.service")
    return machine.connect_to_session_bus(name)


def send_home(machine, name: str) -> None:
    machine.run("loginctl", "disable-linger", name)
    machine.run("systemctl", "stop", f"user@{machine.uid(name)}.service", f"user-runtime-dir@{machine.uid(name)}.service")


def create(person: ContainerUser, service: ActivatableService, url: str):
    return person.manager.create("for an app", files=[(url, person.home / "file")], Resume=True,
                                 NotifyService=(f"session:{service.name}", "/client"))


def told(service: ActivatableService, job) -> list[str]:
    return [method for method, job_id in service.calls if job_id == job.id]


def test_a_lingering_users_service_is_started_and_told_by_his_own_worker(machine, people, file):
    bob = people("bob")
    service = new_service(machine, "bob")
    session = session_of(machine, "bob")
    assert not session.owner(service.name)
    job = create(bob, service, file)
    assert job.get("NotifyService") == (f"session:{service.name}", "/client")
    session.wait_signal("Called")
    assert told(service, job) == ["JobTransferred"]
    assert service.record("callers") == [str(bob.uid)], "only a process of his may enter his bus"
    caller = session.uid_of(session.owner(service.name))
    assert caller == bob.uid
    job.complete()
    send_home(machine, "bob")


def test_who_has_no_session_is_told_when_he_comes(machine, people, file):
    alice = people("alice")
    service = new_service(machine, "alice")
    job = create(alice, service, file)
    job.wait_state("transferred")
    alice.bus.wait(lambda: (machine.root / "var/lib/haulier/pending").exists(), "the marker")
    assert service.calls == []
    assert not (machine.root / f"run/user/{alice.uid}").exists()
    session = session_of(machine, "alice")
    session.wait(lambda: told(service, job) or session.forget(), "the service to be told", seconds=30)
    assert told(service, job) == ["JobTransferred"]
    assert service.record("callers") == [str(alice.uid)]
    job.complete()
    send_home(machine, "alice")


def test_a_reboot_in_between_loses_nothing(machine, file):
    """The daemon is back by itself, since something is owed, waits, and tells when alice comes."""
    alice = ContainerUser(machine, "alice")
    service = new_service(machine, "alice")
    job = create(alice, service, file)
    job.wait_state("transferred")
    machine.power_off()
    machine.boot()
    systemd = Systemd(machine)
    systemd.wait("haulier.service", "ActiveState", "active")
    session = session_of(machine, "alice")
    session.wait(lambda: told(service, job), "the service to be told", seconds=30)
    assert told(service, job) == ["JobTransferred"]
    alice = ContainerUser(machine, "alice")
    alice.jobs()[0].complete()
    assert not [job for job in alice.jobs() if job.state != "acknowledged"]
    send_home(machine, "alice")


def test_roots_daemon_never_comes_near_a_users_bus(machine, people, file):
    """Neither the daemon nor anybody but bob's own processes has a connection there."""
    bob = people("bob")
    service = new_service(machine, "bob")
    session = session_of(machine, "bob")
    job = create(bob, service, file)
    session.wait_signal("Called")
    assert set(session.of_all(session.uid_of).values()) == {bob.uid}
    assert not session.owner(NAME)
    job.complete()
    send_home(machine, "bob")


@pytest.fixture
def login_required(machine, people):
    people("root").manager.list()
    configure(machine, "50-login", "[Scheduler]\nRequireLogin=yes\n")
    reload(machine)
    yield
    (machine.root / "etc/haulier/haulier.conf.d/50-login.conf").unlink()
    reload(machine)


def test_where_a_login_is_required_jobs_run_only_while_their_owner_is_there(machine, people, server, file, login_required):
    """She was not there before: whoever leaves counts as present for some more seconds, as logind does it."""
    carol, root = people("carol"), people("root")
    resource = server.add("/slow", body(800_000), script=Script(send=300_000, gate=True, then="finish"))
    job = carol.manager.create(files=[(server.url("/slow"), carol.home / "slow")], Resume=True)
    services = root.manager.create(files=[(file, root.home / "file")], Resume=True)
    services.wait_state("transferred")
    assert (job.state, job.get("WaitReason")) == ("queued", ("login", 0))

    session_of(machine, "carol")
    server.wait_sent("/slow", 300_000)
    send_home(machine, "carol")
    assert job.wait_property("WaitReason", lambda reason: reason[0] != "running", 30) == ("login", 0)
    assert job.state == "queued"

    resource.gate.set()
    session_of(machine, "carol")
    job.wait_state("transferred")
    send_home(machine, "carol")
