# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIGHUP: the configuration is read again, and everything in it holds from then on."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from support.bus.machine_services import network_manager
from support.client.dbus_client import BusError
from support.content import body
from support.environment import patience
from support.servers.response_script import Script

MEBI = 1 << 20


def test_limits_hold_at_once(new_stack):
    stack = new_stack({"Jobs": {"MaxJobsPerUser": "1"}})
    stack.manager.create("first")
    pid = stack.daemon_pid()
    with pytest.raises(BusError) as refusal:
        stack.manager.create("second")
    assert refusal.value.name == "TooManyJobs"
    stack.reload({"Jobs": {"MaxJobsPerUser": "2"}})
    stack.manager.create("second")
    stack.reload({"Jobs": {"MaxJobsPerUser": "1"}})
    with pytest.raises(BusError):
        stack.manager.create("third")
    assert len(stack.manager.list()) == 2
    assert stack.daemon_pid() == pid


def test_what_is_wrong_is_said_as_at_the_start(new_stack):
    stack = new_stack()
    stack.start()
    stack.reload({"Daemon": {"Colour": "red"}, "Jobs": {"MaxJobs": "many"}})
    log = stack.log.read_text()
    assert "haulier.conf:3: unknown key 'Colour'" in log and "MaxJobs='many'" in log


def test_a_key_that_is_gone_has_its_default_again(new_stack):
    stack = new_stack({"Jobs": {"MaxFilesPerJob": "1"}})
    job = stack.manager.create()
    with pytest.raises(BusError):
        job.add_files([(f"http://localhost/{name}", stack.downloads / name) for name in "ab"])
    stack.reload({})
    job.add_files([(f"http://localhost/{name}", stack.downloads / name) for name in "ab"])


def test_the_idle_clock_runs_anew(new_stack):
    stack = new_stack({"Daemon": {"IdleTimeout": "1h"}})
    stack.start()
    stack.reload({"Daemon": {"IdleTimeout": "100ms"}})
    stack.wait_stopped()


def test_workers_learn_what_is_for_them(new_stack):
    stack = new_stack({"Transfer": {"StallTimeout": "1h"}})
    server = stack.fault_server()
    server.add("/quick", body(1000))
    resource = server.add("/slow", body(2 * MEBI))
    resource.next_scripts(Script(send=MEBI, then="stall"))
    stack.manager.create(files=[(server.url("/quick"), stack.downloads / "q")], Resume=True).wait_state("transferred")
    worker = stack.worker_pid()
    stack.reload({"Transfer": {"StallTimeout": "1s"}})
    job = stack.manager.create(files=[(server.url("/slow"), stack.downloads / "s")], Resume=True)
    job.wait_state("transient-error")
    assert job.get("Error")[1] == "timeout"
    assert stack.worker_pid() == worker


def test_forgotten_jobs_are_looked_at_with_the_new_clock(new_stack):
    stack = new_stack()
    job = stack.manager.create("empty")
    stack.reload({"Jobs": {"EmptyJobTimeout": "100ms"}})
    gone = stack.client.wait_signal("JobRemoved")
    assert gone.args[1:] == (job.id, "expired")


def test_the_surroundings_are_watched_or_not(new_stack):
    stack = new_stack({"Network": {"Watch": "no"}})
    network_manager(stack.client, state=20)
    assert stack.manager.property("Network") == "online"
    stack.reload({"Network": {"Watch": "yes"}})
    stack.client.wait(lambda: stack.manager.property("Network") == "offline", "NetworkManager to be heard")
    stack.reload({"Network": {"Watch": "no"}})
    assert stack.manager.property("Network") == "online"


@contextlib.contextmanager
def supervised(stack) -> Iterator[tuple[subprocess.Popen, socket.socket]]:
    """The daemon, and what it tells whoever started it."""
    path = stack.directory / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(path))
        ear.settimeout(patience(15))
        daemon = subprocess.Popen(stack.daemon_command(), env=stack.env | {"NOTIFY_SOCKET": str(path)},
                                  stderr=subprocess.DEVNULL)
        try:
            yield daemon, ear
        finally:
            daemon.kill()
            daemon.wait()


def told(ear: socket.socket, word: str) -> dict[str, str]:
    """Waits for a message with that word in it; answers its assignments."""
    while True:
        message = dict(line.split("=", 1) for line in ear.recv(4096).decode().splitlines())
        name, _, value = word.partition("=")
        if message.get(name) == value:
            return message


def test_whoever_started_the_daemon_is_told(stack):
    with supervised(stack) as (daemon, ear):
        told(ear, "READY=1")
        daemon.send_signal(signal.SIGHUP)
        assert int(told(ear, "RELOADING=1")["MONOTONIC_USEC"]) > 0
        told(ear, "READY=1")
        stack.manager.create("one")
        told(ear, "STATUS=Serving the session bus, unfinished jobs: 1")
        daemon.terminate()
        told(ear, "STOPPING=1")
        assert daemon.wait(patience(10)) == 0
