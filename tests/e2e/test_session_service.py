# SPDX-License-Identifier: LGPL-2.1-or-later
"""A job of the system instance tells a service of its owner's session bus: by the worker, and when there is a bus."""

import os
import types

import pytest
from gi.repository import GLib

from support.bus.callback import Callback
from support.bus.fake_logind import MANAGER, PATH, Logind
from support.bus.notify_service import EVER_MORE_RARELY, NotifyService
from support.client.dbus_client import BUS, BusError
from support.content import body
from support.daemon.session_stack import StackWithSession
from support.servers.response_script import Script

SMALL = body(20_000)
ME = os.getuid()
pytestmark = pytest.mark.skipif(ME != 0, reason="needs root, as every test on a bus of the system's kind")


@pytest.fixture
def machine(new_stack) -> StackWithSession:
    return new_stack({"Daemon": {"IdleTimeout": "500ms"}}, kind=StackWithSession)


def service_of(machine, behaviour: str = "accept", name: str = "org.haulier.Test.Service") -> NotifyService:
    place = types.SimpleNamespace(directory=machine.session.directory, bus=machine.session)
    return NotifyService(place, name, behaviour)


def job_for(machine, service_name: str, remote: str = "/file", script=Script(), **options):
    server = machine.fault_server()
    server.add(remote, SMALL, script=script)
    return machine.manager.create(files=[(server.url(remote), machine.downloads / "file")], Resume=True,
                                  NotifyService=("session:" + service_name, "/client"), **options)


def untold_job(machine):
    """A service, and a job with a notice for it."""
    service = service_of(machine)
    job = job_for(machine, service.name)
    job.wait_state("transferred")
    return service, job


def told(machine, service, count: int) -> list[tuple[str, str]]:
    machine.user_client.wait(lambda: len(service.calls) >= count, f"{count} calls", 30)
    return service.calls


def test_it_is_started_and_told_by_the_worker_and_never_by_the_daemon(machine):
    machine.come()
    service = service_of(machine)
    job = job_for(machine, service.name)
    assert told(machine, service, 1) == [("JobTransferred", job.id)]
    assert len(service.starts) == 1
    assert job.get("NotifyService") == ("session:" + service.name, "/client")
    assert job.get("NotifyObject") == ("", "/")
    connected = machine.session_pids()
    assert machine.worker_pid() in connected and machine.daemon_pid() not in connected


def test_everything_is_told_in_order_and_to_one_process(machine):
    machine.come()
    service = service_of(machine)
    job = job_for(machine, service.name, NotifyFlags=["transferred", "error", "file-transferred"])
    assert told(machine, service, 2) == [("FileTransferred", job.id), ("JobTransferred", job.id)]
    assert len(service.starts) == 1
    assert service._record("arguments")[0] == (f"{job.path} {job.id} 0 {job.files()[0]['RemoteName']} "
                                               f"{machine.downloads}/.haulier-{job.id}-0.part")


def test_a_failure_is_told_with_its_error(machine):
    machine.come()
    service = service_of(machine)
    job = job_for(machine, service.name, script=Script(status=404))
    assert told(machine, service, 1) == [("JobError", job.id)]
    assert service._record("arguments") == [f"{job.path} {job.id} {job.get('Error')}"]
    assert job.get("Error")[1:3] == ("http-status", 404)


def test_it_is_asked_for_another_link_and_its_answer_is_used(machine):
    machine.come()
    service = service_of(machine)
    server = machine.fault_server()
    server.add("/file", SMALL, script=Script(status=410))
    server.add("/file?fresh", SMALL)
    job = machine.manager.create(files=[(server.url("/file"), machine.downloads / "file")], Resume=True, RenewRemoteName="always",
                                 NotifyService=("session:" + service.name, "/client"),
                                 NotifyFlags=["transferred", "error", "remote-name-expired"])
    assert told(machine, service, 2) == [("RemoteNameExpired", job.id), ("JobTransferred", job.id)]
    assert job.files()[0]["RemoteName"] == server.url("/file?fresh")


def test_a_living_callback_object_on_our_bus_comes_first(machine):
    machine.come()
    service = service_of(machine)
    callback = Callback(machine.client)
    job_for(machine, service.name, NotifyObject=callback.path)
    callback.wait("JobTransferred")
    machine.client.pause(0.5)
    assert service.calls == []


