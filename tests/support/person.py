# SPDX-License-Identifier: LGPL-2.1-or-later
"""A user of a container, with a connection to its system bus; and how Haulier is configured there."""

import pathlib
import time

from gi.repository import Gio

from .client import BUS, MANAGER, NAME, ROOT, Bus, BusError, Job, Manager
from .container import Container
from .environment import patience

# Small numbers, so that a test sees in seconds what takes minutes in life.
CONFIG = """[Daemon]
IdleTimeout=30s
[Transfer]
CheckpointBytes=256K
CheckpointInterval=1s
[Notify]
RetryDelay=200ms
MaximumRetryDelay=1s
LaunchDelay=1s
"""


def configure(machine: Container, name: str, text: str) -> None:
    """Writes a drop-in; it is read when the daemon starts or is told to reload."""
    folder = machine.root / "etc/haulier/haulier.conf.d"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    part.write_text(text)
    part.rename(folder / f"{name}.conf")


def reload(machine: Container) -> None:
    """systemd's own word for it ends when the signal is out; this, when the daemon has read its configuration."""
    def times() -> int:
        return machine.journal("--boot", "--unit=haulier.service").count("the configuration was read again")
    before = times()
    machine.run("systemctl", "reload", "haulier.service")
    deadline = time.monotonic() + patience(20)
    while times() == before:
        assert time.monotonic() < deadline, "the configuration is not read again"


def configure_user(machine: Container, name: str) -> None:
    """The same small numbers for somebody's own instance."""
    folder = f"/home/{name}/.config/haulier"
    machine.run("mkdir", "-p", folder, user=name)
    (machine.root / folder.lstrip("/") / "haulier.conf").write_text(CONFIG)


class Person:
    """Somebody with a connection to the system bus. One who listens has subscribed, to each daemon that comes."""

    def __init__(self, machine: Container, name: str, listens: bool = True):
        self.machine = machine
        self.name = name
        self.uid = machine.uid(name)
        self.home = pathlib.Path("/root" if name == "root" else f"/home/{name}")
        self.bus: Bus = machine.visitor(name)
        self.manager = Manager(self.bus)
        if listens:
            self.bus.connection.signal_subscribe(BUS[0], BUS[2], "NameOwnerChanged", None, NAME, Gio.DBusSignalFlags.NONE,
                                                 self._owner_changed)
            self.bus.call(NAME, ROOT, MANAGER, "Subscribe")

    def _owner_changed(self, connection, _sender, _path, _interface, _member, parameters) -> None:
        if parameters.unpack()[2]:
            connection.call(NAME, ROOT, MANAGER, "Subscribe", None, None, Gio.DBusCallFlags.NO_AUTO_START, -1, None)

    def outside(self, path) -> pathlib.Path:
        """Where the test finds a path of the container."""
        return self.machine.root / str(path).lstrip("/")

    def run(self, *command, **options) -> str:
        return self.machine.run(*command, user=self.name, **options)

    def attempt(self, *command, **options):
        return self.machine.attempt(*command, user=self.name, **options)

    def jobs(self) -> list[Job]:
        return [Job(self.bus, path) for path, _ in self.manager.list()]

    def leave(self) -> None:
        """Tests end in any state; what cannot be cancelled has ended meanwhile."""
        if self.bus.connection.is_closed():
            return
        for job in self.jobs():
            try:
                job.cancel()
            except BusError as error:
                if error.name not in ("NotFound", "InvalidState", "AccessDenied"):
                    raise
        self.bus.close()
