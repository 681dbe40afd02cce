# SPDX-License-Identifier: LGPL-2.1-or-later
"""apt's daily jobs on a booted system: what an upgrade needs arrives across a power cut, with no client, and is installed
without a further request."""

import pytest

from support.container.apt_client import AptClient
from support.container.container_user import ContainerUser
from support.container.systemd import Systemd
from support.content import body
from support.servers.response_script import Script

SIZE = 3_000_000
HALF = 2_000_000


@pytest.fixture(scope="module")
def machine(own_machine):
    return own_machine


@pytest.fixture
def client(machine, server):
    own = AptClient(machine, server, 4, SIZE, body)
    yield own
    own.close()


def test_packages_arrive_across_a_power_cut_and_are_installed_without_a_request(machine, server, client):
    held = client.remote_path(client.packages[0])
    server.resources[held].next_scripts(Script(send=HALF, gate=True, then="close"))

    machine.run("systemctl", "start", "apt-daily.service")
    server.wait_sent(held, HALF)
    root = ContainerUser(machine, "root", listens=False)
    (path, values), = root.manager.list(AllUsers=True)
    assert values["Owner"] == machine.uid("_apt") and values["Key"].startswith("haulier-apt:")
    root.bus.wait(lambda: root.manager.list(AllUsers=True)[0][1]["BytesTransferred"] >= HALF, "bytes")
    machine.power_off()
    server.resources[held].gate.set()
    machine.boot()

    root = ContainerUser(machine, "root")
    root.bus.wait(lambda: client.delivered() and not root.manager.list(AllUsers=True), "the packages", 60)
    assert server.of(held)[1].range_start > 0, "it began again"
    agents = {request.headers["user-agent"].split("/")[0].lower() for request in client.requests()}
    assert len(agents) == 1 and "apt" not in agents.pop(), "apt has downloaded packages itself"
    assert (machine.root / "var/cache/haulier-apt").stat().st_uid == machine.uid("_apt")
    root.bus.wait(lambda: not list((machine.root / "var/cache/haulier-apt").iterdir()), "an empty staging folder")

    before = len(client.requests())
    machine.run("systemctl", "start", "apt-daily-upgrade.service", seconds=180)
    assert client.versions() == {"2.0"}
    assert len(client.requests()) == before
    assert Systemd(machine).property("haulier-apt-prefetch.service", "Result") == "success"
    assert machine.run("systemctl", "is-system-running").strip() == "running"