def test_who_refuses_is_asked_again(machine):
    machine.come()
    service = service_of(machine, "refuse")
    job = job_for(machine, service.name)
    told(machine, service, 2)
    service.behave("accept")
    count = len(service.calls)
    assert told(machine, service, count + 1)[-1] == ("JobTransferred", job.id)
    assert len(service.starts) == 1


def test_who_dies_is_started_ever_more_rarely(new_stack):
    machine = new_stack({"Notify": EVER_MORE_RARELY}, kind=StackWithSession)
    machine.come()
    service = service_of(machine, "die")
    job_for(machine, service.name)
    service.assert_ever_more_rarely(machine.user_client)


def test_without_a_bus_it_waits_for_the_user_and_nobody_else(machine):
    """The notice keeps the daemon and the marker, but no worker; the log-in of another user changes nothing."""
    logind = Logind(machine.connect())
    service, job = untold_job(machine)
    machine.manager._call("Unsubscribe")
    machine.client.wait(lambda: logind.questions >= 1, "the daemon to ask who is there")
    logind.log_in(ME + 1)
    machine.client.wait(lambda: logind.questions >= 2, "the daemon to ask again")
    daemon = machine.daemon_pid()
    machine.client.pause(12)  # longer than a worker rests, and much longer than an idle daemon
    assert machine.daemon_pid() == daemon and machine.worker_pids() == [] and machine.marker.exists()
    assert service.calls == []

    machine.come()
    logind.log_in(ME)
    assert told(machine, service, 1) == [("JobTransferred", job.id)]
    machine.wait_stopped()
    assert not machine.marker.exists()


def test_a_user_whose_bus_takes_its_time_is_tried_again(machine):
    logind = Logind(machine.connect(), ME)
    service, job = untold_job(machine)
    machine.client.wait(lambda: logind.questions, "the daemon to ask who is there")
    machine.client.pause(1)
    machine.come()
    assert told(machine, service, 1) == [("JobTransferred", job.id)]


def test_a_notice_without_a_bus_survives_the_death_of_the_daemon(machine):
    service, job = untold_job(machine)
    machine.kill_daemon()
    assert machine.marker.exists()
    machine.come()
    machine.start()
    assert told(machine, service, 1) == [("JobTransferred", job.id)]


def test_a_logind_that_comes_later_is_asked(machine):
    service, job = untold_job(machine)
    machine.client.pause(0.5)
    machine.come()
    Logind(machine.connect(), ME)
    assert told(machine, service, 1) == [("JobTransferred", job.id)]


def test_a_forged_log_in_is_not_believed(machine):
    """Anybody may send us a signal; only logind is asked, and it is not there."""
    service, job = untold_job(machine)
    machine.client.pause(0.5)
    machine.come()
    liar = Logind(machine.connect())
    machine.client.wait(lambda: liar.questions, "the daemon to ask who is there")
    forger = machine.connect()
    for name in machine.client.call(*BUS, "ListNames")[0]:
        if name.startswith(":"):
            forger.connection.emit_signal(name, PATH, MANAGER, "UserNew", GLib.Variant("(uo)", (ME, PATH + "/user/_x")))
    machine.client.wait(lambda: liar.questions >= 2, "the daemon to ask again")
    machine.client.pause(0.5)
    assert service.calls == []


def test_nobody_need_be_there_to_register_it_but_the_name_must_be_one(machine):
    job = machine.manager.create(NotifyService=("session:org.example.Nobody", "/x"))
    assert job.get("NotifyService") == ("session:org.example.Nobody", "/x")
    for bad in ("session:", "session:nobody", "session::1.7", "user:org.example.App"):
        with pytest.raises(BusError, match="InvalidArgument"):
            job.notify_service(bad)
    with pytest.raises(BusError, match="NotActivatable"):
        job.notify_service("org.example.Nobody")
    assert job.get("NotifyService") == ("session:org.example.Nobody", "/x")
    job.notify_service("")
    assert job.get("NotifyService") == ("", "/")


def test_on_the_session_bus_itself_the_prefix_says_nothing(stack):
    service = NotifyService(stack)
    server = stack.fault_server()
    server.add("/file", SMALL)
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], Resume=True,
                               NotifyService=("session:" + service.name, "/client"))
    assert job.get("NotifyService") == (service.name, "/client")
    stack.client.wait_signal("Called")
    assert service.calls == [("JobTransferred", job.id)]
    job.notify_service("")
    job.notify_service("session:" + service.name)
    assert job.get("NotifyService") == (service.name, "/client")
    with pytest.raises(BusError, match="NotActivatable"):
        job.notify_service("session:org.example.Nobody")
