# SPDX-License-Identifier: LGPL-2.1-or-later
"""What may happen to upgrades that Haulier fetches, each on a booted system of its own. These tests take minutes, so
`tools/campaign apt` runs them, and tools/test does not."""

import contextlib

import pytest
from gi.repository import GLib

from support.bus.machine_services import network_manager
from support.container.apt_client import AptClient
from support.container.container_user import ContainerUser
from support.container.network import CLONE_NEWNET, Network, checked, in_a_thread, libc
from support.content import body
from support.servers.fault_server import FaultServer
from support.servers.response_script import Script

SIZE = 2_000_000
HALF = 1_000_000
COUNT = 4
STAGING = "/var/cache/haulier-apt"
NETWORK_MANAGER = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><policy user="root"><allow own="org.freedesktop.NetworkManager"/></policy>
<policy context="default"><allow send_destination="org.freedesktop.NetworkManager"/></policy></busconfig>
"""


@pytest.fixture
def machine(containers, template):
    own = containers.clone(template).boot()
    yield own
    own.power_off()


@pytest.fixture
def client(machine, server):
    own = AptClient(machine, server, COUNT, SIZE, body)
    yield own
    own.close()


@pytest.fixture
def root(machine) -> ContainerUser:
    return ContainerUser(machine, "root")


def jobs(root) -> list[dict]:
    return [values for _, values in root.manager.list(AllUsers=True)]


def wait_delivered(root, client) -> None:
    root.bus.wait(lambda: client.delivered() and not jobs(root), "the packages", 60)


def hold_first(client) -> str:
    """Makes the server stop one package halfway. Returns the path of this package."""
    held = client.remote_path(client.packages[0])
    client.server.resources[held].next_scripts(Script(send=HALF, gate=True, then="finish"))
    return held


def install(machine, client) -> int:
    """As apt's daily job does; returns the number of requests for packages."""
    before = len(client.requests())
    machine.run("systemctl", "start", "apt-daily-upgrade.service", seconds=180)
    return len(client.requests()) - before


def test_with_the_mirror_switched_off_before_the_installation(machine, server, client, root):
    machine.run("systemctl", "start", "apt-daily.service")
    wait_delivered(root, client)
    server.stop()
    install(machine, client)
    assert client.versions() == {"2.0"}


def test_a_package_that_is_missing_is_fetched_by_apt_later(machine, server, client, root):
    missing = client.remote_path(client.packages[1])
    server.resources[missing].next_scripts(Script(status=404))
    machine.run("systemctl", "start", "apt-daily.service")
    root.bus.wait(lambda: len(list(client.archives.glob("*.deb"))) == COUNT - 1 and not jobs(root), "the others", 60)
    assert install(machine, client) == 1
    assert client.versions() == {"2.0"}


def test_lists_that_are_a_day_old(machine, server, client, root):
    """The server has newer versions only. The next update brings them."""
    held = hold_first(client)
    machine.run("apt-get", "update")
    server.wait_sent(held, HALF)
    for package in client.packages[1:]:
        server.resources[client.remote_path(package)].script = Script(status=404)
    client.packages = [client.mirror.build(package.name, "3.0", body(SIZE, seed=9), installs=f"opt/{package.name}")
                       for package in client.packages]
    client.publish()
    machine.run("apt-get", "update")
    server.resources[held].gate.set()
    wait_delivered(root, client)
    assert install(machine, client) == 0
    assert client.versions() == {"3.0"}


def test_apt_get_clean_in_the_middle(machine, server, client, root):
    held = hold_first(client)
    machine.run("systemctl", "start", "apt-daily.service")
    server.wait_sent(held, HALF)
    machine.run("apt-get", "clean")
    server.resources[held].gate.set()
    wait_delivered(root, client)
    assert install(machine, client) == 0


@pytest.mark.parametrize("folder", [STAGING, "/var/cache/apt/archives"])
def test_a_full_disk(machine, server, client, root, folder):
    """Downloads and deliveries continue when there is room again."""
    machine.run("mkdir", "-p", folder)
    machine.run("mount", "-t", "tmpfs", "-o", "size=3M,mode=0755", "tmpfs", folder)
    machine.run("mkdir", "-p", "/var/cache/apt/archives/partial")
    if folder == STAGING:
        machine.run("chown", "_apt", folder)
        machine.run("chmod", "0700", folder)
    machine.run("systemctl", "start", "apt-daily.service")
    if folder == STAGING:
        root.bus.wait(lambda: [values["WaitReason"][0] for values in jobs(root)] == ["storage"], "the job to wait", 60)
    else:
        root.bus.wait(lambda: "not everything is delivered yet" in machine.journal("--unit=haulier-apt-deliver.service"),
                      "the deliverer to fail", 60)
    machine.run("mount", "-o", "remount,size=100M", folder)
    wait_delivered(root, client)
    assert not list(client.archives.glob(".haulier-apt.*"))
    assert install(machine, client) == 0


