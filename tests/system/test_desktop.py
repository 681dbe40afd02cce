# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-desktop and haulier-browser on a running system: installed, used in a user's session, and removed."""

import json
import os
import pathlib

import pytest

from support.container.rootfs import install
from support.container.systemd import Systemd
from support.daemon.agent import NAME

UNIT = "haulier-notify.service"
FILES = ("usr/bin/haulier-notify", "etc/xdg/autostart/org.haulier.Notify.desktop", "usr/share/applications/org.haulier.Transfers.desktop",
         "usr/share/icons/hicolor/scalable/apps/org.haulier.Transfers.svg", "usr/share/metainfo/org.haulier.Transfers.metainfo.xml")

NATIVE_HOST = "/usr/libexec/haulier/haulier-browser-host"
EXTENSION_PLACES = ("usr/share/chromium/extensions/haulier",
                    "usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/haulier@haulier.org")
HOST_PLACES = ("etc/chromium", "etc/opt/chrome", "usr/lib/mozilla")


@pytest.fixture(scope="module")
def machine(own_machine):
    folder = pathlib.Path(os.environ["HAULIER_PACKAGES"])
    packages = [path for name in ("haulier-desktop", "haulier-browser") for path in sorted(folder.glob(f"{name}_*.deb"))]
    install(own_machine, packages)
    return own_machine


@pytest.fixture(scope="module")
def session(machine):
    """Alice's, which is not graphical yet."""
    machine.run("loginctl", "enable-linger", "alice")
    machine.run("systemctl", "start", f"user@{machine.uid('alice')}.service")
    return machine.connect_to_session_bus("alice")


def user(machine, *words: str) -> str:
    return machine.run("systemctl", "--user", *words, user="alice")


def test_the_agent_starts_only_where_there_is_a_display(machine, session):
    assert machine.run("systemctl", "--global", "is-enabled", UNIT).strip() == "enabled"
    user(machine, "start", UNIT)
    assert user(machine, "show", "--property=ConditionResult", "--value", UNIT).strip() == "no"
    assert not session.owner(NAME)
    user(machine, "set-environment", "WAYLAND_DISPLAY=wayland-0")
    user(machine, "start", UNIT)
    session.wait(lambda: session.owner(NAME), "the agent")
    assert user(machine, "is-active", UNIT).strip() == "active"
    assert not session.owner("org.haulier.Haulier1"), "it starts no daemon"


def test_browsers_find_the_extension_and_its_host(machine, session):
    for place in EXTENSION_PLACES:
        assert (machine.root / place).is_symlink() and (machine.root / place / "manifest.json").exists()
    for place in HOST_PLACES:
        manifest = json.loads((machine.root / place / "native-messaging-hosts/org.haulier.browser.json").read_text())
        assert manifest["path"] == NATIVE_HOST
    hello = rf"""printf '\020\000\000\000{{"type":"hello"}}' | {NATIVE_HOST} | tail -c +5"""
    answer = json.loads(machine.run("sh", "-c", hello, user="alice"))
    assert answer["ok"] and answer["version"] and answer["folder"] == "/home/alice"


def test_removing_it_stops_the_agent_and_purging_leaves_nothing(machine, session):
    assert all((machine.root / path).exists() for path in FILES)
    machine.run("apt-get", "remove", "--yes", "haulier-desktop")
    session.wait(lambda: not session.owner(NAME), "the agent to end")
    machine.run("apt-get", "purge", "--yes", "haulier-desktop")
    assert not [path for path in FILES if (machine.root / path).exists()]
    assert not machine.run("sh", "-c", "find /etc /usr/share -name '*haulier-notify*' -o -name 'org.haulier.Transfers*'")
    machine.run("apt-get", "purge", "--yes", "haulier-browser")
    assert not machine.run("sh", "-c", "find /etc /usr -path '*native-messaging-hosts/org.haulier*' -o -path '*/webext/haulier'")
    assert machine.run("systemctl", "is-system-running").strip() == "running"
    assert Systemd(machine).property("haulier.path", "ActiveState") == "active"
