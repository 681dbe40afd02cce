# SPDX-License-Identifier: LGPL-2.1-or-later
"""Booted systems with the packages installed: one template for each run, and machines that start as copies of it."""

import os
import pathlib

import pytest

from support.container import rootfs
from support.container.container_user import ContainerUser
from support.container.nspawn import Container, missing
from support.container.rootfs import ContainerFactory
from support.container.systemd import Systemd
from support.servers.fault_server import FaultServer

# The units whose journal is part of the report of a failure.
UNITS = [f"--unit={unit}" for unit in ("haulier*", "dbus*", "polkit*", "user@*", "org.haulier*")]
PACKAGES = ("haulier", "haulier-tools", "haulier-apt", "cockpit-haulier")
# What the developers of apps install besides.
KIT = ("haulier-dev", "haulier-testbed", "libhaulier0", "gir1.2-haulier-1.0", "python3-haulier")


def built_packages(names=PACKAGES) -> list[pathlib.Path]:
    folder = pathlib.Path(os.environ.get("HAULIER_PACKAGES", "no folder"))
    return [path for name in names for path in sorted(folder.glob(f"{name}_*.deb"))]


def pytest_collection_modifyitems(items):
    reason = missing()
    if not reason and len(built_packages(PACKAGES + KIT)) != len(PACKAGES + KIT):
        reason = "system tests install the packages: tools/test makes them, or tools/package --prebuilt build"
    for item in items:
        if reason and item.path.parent == pathlib.Path(__file__).parent:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def packages() -> list[pathlib.Path]:
    return built_packages()


@pytest.fixture(scope="session")
def kit() -> list[pathlib.Path]:
    return built_packages(KIT)


@pytest.fixture(scope="session")
def containers(packages, kit):
    folder = pathlib.Path(os.environ["HAULIER_SYSTEM_FOLDER"])
    factory = ContainerFactory(folder, packages, os.environ.get("HAULIER_SYSTEM_BUS", rootfs.BROKERS[0]), kit=tuple(kit))
    yield factory
    factory.close()


@pytest.fixture(scope="session")
def template(containers) -> Container:
    return containers.template()


@pytest.fixture(scope="session")
def machine(containers, template) -> Container:
    """A running system that test modules share. A module that changes it for good overrides this with own_machine."""
    container = containers.clone(template).boot()
    yield container
    container.power_off()


@pytest.fixture(scope="module")
def own_machine(containers, template) -> Container:
    container = containers.clone(template).boot()
    yield container
    container.power_off()


@pytest.fixture
def people(machine):
    """Connects users of the container."""
    connected: list[ContainerUser] = []

    def connect(name: str, listens: bool = True) -> ContainerUser:
        connected.append(ContainerUser(machine, name, listens))
        return connected[-1]
    yield connect
    for user in connected:
        user.leave()


@pytest.fixture
def systemd(machine) -> Systemd:
    return Systemd(machine)


@pytest.fixture
def alice(people) -> ContainerUser:
    return people("alice")


@pytest.fixture
def bob(people) -> ContainerUser:
    return people("bob")


@pytest.fixture
def server(machine):
    """An HTTP server in the machine's network."""
    fault_server = FaultServer(listener=machine.network.listen())
    yield fault_server
    fault_server.stop()


def journal_of(container) -> str:
    """The container's journal. If the container itself has failed, reading it may fail, but the report must not."""
    try:
        return container.journal("--boot", "-o", "short-precise", "-n", "150", *UNITS)
    except Exception as error:  # any failure becomes part of the report
        return f"the journal cannot be read: {error!r}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    container = getattr(item, "funcargs", {}).get("machine")
    if report.failed and container and call.when != "teardown":
        report.sections.append(("console", container.console()[-2000:]))
        report.sections.append(("journal", journal_of(container)))
