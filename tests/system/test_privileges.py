# SPDX-License-Identifier: LGPL-2.1-or-later
"""Least privilege on a running system: what daemon and workers may do, and what others can make of their doors."""

import contextlib
import os
import re
import socket
import subprocess

import pytest
from gi.repository import GLib

from support.client.dbus_client import MANAGER, NAME, PROPERTIES, ROOT
from support.content import body
from support.servers.response_script import Script

DOOR = "/run/haulier/worker.socket"


@pytest.fixture
def at_work(machine, server, alice):
    """A job of alice's in mid-transfer, and the process of her worker."""
    resource = server.add("/held", body(2_000_000), script=Script(send=500_000, gate=True, then="finish"))
    job = alice.manager.create(files=[(server.url("/held"), alice.home / "held")], Resume=True)
    job.wait_bytes(500_000)
    job.finish = lambda: (resource.gate.set(), job.wait_state("transferred"), job.complete())
    yield job
    resource.gate.set()


def status(machine, unit: str) -> dict[str, str]:
    pid = machine.run("systemctl", "show", unit, "-P", "MainPID").strip()
    lines = machine.run("cat", f"/proc/{pid}/status").splitlines()
    return {name: value.split() for name, _, value in (line.partition(":") for line in lines)}


@pytest.mark.parametrize("unit", ["haulier.service", "haulier-worker@{uid}.service"])
def test_processes_have_no_privileges(machine, alice, at_work, unit):
    found = status(machine, unit.format(uid=alice.uid))
    assert [found[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")] == [["0" * 16]] * 5
    assert found["NoNewPrivs"] == ["1"]
    assert found["Seccomp"] == ["2"]


def test_a_worker_is_its_owner(machine, alice, at_work):
    machine.run("groupadd", "--force", "--users", "alice", "band")
    machine.run("systemctl", "kill", f"haulier-worker@{alice.uid}.service")  # the daemon would cancel a stop
    at_work.wait_state("transferring", "transferred")
    at_work.finish()
    found = status(machine, f"haulier-worker@{alice.uid}.service")
    assert found["Uid"] == [str(alice.uid)] * 4
    assert found["Gid"] == [str(machine.gid("alice"))] * 4
    assert set(found["Groups"]) == set(alice.run("id", "-G").split())
    assert len(found["Groups"]) >= 2


def test_the_daemon_is_a_user_of_its_own(machine, alice):
    found = status(machine, "haulier.service")
    assert found["Uid"] == [str(machine.uid("_haulier"))] * 4
    assert machine.run("stat", "-c", "%U %a", "/var/lib/haulier").split() == ["_haulier", "700"]
    assert machine.run("stat", "-c", "%U %a", "/run/haulier", DOOR).split() == ["_haulier", "755", "_haulier", "666"]


@pytest.mark.parametrize("unit", ["haulier.service", "haulier-worker@1000.service"])
def test_the_running_units_are_hardened(machine, unit):
    """systemd's own mark, of the units as they are loaded: 0 is best, 10 worst."""
    report = machine.run("systemd-analyze", "security", "--no-pager", unit)
    mark = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", report)[1])
    print(f"{unit}: {mark}")
    assert mark <= (2.5 if "@" in unit else 1.0)


# ---- what _haulier could do if it were taken over ----

BUSCTL = ("busctl", "call", "--", "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")


@pytest.mark.parametrize("call", [
    ("StartUnit", "ss", "systemd-tmpfiles-clean.service", "replace"),
    ("StopUnit", "ss", "systemd-logind.service", "replace"),
    ("RestartUnit", "ss", "dbus.service", "replace"),
    ("StartUnit", "ss", "haulier-worker@root.service", "replace"),
    ("StartUnit", "ss", "haulier-worker@1000.service.d", "replace"),
    ("StartUnit", "ss", "haulier-worker@1000.service\nx.service", "replace"),
    ("KillUnit", "ssi", "haulier-worker@1000.service", "all", "9"),
    ("SetUnitProperties", "sba(sv)", "haulier-worker@1000.service", "true", "1", "CPUWeight", "t", "1"),
    ("StartTransientUnit", "ssa(sv)a(sa(sv))", "evil.service", "replace", "0", "0"),
    ("StartTransientUnit", "ssa(sv)a(sa(sv))", "haulier-worker@4711.service", "replace", "1",
     "ExecStart", "a(sasb)", "1", "/bin/true", "1", "true", "false", "0"),
    ("StartTransientUnit", "ssa(sv)a(sa(sv))", "haulier-worker@4712.service", "replace", "0",
     "1", "evil.service", "1", "ExecStart", "a(sasb)", "1", "/bin/true", "1", "true", "false"),
    ("LinkUnitFiles", "asbb", "1", "/tmp/x.service", "true", "true"),
    ("Reload", ""), ("PowerOff", ""),
], ids=lambda call: " ".join(call[:1] + call[2:3]).replace("\n", " "))
def test_haulier_itself_may_start_nothing_but_workers(machine, call):
    """To make a worker's unit anew is a start for systemd 257, too, and what it refuses then is to replace the one of the
    package."""
    done = machine.attempt(*BUSCTL, *call, user="_haulier")
    assert done.returncode != 0
    assert re.search("denied|authentication required|not valid|Invalid|has a fragment file", done.stderr, re.IGNORECASE), done.stderr


@pytest.mark.parametrize("verb", ["StartUnit", "RestartUnit", "StopUnit"])
def test_workers_it_may(machine, verb):
    machine.run(*BUSCTL, verb, "ss", "haulier-worker@4711.service", "replace", user="_haulier")


@pytest.mark.parametrize("verb", ["StartUnit", "RestartUnit", "StopUnit"])
def test_others_may_not(machine, bob, verb):
    assert machine.attempt(*BUSCTL, verb, "ss", f"haulier-worker@{bob.uid}.service", "replace", user="bob").returncode != 0


# ---- strangers at the door for workers ----

def test_a_stranger_at_the_workers_door_gets_nothing(machine, alice, bob, at_work):
    """Bob has no jobs, so nobody waits for a worker of his: he is told nothing, and what he says is not heard."""
    with machine.connect(DOOR, "bob", "SOCK_SEQPACKET") as stranger:
        stranger.settimeout(10)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for packet in (b"\0" * 100, os.urandom(500), b"\x08\x01" * 1000):
                stranger.send(packet)
        try:
            assert stranger.recv(4096) == b""
        except ConnectionResetError:
            pass
    assert at_work.state == "transferring"
    at_work.finish()


def test_alices_worker_cannot_be_played_by_another(machine, alice, bob, at_work):
    """A worker in bob's name, at the very time when one of alice's is wanted: hers must get the work."""
    with contextlib.ExitStack() as held:
        for _ in range(4):
            held.enter_context(machine.connect(DOOR, "bob", "SOCK_SEQPACKET"))
        machine.run("systemctl", "kill", "--signal=KILL", f"haulier-worker@{alice.uid}.service")
        at_work.finish()
    assert alice.outside(alice.home / "held").read_bytes() == body(2_000_000)


CROWD = """
import socket, sys
held = []
try:
    while len(held) < 3000:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.settimeout(0.2)
        s.connect(sys.argv[1])
        held.append(s)
except OSError:
    pass
print(len(held), flush=True)
sys.stdin.read()
"""


def test_a_crowd_at_the_door_keeps_nobody_out(machine, alice, bob, at_work):
    """Bob makes as many connections as he can, and holds them; alice's next worker comes in nevertheless."""
    crowd = machine.start("python3", "-c", CROWD, DOOR, user="bob", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print("connections held:", crowd.stdout.readline().strip())
    machine.run("systemctl", "kill", "--signal=KILL", f"haulier-worker@{alice.uid}.service")
    at_work.finish()
    assert alice.outside(alice.home / "held").read_bytes() == body(2_000_000)
    crowd.stdin.close()


# ---- forged words ----

def test_forged_signals_change_nothing(machine, alice, bob, at_work):
    """The bus lets anybody send anybody a signal with any content: names that left, users that came, jobs of systemd
    that ended. Haulier looks at the sender."""
    daemon = alice.bus.owner(NAME)
    worker = f"haulier-worker@{alice.uid}.service"
    forged = [
        ("/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "(sss)",
         (alice.bus.unique_name, alice.bus.unique_name, "")),
        ("/org/freedesktop/DBus", "org.freedesktop.DBus", "NameLost", "(s)", (NAME,)),
        ("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "JobRemoved", "(uoss)",
         (1, "/org/freedesktop/systemd1/job/1", worker, "failed")),
        ("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "UnitRemoved", "(so)", (worker, "/")),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "UserRemoved", "(uo)", (alice.uid, "/")),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForShutdown", "(b)", (True,)),
        ("/org/freedesktop/NetworkManager", PROPERTIES, "PropertiesChanged", "(sa{sv}as)",
         ("org.freedesktop.NetworkManager", {"Metered": GLib.Variant("u", 1), "Connectivity": GLib.Variant("u", 1)}, [])),
        ("/org/freedesktop/UPower", PROPERTIES, "PropertiesChanged", "(sa{sv}as)",
         ("org.freedesktop.UPower", {"OnBattery": GLib.Variant("b", True)}, [])),
    ]
    before = {name: alice.manager.property(name) for name in ("Network", "Metered")}
    for path, interface, member, signature, values in forged:
        bob.bus.connection.emit_signal(daemon, path, interface, member, GLib.Variant(signature, values))
    bob.bus.connection.flush_sync(None)
    bob.bus.call(NAME, ROOT, PROPERTIES, "Get", "(ss)", MANAGER, "Version")  # behind all of them
    assert alice.bus.owner(NAME) == daemon
    assert {name: alice.manager.property(name) for name in before} == before
    alice.bus.forget()
    at_work.set("Description", "still heard of")
    alice.bus.wait_signal("PropertiesChanged", at_work.path)
    assert at_work.state == "transferring"
    at_work.finish()
