# SPDX-License-Identifier: LGPL-2.1-or-later
"""Permits: programs that transfer data themselves are told when a job might run."""

import pathlib
import signal

import pytest
from gi.repository import GLib

from support.bus.machine_services import network_manager
from support.client.dbus_client import PROPERTIES, ROOT, BusError
from support.client.haulierctl import MISUSED, REFUSED, Ctl
from support.content import body
from support.environment import patience
from support.servers.response_script import Script

PERMIT = "org.haulier.Haulier1.Permit"
NAME = "org.haulier.Haulier1"
METERED, FREE = GLib.Variant("u", 1), GLib.Variant("u", 2)


@pytest.fixture
def network(stack):
    """It can be made metered."""
    manager = network_manager(stack.client, metered=2)
    stack.start()
    stack.client.wait(lambda: stack.manager.property("Metered") == "no", "NetworkManager to be heard")
    return manager


@pytest.fixture
def ctl(stack) -> Ctl:
    return Ctl(stack)


def request(stack, **options) -> str:
    wanted = {name: GLib.Variant("b" if isinstance(value, bool) else "s", value) for name, value in options.items()}
    return stack.manager._call("RequestPermit", "(sa{sv})", "update", wanted)[0]


def read(client, path: str, name: str):
    return client.call(NAME, path, PROPERTIES, "Get", "(ss)", PERMIT, name)[0]


def state_of(stack, path: str) -> tuple[bool, str]:
    return read(stack.client, path, "Granted"), read(stack.client, path, "WaitReason")[0]


def test_a_permit_is_granted_and_revoked_like_a_job_and_its_holder_alone_is_told(stack, network):
    other = stack.connect()
    path = request(stack)
    always = request(stack, NetworkCost="always")
    assert state_of(stack, path) == (True, "running")
    network.set(Metered=METERED)
    change = stack.client.wait_signal("PropertiesChanged", path)
    assert change.args[1] == {"Granted": False, "WaitReason": ("cost", 0)}
    assert state_of(stack, always) == (True, "running")
    stack.manager._call("Hold", "(t)", 0)
    assert state_of(stack, always) == (False, "held")
    network.set(Metered=FREE)
    stack.manager._call("Release")
    stack.client.wait(lambda: state_of(stack, path) == (True, "running"), "the permit")
    with pytest.raises(BusError, match="AccessDenied"):
        read(other, path, "Granted")
    assert not [s for s in other.signals if s.path in (path, always)]


def test_a_permit_ends_with_release_or_with_its_connection_and_keeps_the_daemon(new_stack):
    stack = new_stack({"Daemon": {"IdleTimeout": "100ms"}})
    network_manager(stack.client, metered=2)
    path = request(stack)
    daemon = stack.daemon_pid()
    holder = stack.connect()
    kept = holder.call(NAME, ROOT, NAME + ".Manager", "RequestPermit", "(sa{sv})", "update", {})[0]
    stack.client.call(NAME, path, PERMIT, "Release")
    with pytest.raises(BusError):
        read(stack.client, path, "Granted")
    stack.client.pause(1)
    assert stack.daemon_pid() == daemon
    assert read(holder, kept, "Granted") in (True, False)
    holder.close()
    stack.wait_stopped()


def test_what_cannot_be_a_permit_is_refused_by_name(stack, network):
    for options, error in (({"Priority": "urgent"}, "NotSupported"), ({"Colour": "red"}, "NotSupported"),
                           ({"Slot": "yes"}, "InvalidArgument")):
        with pytest.raises(BusError, match=error):
            request(stack, **options)
    for _ in range(16):
        request(stack)
    with pytest.raises(BusError, match="TooManyJobs"):
        request(stack)


def test_the_command_runs_a_program_when_it_may_and_ends_with_its_status(stack, network, ctl):
    assert ctl("permit", "--", "sh", "-c", "echo ran $1", "sh", "--well").out == "ran --well\n"
    ctl("permit", "--", "sh", "-c", "echo failed >&2; exit 7", code=7)
    ctl("permit", "--", "sh", "-c", "echo killed >&2; kill -9 $$", code=137)
    assert "cannot be run" in ctl("permit", "--", "/no/such/program", code=127).err
    ctl("permit", code=MISUSED)
    ctl("permit", "--check", "--", "true", code=MISUSED)
    ctl("permit", "--check")
    network.set(Metered=METERED)
    stack.client.wait(lambda: stack.manager.property("Metered") == "yes", "the metered network")
    assert "waiting for a network that it may use" in ctl("permit", "--check", code=REFUSED).err
    ctl("permit", "--check", "--network-cost", "always")
    began = stack.downloads / "began"
    waiting = ctl.begin("permit", "--", "touch", began)
    assert waiting.stderr.readline() == "waiting for a network that it may use\n"
    assert not began.exists()
    network.set(Metered=FREE)
    assert waiting.wait(patience(20)) == 0 and began.exists()


