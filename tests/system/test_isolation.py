# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two ordinary users on one machine: neither sees, reads, changes, cancels or hears of the other's jobs."""

import contextlib
import os
import stat
import time
import xml.etree.ElementTree as ElementTree

import pytest
from gi.repository import Gio, GLib

from support.bus.system_bus import acting_as
from support.client.checks import refused
from support.client.dbus_client import BUS, JOB, MANAGER, NAME, PROPERTIES, ROOT, BusError, Job
from support.container.nspawn import SYSTEM_BUS
from support.content import body
from support.environment import SOURCE
from support.servers.response_script import Script

FLOOD = 2000
NOBODYS = f"{ROOT}/job/{'0' * 31}7"
# The second when polkit would let an administrator type his password, had the call allowed that.
REFUSALS = ("AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired")
SAMPLES = {"s": "text", "o": "/client", "u": 0, "t": 7, "b": True, "as": [], "au": [], "a(tt)": [], "a(ssa{sv})": [], "a{sv}": {}, "(so)": ("", "/")}


def members(kind: str) -> list[ElementTree.Element]:
    return list(ElementTree.parse(SOURCE / f"dbus/{JOB}.xml").getroot().iter(kind))


METHODS = {method.get("name"): [arg.get("type") for arg in method.iter("arg") if arg.get("direction") == "in"]
           for method in members("method")}
READABLE = {p.get("name"): p.get("type") for p in members("property")}
WRITABLE = {p.get("name"): p.get("type") for p in members("property") if p.get("access") == "readwrite"}


@pytest.fixture
def job(alice) -> Job:
    return alice.manager.create("secret name", files=[("http://127.0.0.1:9/secret", alice.home / "secret")],
                                Description="secret words", NotifyFlags=["transferred", "error", "modification"])


def error_of(call) -> tuple[str, str]:
    with pytest.raises(BusError) as caught:
        call()
    return caught.value.name, caught.value.message


def same_refusal(person, job: Job, ask) -> None:
    """What is asked of the job of another is refused in the same words as for one that never was."""
    his, nobodys = error_of(lambda: ask(Job(person.bus, job.path))), error_of(lambda: ask(Job(person.bus, NOBODYS)))
    assert his[0] in REFUSALS
    assert his == (nobodys[0], nobodys[1].replace(NOBODYS.rpartition("/")[2], job.id))


def test_another_users_jobs_are_not_listed_nor_found_nor_counted(alice, bob, job):
    assert [path for path, _ in alice.manager.list()] == [job.path]
    assert bob.manager.list() == []
    assert bob.manager.property("Jobs") == 0
    assert alice.manager.property("Jobs") == 1
    his, nobodys = (error_of(lambda name=name: bob.manager.get(name)) for name in (job.id, NOBODYS.rpartition("/")[2]))
    assert his[0] == nobodys[0] == "NotFound"
    assert his[1].replace(job.id, "") == nobodys[1].replace(NOBODYS.rpartition("/")[2], "")
    assert error_of(lambda: bob.manager.list(AllUsers=True))[0] in REFUSALS


def test_every_method_is_refused(bob, job):
    before = job.all()
    for method, signature in METHODS.items():
        arguments = [SAMPLES[kind] for kind in signature]
        same_refusal(bob, job, lambda target, method=method, signature=signature, arguments=arguments: target.call(
            method, f"({''.join(signature)})", *arguments))
    assert job.all() == before


def test_every_property_is_refused(alice, bob, job):
    before = job.all()
    for name in READABLE:
        same_refusal(bob, job, lambda target, name=name: target.get(name))
    for name, kind in WRITABLE.items():
        value = GLib.Variant(kind, SAMPLES[kind])
        same_refusal(bob, job, lambda target, name=name, value=value: target.set(name, value))
    same_refusal(bob, job, lambda target: target.all())
    assert job.all() == before


