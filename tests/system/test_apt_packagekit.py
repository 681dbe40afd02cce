# SPDX-License-Identifier: LGPL-2.1-or-later
"""PackageKit, with which GNOME Software and Discover upgrade, on a booted system: Haulier fetches the packages after PackageKit
has updated apt's lists, and PackageKit finds them in apt's cache. `tools/campaign apt` runs these tests."""

import os
import pathlib

import pytest

from support.container import rootfs
from support.container.apt_client import AptClient
from support.container.container_user import ContainerUser
from support.container.rootfs import ContainerFactory
from support.content import body

SIZE = 2_000_000
COUNT = 4
NOTHING_TO_DO = 5  # pkcon(1)
PKCON = ("pkcon", "--plain", "--noninteractive")


@pytest.fixture(scope="module")
def containers(packages):
    """Containers with PackageKit, which the other tests do without."""
    folder = pathlib.Path(os.environ["HAULIER_SYSTEM_FOLDER"]) / "packagekit"
    folder.mkdir(parents=True, exist_ok=True)
    factory = ContainerFactory(folder, packages, rootfs.BROKERS[0], ("packagekit", "packagekit-tools"))
    yield factory
    factory.close()


@pytest.fixture(scope="module")
def template(containers):
    return containers.template()


@pytest.fixture
def machine(containers, template):
    own = containers.clone(template)
    own.network.add_default_route()
    own.boot()
    yield own
    own.power_off()


@pytest.fixture
def client(machine, server):
    """Lists that PackageKit has updated, with all packages delivered."""
    own = AptClient(machine, server, COUNT, SIZE, body)
    machine.run(*PKCON, "refresh", "force", seconds=120)
    root = ContainerUser(machine, "root")
    root.bus.wait(lambda: own.delivered() and not root.manager.list(AllUsers=True), "the packages", 60)
    assert len(own.requests()) == COUNT
    yield own
    own.close()


def test_an_update_requests_no_package(machine, client):
    machine.run(*PKCON, "update", seconds=180)
    assert client.versions() == {"2.0"}
    assert len(client.requests()) == COUNT


def test_an_offline_update_with_the_mirror_switched_off(machine, server, client):
    """Installed at the next boot, before anything else, as GNOME Software does."""
    server.stop()
    prepared = machine.attempt(*PKCON, "update", "--only-download", seconds=180)
    assert prepared.returncode == NOTHING_TO_DO, prepared.stdout  # because all packages are there
    machine.run("pkcon", "offline-trigger")
    assert client.versions() == {"1.0"}
    machine.shut_down()
    machine.boot_until_it_reboots()
    machine.boot()
    assert client.versions() == {"2.0"}
    assert len(client.requests()) == COUNT
    assert not (machine.root / "system-update").is_symlink()
