# SPDX-License-Identifier: LGPL-2.1-or-later
"""apt's method on a booted system: it continues with what Haulier has of a package, and whatever happens to the package
haulier-apt, apt can download."""

import shutil

import pytest

from support.container.apt_client import AptClient
from support.container.container_user import ContainerUser
from support.content import body
from support.servers.response_script import Script

SIZE = 3_000_000
HALF = 2_000_000
COUNT = 4
LINK = "etc/apt/apt.conf.d/21haulier-method"


@pytest.fixture(scope="module")
def machine(own_machine):
    return own_machine


@pytest.fixture
def client(machine, server):
    own = AptClient(machine, server, COUNT, SIZE, body)
    yield own
    own.close()
    shutil.rmtree(machine.root / "srv/old")


def test_an_upgrade_by_a_person_continues_what_is_being_fetched(machine, server, client):
    held = [client.remote_path(package) for package in client.packages[:2]]
    for path in held:
        server.resources[path].next_scripts(Script(send=HALF, gate=True, then="close"))
    machine.run("apt-get", "update")
    for path in held:
        server.wait_sent(path, HALF)
    machine.run("apt-get", "--yes", "upgrade")
    assert client.versions() == {"2.0"}
    for path in held:
        _, second = server.of(path)
        assert second.range_start > 0 and second.headers["user-agent"].startswith("Debian APT")
        server.resources[path].gate.set()
    sent, total = sum(request.sent for request in client.requests()), sum(package.path.stat().st_size for package in client.packages)
    print(f"{sent} bytes sent for {total} bytes of packages: {sent / total:.3f}")
    assert sent <= 1.05 * total
    root = ContainerUser(machine, "root", listens=False)
    root.bus.wait(lambda: not root.manager.list(AllUsers=True), "the job to end", 60)


def can_update(machine, *command: str) -> bool:
    """Whether apt gets the lists, and reports nothing."""
    done = machine.attempt(*(command or ("apt-get", "update")))
    return done.returncode == 0 and done.stderr == "" and "InRelease" in done.stdout


def test_apt_downloads_whatever_happens_to_the_package(machine, server, client, packages):
    deb, = (path for path in packages if path.name.startswith("haulier-apt_"))
    shutil.copy(deb, machine.root / "srv/haulier-apt.deb")
    assert (machine.root / LINK).is_symlink() and "haulier-apt-method" in machine.run("apt-config", "dump")
    assert can_update(machine, "unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /run/dbus && exec apt-get update"), "no bus"

    machine.run("dpkg", "--unpack", "/srv/haulier-apt.deb")
    assert machine.run("dpkg-query", "-W", "-f", "${db:Status-Status}", "haulier-apt") == "unpacked"
    assert can_update(machine)
    machine.run("dpkg", "--configure", "haulier-apt")

    machine.run("apt-get", "remove", "--yes", "haulier-apt")
    assert not (machine.root / LINK).is_symlink() and (machine.root / "etc/apt/apt.conf.d/20haulier").exists()
    assert can_update(machine)
    machine.run("apt-get", "--yes", "upgrade")
    assert client.versions() == {"2.0"}

    # Only the link remains, as if the package had been removed with rm.
    machine.run("ln", "--symbolic", "/usr/share/haulier-apt/method.conf", "/" + LINK)
    assert "InRelease" in machine.run("apt-get", "update")
    machine.run("rm", "/" + LINK)
    machine.run("dpkg", "--install", "/srv/haulier-apt.deb")
    assert can_update(machine)