def test_introspection_shows_ones_own_jobs_only(alice, bob, job):
    his = bob.manager.create("bob's")

    def names(person) -> set[str]:
        xml = person.bus.call(NAME, ROOT + "/job", "org.freedesktop.DBus.Introspectable", "Introspect")[0]
        return {node.get("name") for node in ElementTree.fromstring(xml).iter("node")} - {None}
    assert names(alice) == {job.id}
    assert names(bob) == {his.id}
    same_refusal(bob, job, lambda target: target.bus.call(NAME, target.path, "org.freedesktop.DBus.Introspectable",
                                                          "Introspect"))


def test_nobody_else_hears_of_a_job(alice, bob, server):
    """Bob has subscribed, has a match rule for everything, and tries to eavesdrop."""
    bob.bus.call(*BUS, "AddMatch", "(s)", "type='signal'")
    for rule in ("eavesdrop=true", f"eavesdrop=true,sender='{NAME}'"):
        try:
            bob.bus.call(*BUS, "AddMatch", "(s)", rule)
        except BusError as error:
            assert error.name.endswith(("MatchRuleInvalid", "AccessDenied")), error
    with pytest.raises(BusError, match="AccessDenied"):
        bob.bus.call(BUS[0], BUS[1], BUS[0] + ".Monitoring", "BecomeMonitor", "(asu)", [], 0)
    heard = []
    bob.bus.connection.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NO_MATCH_RULE,
                                        lambda *what: heard.append(what[2:5] + (what[5].unpack(),)))
    content = body(300_000)
    server.add("/file", content)
    bob.bus.forget()
    job = alice.manager.create("secret name", files=[(server.url("/file"), alice.home / "heard")], Resume=True)
    job.wait_state("transferred")
    job.complete()
    failing = alice.manager.create("fails", files=[(server.url("/none"), alice.home / "none")], Resume=True)
    failing.wait_state("error", unless=())
    failing.cancel()
    alice.bus.wait_signal("JobError")
    assert {"JobAdded", "JobTransferred", "JobError", "PropertiesChanged"} <= {signal.member for signal in alice.bus.signals}
    his = bob.manager.create("bob's own")
    bob.bus.wait(lambda: any(his.id in str(entry) for entry in heard), "bob to hear of his own job")
    # systemd tells everyone in which state units are.
    told = [entry for entry in heard if "haulier" in str(entry) and his.id not in str(entry) and entry[2] != "NameOwnerChanged"
            and not entry[0].startswith("/org/freedesktop/systemd1/")]
    assert all(entry[3][1] == {"Jobs": 1} for entry in told), told  # that he has one himself now
    assert not [entry for entry in heard if job.id in str(entry) or failing.id in str(entry)]


def test_files_belong_to_the_owner_with_the_usual_modes(machine, alice, server):
    content = body(2_000_000)
    resource = server.add("/file", content, script=Script(send=500_000, gate=True, then="finish"))
    job = alice.manager.create(files=[(server.url("/file"), alice.home / "mine")], Resume=True)
    server.wait_sent("/file", 500_000)
    (part,) = alice.outside(alice.home).glob(".haulier-*")
    assert (part.stat().st_uid, part.stat().st_gid) == (alice.uid, machine.gid("alice"))
    assert stat.S_IMODE(part.stat().st_mode) == 0o600
    resource.gate.set()
    job.wait_state("transferred")
    job.complete()
    mine = alice.outside(alice.home / "mine")
    assert mine.read_bytes() == content
    assert (mine.stat().st_uid, mine.stat().st_gid) == (alice.uid, machine.gid("alice"))
    assert stat.S_IMODE(mine.stat().st_mode) == 0o644