def test_haulier_purged(machine, server, client, root):
    """apt works as before, although a package was being fetched."""
    held = hold_first(client)
    machine.run("apt-get", "update")
    server.wait_sent(held, HALF)
    machine.run("apt-get", "purge", "--yes", "haulier-apt")
    server.resources[held].gate.set()
    root.bus.wait(lambda: not jobs(root), "the job to be cancelled")
    assert not (machine.root / STAGING.lstrip("/")).exists()
    machine.run("apt-get", "update")
    machine.run("apt-get", "purge", "--yes", "haulier", "haulier-tools")
    machine.run("apt-get", "update")
    machine.run("apt-get", "--yes", "upgrade")
    assert client.versions() == {"2.0"}
    assert machine.run("systemctl", "is-system-running").strip() == "running"


def test_removed_without_purge_the_hook_stays_and_does_nothing(machine, client):
    machine.run("apt-get", "remove", "--yes", "haulier-apt")
    assert (machine.root / "etc/apt/apt.conf.d/20haulier").exists()
    assert machine.attempt("apt-get", "update").stderr == ""


def test_a_person_at_a_terminal_is_not_disturbed(machine, client, root):
    """A person updates and upgrades, and nothing is downloaded twice. Otherwise the timer would start the downloads."""
    machine.run("script", "--quiet", "--command", "apt-get update", "/dev/null")
    assert machine.run("systemctl", "is-active", "haulier-apt-prefetch.timer").strip() == "active"
    machine.run("apt-get", "--yes", "upgrade")
    assert client.versions() == {"2.0"} and len(client.requests()) == COUNT
    machine.run("systemctl", "start", "haulier-apt-prefetch.service")
    root.bus.wait(lambda: "0 packages to fetch" in machine.journal("--unit=haulier-apt-prefetch.service"), "the prefetcher")
    assert len(client.requests()) == COUNT and not jobs(root)


def test_what_was_installed_meanwhile_is_no_longer_fetched(machine, server, client, root):
    held = hold_first(client)
    machine.run("apt-get", "update")
    server.wait_sent(held, HALF)
    server.resources[held].gate.clear()
    machine.run("apt-get", "--yes", "upgrade")
    assert client.versions() == {"2.0"}
    root.bus.wait(lambda: not jobs(root), "the job to end", 90)  # apt had its lock when dpkg ended
    server.resources[held].gate.set()


@pytest.fixture
def outside(machine):
    """A server at 192.0.2.1, over a link: what is on this machine costs nothing."""
    network = Network()
    link = ["ip", "link", "add", "far", "type", "veth", "peer", "name", "near", "netns", f"/proc/self/fd/{machine.network.fd}"]
    network.run(*link, pass_fds=(machine.network.fd,))
    for own, name, address in ((network, "far", "192.0.2.1/24"), (machine.network, "near", "192.0.2.2/24")):
        own.run("ip", "address", "add", address, "dev", name)
        own.run("ip", "link", "set", name, "up")
    machine.network.run("ip", "route", "add", "default", "via", "192.0.2.1")

    def listener():
        import socket
        checked(libc.setns(network.fd, CLONE_NEWNET))
        return socket.create_server(("192.0.2.1", 0), backlog=128)
    own = FaultServer(host="192.0.2.1", listener=in_a_thread(listener))
    yield own
    own.stop()
    network.close()


def test_a_metered_network_in_mid_transfer(machine, outside):
    (machine.root / "usr/share/dbus-1/system.d/tests.conf").write_text(NETWORK_MANAGER)
    machine.run("busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig")
    with contextlib.closing(AptClient(machine, outside, COUNT, SIZE, body)) as client:
        root = ContainerUser(machine, "root")
        manager = network_manager(root.bus, metered=1)
        machine.run("apt-get", "update")
        root.bus.wait(lambda: [values["WaitReason"][0] for values in jobs(root)] == ["cost"], "the job to wait", 60)
        assert client.requests() == []
        held = hold_first(client)
        manager.set(Metered=GLib.Variant("u", 2))
        root.bus.wait(lambda: outside.of(held) and outside.of(held)[0].sent >= HALF, "half of a package", 60)
        manager.set(Metered=GLib.Variant("u", 1))
        root.bus.wait(lambda: [values["WaitReason"][0] for values in jobs(root)] == ["cost"], "the job to stop", 60)
        outside.resources[held].gate.set()
        manager.set(Metered=GLib.Variant("u", 2))
        wait_delivered(root, client)
        assert len(outside.of(held)) == 2 and outside.of(held)[1].range_start > 0
