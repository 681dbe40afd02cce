# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-notify and the daemon of the system bus: it shows the user's own jobs, if their program wants that."""

import os

import pytest

from support.bus.fake_desktop import JobViewServer
from support.bus.system_bus import ANNA
from support.client.dbus_client import NAME, Manager
from support.content import body
from support.daemon.agent import Agent
from support.daemon.session_stack import StackWithSession
from support.servers.response_script import Script

SIZE = 400_000
pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="needs root, as every test on a bus of the system's kind")


@pytest.fixture
def machine(new_stack) -> StackWithSession:
    return new_stack({"Daemon": {"IdleTimeout": "500ms"}}, kind=StackWithSession)


@pytest.fixture
def kde(machine):
    return machine.stop_at_end(JobViewServer(machine.session.address))


@pytest.fixture
def agent(machine):
    return machine.stop_at_end(Agent(machine, machine.user_client, DBUS_SESSION_BUS_ADDRESS=machine.session.address))


@pytest.fixture
def held(machine):
    server = machine.fault_server()

    def make(name: str, manager=None, **options):
        server.add(f"/{name}", body(SIZE)).next_scripts(Script(send=SIZE // 2, gate=True, then="finish"))
        job = (manager or machine.manager).create(name, files=[(server.url(f"/{name}"), machine.downloads / name)], Resume=True,
                                                  AutoComplete=True, Priority="foreground", **options)
        return job, server.resources[f"/{name}"].gate
    return make


def test_own_jobs_are_shown_if_their_program_wants_it(machine, kde, agent, held):
    annas, _ = held("annas.bin", Manager(machine.user(ANNA)), Visibility="full")
    hidden, _ = held("hidden.bin")
    shown, gate = held("shown.bin", Visibility="full")
    kde.wait_for(lambda: kde.open() and kde.open()[0].values.get("percent") == 50, "a view with progress")
    for job in (annas, hidden, shown):
        job.wait_bytes(SIZE // 2)
    (view,) = kde.views
    assert view.values["title"] == "shown.bin"
    kde.press(view, "suspend")
    shown.wait_state("suspended")
    kde.press(view, "resume")
    gate.set()
    kde.wait_for(lambda: view.end is not None, "the end of the view")
    assert view.end == (0, "") and len(kde.views) == 1


def test_the_daemon_leaves_in_spite_of_the_agent(machine, kde, agent, held):
    machine.manager._call("Unsubscribe")
    job, gate = held("f.bin", Visibility="full")
    kde.wait_for(kde.open, "a view")
    gate.set()
    kde.wait_for(lambda: not kde.open(), "the end of the view")
    machine.wait_stopped()
    assert not machine.client.owner(NAME) and not machine.user_client.owner(NAME)
