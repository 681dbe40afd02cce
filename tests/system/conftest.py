# SPDX-License-Identifier: LGPL-2.1-or-later
"""Booted systems with the packages installed: one template a run, and machines that begin as it was left."""

import os
import pathlib

import pytest

from support import trees
from support.container import Container, missing
from support.fault_server import FaultServer
from support.person import CONFIG, Person, configure
from support.systemd import Systemd
from support.trees import Workshop, add_people, install

UNITS = [f"--unit={unit}" for unit in ("haulier*", "dbus*", "polkit*", "user@*", "org.haulier*")]  # what the journal of a failure is about


def built_packages() -> list[pathlib.Path]:
    folder = pathlib.Path(os.environ.get("HAULIER_PACKAGES", "no folder"))
    return sorted(folder.glob("haulier_*.deb")) + sorted(folder.glob("haulier-tools_*.deb"))


def pytest_collection_modifyitems(items):
    reason = missing()
    if not reason and len(built_packages()) != 2:
        reason = "system tests install the packages: tools/test makes them, or tools/package --prebuilt build"
    for item in items:
        if reason and item.path.parent == pathlib.Path(__file__).parent:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def packages() -> list[pathlib.Path]:
    return built_packages()


@pytest.fixture(scope="session")
def workshop(packages):
    folder = pathlib.Path(os.environ["HAULIER_SYSTEM_FOLDER"])
    shop = Workshop(folder, packages, os.environ.get("HAULIER_SYSTEM_BUS", trees.BROKERS[0]))
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def template(workshop, packages) -> Container:
    """The packages were installed while it ran; now it is off."""
    container = workshop.bare().boot()
    add_people(container)
    install(container, packages)
    configure(container, "10-tests", CONFIG)
    container.shut_down()
    return container


@pytest.fixture(scope="session")
def machine(workshop, template) -> Container:
    """A running system that modules share; one that leaves its mark on it overrides this with own_machine."""
    container = workshop.like(template).boot()
    yield container
    container.power_off()


@pytest.fixture(scope="module")
def own_machine(workshop, template) -> Container:
    container = workshop.like(template).boot()
    yield container
    container.power_off()


@pytest.fixture
def people(machine):
    """Makes Persons."""
    present: list[Person] = []

    def come(name: str, listens: bool = True) -> Person:
        present.append(Person(machine, name, listens))
        return present[-1]
    yield come
    for person in present:
        person.leave()


@pytest.fixture
def systemd(machine) -> Systemd:
    return Systemd(machine)


@pytest.fixture
def alice(people) -> Person:
    return people("alice")


@pytest.fixture
def bob(people) -> Person:
    return people("bob")


@pytest.fixture
def server(machine):
    """An HTTP server in the machine's network."""
    fault_server = FaultServer(listener=machine.network.listen())
    yield fault_server
    fault_server.stop()


def last_words(container) -> str:
    """What failed may have been the container itself; the report of that must not fail as well."""
    try:
        return container.journal("--boot", "-o", "short-precise", "-n", "150", *UNITS)
    except Exception as error:  # whatever it is, it is part of the report
        return f"none to be had: {error!r}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    container = getattr(item, "funcargs", {}).get("machine")
    if report.failed and container and call.when != "teardown":
        report.sections.append(("console", container.console()[-2000:]))
        report.sections.append(("journal", last_words(container)))
