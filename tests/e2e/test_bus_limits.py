# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that do not read or do not reply cost others nothing, though dbus-daemon keeps what they do not read and counts it
for us: it stops reading from a connection of which it keeps 127 MiB, and lets it wait for 128 replies."""

import os
import time

import pytest
from gi.repository import Gio, GLib

from support.bus.callback import Callback, Mute
from support.bus.deaf_connection import DeafConnection
from support.bus.system_bus import ANNA, BERT
from support.client.dbus_client import JOB, MANAGER, NAME, PROPERTIES, ROOT, Job, Manager
from support.daemon.system_stack import SystemStack
from support.environment import patience

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")

DEAF = 60
CHANGES = 1900
MUTE = 200


@pytest.fixture
def machine(new_stack) -> SystemStack:
    return new_stack(kind=SystemStack)


def memory_of(machine) -> int:
    """Of dbus-daemon, in bytes."""
    with open(f"/proc/{machine.bus.daemon.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def deaf(machine, uid: int, count: int) -> list[DeafConnection]:
    connections = [DeafConnection(machine.bus.address, uid) for _ in range(count)]
    for connection in connections:
        machine._closing.callback(connection.close)
    return connections


def change_often(job: Job, times: int) -> None:
    for number in range(times):
        job.set("Description", f"{number:04}" + "x" * 1000)


def test_listeners_that_do_not_read_do_not_stop_the_service(machine):
    anna, bert = machine.user(ANNA), machine.user(BERT)
    Manager(bert)._call("Subscribe")
    listeners = deaf(machine, BERT, DEAF)
    for listener in listeners:
        listener.subscribe()
    job = Manager(bert).create("busy")
    before = memory_of(machine)
    change_often(job, CHANGES)
    begin = time.monotonic()
    Manager(anna).create("hers")
    assert time.monotonic() - begin < patience(8)  # a bus that stops reading from the daemon makes her wait for ever
    assert Manager(anna).list()
    assert memory_of(machine) - before < 24 << 20
    # The same user's listener that reads has missed nothing, or was told so.
    heard = [signal for signal in bert.heard() if signal.member in ("PropertiesChanged", "SignalsLost")]
    last = heard[-1]
    assert last.member == "SignalsLost" or "Description" in last.args[1]


def test_a_listener_that_reads_again_is_told_that_it_missed_signals(machine):
    bert = machine.user(BERT)
    listener, = deaf(machine, BERT, 1)
    listener.subscribe()
    job = Manager(bert).create("busy")
    change_often(job, 600)
    heard = listener.read_until("SignalsLost")
    assert heard[0] == "JobAdded" and heard.count("PropertiesChanged") < 400
    job.set("Description", "the end")
    assert listener.read_until("PropertiesChanged") == ["PropertiesChanged"]


def test_a_listener_that_reads_misses_nothing(machine):
    bert = machine.user(BERT)
    Manager(bert)._call("Subscribe")
    job = Manager(bert).create("busy")
    change_often(job, CHANGES)
    changes = [s for s in bert.heard() if s.member == "PropertiesChanged" and "Description" in s.args[1]]
    assert len(changes) == CHANGES
    assert not [s for s in bert.heard() if s.member == "SignalsLost"]


@pytest.fixture
def impatient(new_stack) -> SystemStack:
    """Half an hour of unanswered calls passes in seconds."""
    return new_stack({"Notify": {"CallTimeout": "300ms", "RetryDelay": "100ms", "MaximumRetryDelay": "1s"}}, kind=SystemStack)


def test_two_hundred_programs_that_do_not_reply_do_not_delay_others(impatient):
    anna, bert = impatient.user(ANNA), impatient.user(BERT)
    server = impatient.fault_server()
    server.add("/file", b"content")
    folder = impatient.downloads
    folder.chmod(0o777)

    def transfer(bus, name: str, **options) -> Job:
        return Manager(bus).create(name, files=[(server.url("/file"), folder / name)], Resume=True, **options)

    for number, mute in enumerate(deaf(impatient, BERT, MUTE)):
        job = transfer(bert, f"mute{number}")
        mute.send(NAME, job.path, JOB, "SetNotifyObject", GLib.Variant("(o)", ("/mute",)))
    bert.pause(15)
    for bus, name in ((bert, "his"), (anna, "hers")):
        honest = Callback(bus, "/client")
        begin = time.monotonic()
        job = transfer(bus, name, NotifyObject="/client")
        call = honest.wait("JobTransferred")
        assert call.args == (job.path, job.id)
        assert time.monotonic() - begin < patience(8)


def test_a_program_that_replies_again_is_called_at_once(impatient):
    """It did not reply to many calls; its late reply shows that it works."""
    bert = impatient.user(BERT)
    server = impatient.fault_server()
    server.add("/file", b"content")
    impatient.downloads.chmod(0o777)
    asleep = [True]

    def sleep(_call):
        if asleep[0]:
            raise Mute

    callback = Callback(bert, "/client", sleep)
    job = Manager(bert).create("job", files=[(server.url("/file"), impatient.downloads / "file")], Resume=True,
                               NotifyObject="/client")
    callback.wait("JobTransferred", times=4)
    assert bert.call(NAME, job.path, PROPERTIES, "Get", "(ss)", JOB, "NotifyObject")[0] == (bert.unique_name, "/client")
    asleep[0] = False
    count = len(callback.calls)
    callback.unanswered[0].return_value(None)
    callback.wait("JobTransferred", times=count + 1)


def test_callers_that_do_not_read_replies_do_not_stop_the_service(machine):
    """Lists of a mebibyte and more, never read, over many connections."""
    anna, bert = machine.user(ANNA), machine.user(BERT)
    for number in range(200):
        Manager(bert).create("x" * 256, Key=f"{number}" + "k" * 200)
    callers = deaf(machine, BERT, 40)
    before = memory_of(machine)
    for _ in range(60):
        for caller in callers:
            caller.send(NAME, ROOT, MANAGER, "ListJobs", GLib.Variant("(a{sv})", ({},)))
    begin = time.monotonic()
    for number in range(5):
        Manager(anna).create(f"hers {number}")
    assert len(Manager(anna).list()) == 5
    assert time.monotonic() - begin < patience(10)
    assert memory_of(machine) - before < 48 << 20
    for caller in callers[1:]:
        caller.close()
    # A caller that reads again gets its lists, in their order. Refusals of calls beyond the quota may come before them.
    messages = [callers[0].read() for _ in range(20)]
    lists = [m.get_reply_serial() for m in messages if m.get_message_type() == Gio.DBusMessageType.METHOD_RETURN]
    assert lists and lists == sorted(lists)


def test_the_service_does_not_leave_while_calls_wait_for_a_caller_that_does_not_read(new_stack):
    """Without work it leaves after a fifth of a second, and the bus would answer these calls with NoReply."""
    machine = new_stack({"Daemon": {"IdleTimeout": "200ms"}}, kind=SystemStack)
    bert = machine.user(BERT)
    for number in range(200):
        Manager(bert).create("x" * 256, Key=f"{number}" + "k" * 200)
    [caller] = deaf(machine, BERT, 1)
    serials = [caller.send(NAME, ROOT, MANAGER, "ListJobs", GLib.Variant("(a{sv})", ({},))) for _ in range(20)]
    bert.pause(1.5)
    replies = []
    while len(replies) < len(serials):
        message = caller.read()
        if message.get_message_type() in (Gio.DBusMessageType.METHOD_RETURN, Gio.DBusMessageType.ERROR):
            replies.append((message.get_reply_serial(), message.get_error_name()))
    assert replies == [(serial, None) for serial in serials]