def starts(log: pathlib.Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def process_state(pid: int) -> str:
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


PROGRAM = 'echo $$ >> "$1"; while [ ! -e "$2" ]; do sleep 0.05; done'


def begin_program(stack, ctl, *options):
    log, end = stack.downloads / "log", stack.downloads / "end"
    command = ctl.begin("permit", *options, "--", "sh", "-c", PROGRAM, "sh", log, end)
    stack.client.wait(lambda: len(starts(log)) == 1, "the program")
    return command, log, end


def test_with_stop_a_program_is_ended_and_begins_again(stack, network, ctl):
    command, log, end = begin_program(stack, ctl, "--stop")
    network.set(Metered=METERED)
    assert "waiting for" in command.stderr.readline()
    stack.client.wait(lambda: not pathlib.Path(f"/proc/{starts(log)[0]}").exists(), "the program to end")
    network.set(Metered=FREE)
    stack.client.wait(lambda: len(starts(log)) == 2, "the program to begin again")
    end.touch()
    assert command.wait(patience(20)) == 0


def test_a_downloader_is_ended_on_a_metered_network_and_continues_later(stack, network, ctl):
    """As flatpak does, it keeps what it has when it is ended."""
    content = body(600_000)
    server = stack.fault_server()
    server.add("/file", content).next_scripts(Script(send=200_000, gate=True))
    command = ctl.begin("permit", "--stop", "--name", "flatpak update", "--", "curl", "--silent", "--no-buffer", "--continue-at",
                        "-", "--output", stack.downloads / "file", server.url("/file"))
    server.wait_sent("/file", 200_000)
    file = stack.downloads / "file"
    stack.client.wait(lambda: file.exists() and file.stat().st_size > 0, "the first bytes")
    network.set(Metered=METERED)
    assert command.stderr.readline() == "waiting for a network that it may use\n"
    children = pathlib.Path(f"/proc/{command.pid}/task/{command.pid}/children")
    stack.client.wait(lambda: not children.read_text(), "curl to end")
    assert len(server.of("/file")) == 1
    network.set(Metered=FREE)
    assert command.wait(patience(20)) == 0
    assert file.read_bytes() == content
    assert server.of("/file")[1].range.startswith("bytes=")


def test_with_pause_a_program_is_stopped_and_goes_on(stack, network, ctl):
    command, log, end = begin_program(stack, ctl, "--pause")
    pid = starts(log)[0]
    network.set(Metered=METERED)
    stack.client.wait(lambda: process_state(pid) == "T", "the program to be stopped")
    network.set(Metered=FREE)
    stack.client.wait(lambda: process_state(pid) in "RS", "the program to go on")
    end.touch()
    assert command.wait(patience(20)) == 0 and len(starts(log)) == 1


def test_a_program_that_is_stopped_by_its_terminal_stops_the_command_as_well(stack, network, ctl):
    command = ctl.begin("permit", "--", "sh", "-c", "kill -STOP $$; exit 3")
    stack.client.wait(lambda: process_state(command.pid) == "T", "the command to stop")
    command.send_signal(signal.SIGCONT)
    assert command.wait(patience(20)) == 3


def test_a_daemon_that_is_restarted_is_asked_again_and_nothing_is_stopped(stack, network, ctl):
    command, log, end = begin_program(stack, ctl, "--stop")
    stack.kill_daemon()
    stack.client.wait(lambda: stack.manager.property("Metered") == "no", "NetworkManager to be heard")
    assert len(starts(log)) == 1 and process_state(starts(log)[0]) in "RS"
    network.set(Metered=METERED)
    stack.client.wait(lambda: not pathlib.Path(f"/proc/{starts(log)[0]}").exists(), "the program to end")
    network.set(Metered=FREE)
    stack.client.wait(lambda: len(starts(log)) == 2, "the program to begin again")
    command.send_signal(signal.SIGTERM)
    assert command.wait(patience(20)) == 128 + signal.SIGTERM
    stack.client.wait(lambda: not pathlib.Path(f"/proc/{starts(log)[1]}").exists(), "the program to end with the command")
