# SPDX-License-Identifier: LGPL-2.1-or-later
"""The packages on a running system: installed, upgraded under a transfer, removed, purged."""

import shutil
import subprocess

import pytest

from support.client.checks import leftovers
from support.client.dbus_client import NAME
from support.configuration import configuration_file
from support.container.container_user import ContainerUser, configure
from support.container.rootfs import add_users, field, install
from support.container.systemd import Systemd
from support.content import body
from support.servers.response_script import Script

SIZE = 6_000_000
HELD_AT = 3_000_000
CHECKPOINT = 256 << 10
IN_BUFFERS = 256 << 10


@pytest.fixture(scope="module")
def machine(containers, packages):
    """One that has never seen the packages."""
    container = containers.bare().boot()
    add_users(container)
    yield container
    container.power_off()


@pytest.fixture(scope="module")
def newer(packages, containers):
    """The same packages with a higher version."""
    folder = containers.folder / "newer"
    folder.mkdir()
    made = []
    for package in packages:
        tree = folder / package.stem
        subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
        control = tree / "DEBIAN/control"
        version = field(package, "Version")
        control.write_text(control.read_text().replace(f"Version: {version}\n", f"Version: {version}+next\n"))
        made.append(folder / package.name.replace(version, f"{version}+next"))
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", "-Zgzip", "-z1", tree, made[-1]], check=True,
                       stdout=subprocess.DEVNULL)
        shutil.rmtree(tree)
    return made


@pytest.fixture
def held(server):
    resource = server.add("/held", body(SIZE))
    resource.next_scripts(Script(send=HELD_AT, gate=True, then="close"))
    yield resource
    resource.gate.set()


def begin(machine, server) -> tuple:
    alice = ContainerUser(machine, "alice")
    job = alice.manager.create(files=[(server.url("/held"), alice.home / "held")], Resume=True)
    server.wait_sent("/held", HELD_AT)
    alice.bus.wait(lambda: job.get("BytesTransferred") >= HELD_AT, "bytes")
    return alice, job


def finish(alice, job, server, times: int = 2) -> None:
    """It went on from its checkpoint, and is whole."""
    again = server.wait(lambda: server.of("/held")[times - 1:], "another request")[0]
    print(f"stopped at {HELD_AT}, went on at {again.range_start}: {HELD_AT - again.range_start} bytes twice")
    assert HELD_AT - CHECKPOINT - IN_BUFFERS <= again.range_start <= HELD_AT
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert alice.outside(alice.home / "held").read_bytes() == body(SIZE)


def test_installing_starts_nothing_but_the_watch_for_work(machine, packages):
    said = install(machine, packages)
    configure(machine, "10-tests", configuration_file())
    systemd = Systemd(machine)
    assert systemd.property("haulier.path", "ActiveState") == "active"
    assert systemd.property("haulier.service", "ActiveState") == "inactive"
    assert machine.run("systemctl", "is-enabled", "haulier.path", "haulier.service").split() == ["enabled", "enabled"]
    assert machine.run("systemctl", "--global", "is-enabled", "haulier.path").strip() == "enabled"
    assert machine.run("systemctl", "is-system-running").strip() == "running", said


def test_cockpit_has_the_page(machine):
    assert "usr/share/cockpit/haulier" in machine.run("cockpit-bridge", "--packages")


def test_the_first_call_after_installing_is_answered(machine, people):
    """Although the bus read the policy before its user was there."""
    assert people("alice").manager.list() == []
    assert Systemd(machine).property("haulier.service", "NRestarts") == 0


def test_a_restart_in_mid_transfer_loses_nothing(machine, server, held):
    """What has arrived is written before the worker ends: not even a checkpoint's distance is fetched again."""
    alice, job = begin(machine, server)
    before = alice.bus.owner(NAME)
    machine.run("systemctl", "restart", "haulier.service")
    held.gate.set()
    assert alice.bus.owner(NAME) != before
    finish(alice, job, server)


def test_an_upgrade_in_mid_transfer_loses_nothing(machine, server, held, newer):
    alice, job = begin(machine, server)
    before = alice.bus.owner(NAME)
    install(machine, newer)
    assert alice.bus.owner(NAME) != before, "the old daemon still runs"
    held.gate.set()
    finish(alice, job, server)
    assert machine.run("dpkg-query", "-W", "-f", "${Version}", "haulier").endswith("+next")
    assert Systemd(machine).property("haulier.service", "NRestarts") == 0


def test_removing_keeps_jobs_and_installing_again_goes_on(machine, server, held, newer):
    alice, job = begin(machine, server)
    machine.run("apt-get", "remove", "--yes", "haulier")
    held.gate.set()
    assert not alice.bus.owner(NAME)
    assert not machine.run("sh", "-c", "ls /proc/[0-9]*/exe -l 2>/dev/null | grep haulier || true")
    assert (machine.root / "var/lib/haulier/haulier.db").exists()
    install(machine, newer)
    server.wait(lambda: server.of("/held")[1:], "the job to go on, with nobody calling")
    finish(alice, job, server)


def test_purging_removes_the_state_and_leaves_what_users_have(machine, server, people):
    alice = people("alice")
    server.add("/small", b"alice's")
    job = alice.manager.create(files=[(server.url("/small"), alice.home / "small")], Resume=True)
    job.wait_state("transferred")
    job.complete()
    alice.manager.create("left behind", files=[(server.url("/small"), alice.home / "never")])
    alice.bus.close()
    machine.run("apt-get", "purge", "--yes", "haulier", "haulier-tools", "haulier-apt", "cockpit-haulier")
    for path in ("var/lib/haulier", "run/haulier", "etc/systemd/system/haulier.service",
                 "etc/systemd/system/dbus-org.haulier.Haulier1.service", "usr/libexec/haulier", "usr/share/cockpit/haulier",
                 "usr/share/haulier-apt", "var/cache/haulier-apt", "etc/apt/apt.conf.d/20haulier", "etc/apt/apt.conf.d/21haulier-method"):
        assert not (machine.root / path).exists(), path
    assert alice.outside(alice.home / "small").read_bytes() == b"alice's"
    assert leftovers(machine.root / "etc/haulier") == ["haulier.conf.d", "haulier.conf.d/10-tests.conf"], "an admin's own stays"
    assert machine.run("systemctl", "is-system-running").strip() == "running"
    assert machine.run("sh", "-c", "find /etc/systemd -name '*haulier*'") == ""