def test_groups_are_the_owners(machine, alice, server):
    """A folder that only a group of alice's may write to: her worker is a member."""
    machine.run("groupadd", "--force", "--users", "alice", "crew")
    machine.run("install", "-d", "-g", "crew", "-m", "2770", "/srv/crew")
    machine.run("systemctl", "stop", f"haulier-worker@{alice.uid}.service")
    server.add("/file", b"for the crew")
    job = alice.manager.create(files=[(server.url("/file"), "/srv/crew/file")], Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert alice.outside("/srv/crew/file").read_bytes() == b"for the crew"


def test_a_folder_of_another_is_no_place_to_put_files(alice, bob, server):
    server.add("/file", b"a")
    for target in ("/home/alice/x", "/boot/x", "/etc/x", "/home/bob/../alice/x"):
        with refused("LocalFile", "InvalidArgument"):
            bob.manager.create(files=[(server.url("/file"), target)])
    assert not alice.outside("/home/alice/x").exists()


def test_a_flood_of_calls_drowns_nobody_else(alice, bob):
    """Bob asks thousands of things without waiting for an answer. Each is answered or refused; alice does not wait."""
    answers = []

    def answered(connection, result):
        try:
            connection.call_finish(result)
            answers.append("")
        except GLib.Error as error:
            answers.append(BusError(error).name)
    for number in range(FLOOD):
        bob.bus.connection.call(NAME, ROOT, MANAGER, "ListJobs" if number % 2 else "CreateJob",
                                GLib.Variant("(a{sv})", ({},)) if number % 2 else GLib.Variant("(ssa{sv})", ("x", "download", {})),
                                None, Gio.DBusCallFlags.NONE, -1, None, answered)
    bob.bus.connection.flush_sync(None)
    began = time.monotonic()
    alice.manager.create("hers").cancel()
    print(f"alice waited {time.monotonic() - began:.2f} s, {len(answers)} of bob's calls had been answered")
    assert len(answers) < FLOOD, "alice came after the flood"
    bob.bus.wait(lambda: len(answers) == FLOOD, "all answers", seconds=60)
    assert set(answers) <= {"", "TooManyJobs", "org.freedesktop.DBus.Error.LimitsExceeded"}
    print({name or "answered": answers.count(name) for name in set(answers)})


def connection_with_descriptors(machine, user: str) -> Gio.DBusConnection:
    """Gio sends them only on connections that it has introduced itself, which it does in the name of the process."""
    plain = Gio.Socket.new_from_fd(machine.connect(SYSTEM_BUS, user).detach()).connection_factory_create_connection()
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    with acting_as(machine.uid(user)):
        connection = Gio.DBusConnection.new_sync(plain, None, flags, None, None)
    assert connection.get_capabilities() & Gio.DBusCapabilityFlags.UNIX_FD_PASSING
    return connection


def test_file_descriptors_take_the_service_from_nobody(machine, alice):
    """No call brings any. A daemon that had room for no more of them would lose the bus."""
    alice.manager.list()
    before = alice.bus.owner(NAME)
    bob = connection_with_descriptors(machine, "bob")
    with open(os.devnull, encoding="utf-8") as null:
        descriptors = Gio.UnixFDList.new()
        for _ in range(16):
            descriptors.append(null.fileno())
    for _ in range(200):
        message = Gio.DBusMessage.new_method_call(NAME, ROOT, MANAGER, "ListJobs")
        message.set_body(GLib.Variant("(a{sv})", ({},)))
        message.set_flags(Gio.DBusMessageFlags.NO_REPLY_EXPECTED)
        message.set_unix_fd_list(descriptors)
        bob.send_message(message, Gio.DBusSendMessageFlags.NONE)
    with contextlib.suppress(GLib.Error):  # the bus may have hung up on him
        bob.call_sync(*BUS, "GetId", None, None, Gio.DBusCallFlags.NONE, -1, None)
    for _ in range(5):
        alice.manager.create("hers").cancel()
    assert alice.bus.owner(NAME) == before
    if not bob.is_closed():
        bob.close_sync(None)


def test_the_state_of_all_is_closed_to_everybody(bob):
    for command in (["ls", "/var/lib/haulier"], ["cat", "/var/lib/haulier/haulier.db"]):
        assert "Permission denied" in bob.attempt(*command).stderr


def test_commands_of_the_worker_tell_nothing(machine, alice, bob, server):
    """Everybody may read command lines."""
    server.add("/file", body(500_000), script=Script(send=100_000, then="stall"))
    job = alice.manager.create("secret name", files=[(server.url("/file"), alice.home / "mine2")], Resume=True)
    server.wait_sent("/file", 100_000)
    lines = bob.run("ps", "-eo", "args") if bob.attempt("ps").returncode == 0 else bob.run(
        "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert "haulier-worker" in lines
    assert "/file" not in lines and "secret" not in lines and job.id not in lines
