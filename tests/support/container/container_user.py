# SPDX-License-Identifier: LGPL-2.1-or-later
"""A user of a container with a connection to its system bus, and the configuration of Haulier in the container."""

import pathlib
import time

from gi.repository import Gio

from ..client.dbus_client import BUS, MANAGER, NAME, ROOT, Bus, BusError, Job, Manager
from ..configuration import configuration_file
from ..environment import patience
from .nspawn import Container


def configure(machine: Container, name: str, text: str) -> None:
    """Writes a drop-in, which the daemon reads when it starts or is told to reload."""
    folder = machine.root / "etc/haulier/haulier.conf.d"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    part.write_text(text)
    part.rename(folder / f"{name}.conf")


def reload(machine: Container) -> None:
    """systemctl reload returns when the signal was sent; this returns when the daemon has read its configuration."""
    def times() -> int:
        return machine.journal("--boot", "--unit=haulier.service").count("the configuration was read again")
    before = times()
    machine.run("systemctl", "reload", "haulier.service")
    deadline = time.monotonic() + patience(20)
    while times() == before:
        assert time.monotonic() < deadline, "the daemon does not read its configuration again"


def configure_user(machine: Container, name: str) -> None:
    """The tests' configuration for a user's own instance."""
    folder = f"/home/{name}/.config/haulier"
    machine.run("mkdir", "-p", folder, user=name)
    (machine.root / folder.lstrip("/") / "haulier.conf").write_text(configuration_file())


class ContainerUser:
    """A user with a connection to the system bus. With `listens`, it subscribes to the signals of every daemon that starts."""

    def __init__(self, machine: Container, name: str, listens: bool = True):
        self.machine = machine
        self.name = name
        self.uid = machine.uid(name)
        self.home = pathlib.Path("/root" if name == "root" else f"/home/{name}")
        self.bus: Bus = machine.connect_to_bus(name)
        self.manager = Manager(self.bus)
        if listens:
            self.bus.connection.signal_subscribe(BUS[0], BUS[2], "NameOwnerChanged", None, NAME, Gio.DBusSignalFlags.NONE,
                                                 self._owner_changed)
            self.bus.call(NAME, ROOT, MANAGER, "Subscribe")

    def _owner_changed(self, connection, _sender, _path, _interface, _member, parameters) -> None:
        if parameters.unpack()[2]:
            connection.call(NAME, ROOT, MANAGER, "Subscribe", None, None, Gio.DBusCallFlags.NO_AUTO_START, -1, None)

    def outside(self, path) -> pathlib.Path:
        """A path of the container as the test can open it."""
        return self.machine.root / str(path).lstrip("/")

    def run(self, *command, **options) -> str:
        return self.machine.run(*command, user=self.name, **options)

    def attempt(self, *command, **options):
        return self.machine.attempt(*command, user=self.name, **options)

    def jobs(self) -> list[Job]:
        return [Job(self.bus, path) for path, _ in self.manager.list()]

    def leave(self) -> None:
        """Cancels the jobs that the test has left; those that cannot be cancelled have ended meanwhile."""
        if self.bus.connection.is_closed():
            return
        for job in self.jobs():
            try:
                job.cancel()
            except BusError as error:
                if error.name not in ("NotFound", "InvalidState", "AccessDenied"):
                    raise
        self.bus.close()
