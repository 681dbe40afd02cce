# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-desktop on a running system: installed, used in a user's session, and removed."""

import os
import pathlib

import pytest

from support.container.rootfs import install
from support.container.systemd import Systemd
from support.daemon.agent import NAME

UNIT = "haulier-notify.service"
FILES = ("usr/bin/haulier-notify", "etc/xdg/autostart/org.haulier.Notify.desktop", "usr/share/applications/org.haulier.Transfers.desktop",
         "usr/share/icons/hicolor/scalable/apps/org.haulier.Transfers.svg", "usr/share/metainfo/org.haulier.Transfers.metainfo.xml")


@pytest.fixture(scope="module")
def machine(own_machine):
    packages = sorted(pathlib.Path(os.environ["HAULIER_PACKAGES"]).glob("haulier-desktop_*.deb"))
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


def test_removing_it_stops_the_agent_and_purging_leaves_nothing(machine, session):
    assert all((machine.root / path).exists() for path in FILES)
    machine.run("apt-get", "remove", "--yes", "haulier-desktop")
    session.wait(lambda: not session.owner(NAME), "the agent to end")
    machine.run("apt-get", "purge", "--yes", "haulier-desktop")
    assert not [path for path in FILES if (machine.root / path).exists()]
    assert not machine.run("sh", "-c", "find /etc /usr/share -name '*haulier-notify*' -o -name 'org.haulier.Transfers*'")
    assert machine.run("systemctl", "is-system-running").strip() == "running"
    assert Systemd(machine).property("haulier.path", "ActiveState") == "active"
