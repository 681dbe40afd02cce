# SPDX-License-Identifier: LGPL-2.1-or-later
"""What systemd in a container says of its units, over the bus, and waiting for it to say something else."""

from gi.repository import Gio

from .client import PROPERTIES, Bus, BusError
from .container import Container

NAME = "org.freedesktop.systemd1"
PATH = "/org/freedesktop/systemd1"


class Systemd:
    """Root's connection to it, by the system bus."""

    def __init__(self, machine: Container):
        self.bus: Bus = machine.visitor("root")
        self.bus.connection.signal_subscribe(NAME, None, None, None, None, Gio.DBusSignalFlags.NONE, self.bus._heard)
        self.bus.call(NAME, PATH, NAME + ".Manager", "Subscribe")

    def property(self, unit: str, name: str):
        """Of a unit that may not be loaded."""
        path = self.bus.call(NAME, PATH, NAME + ".Manager", "LoadUnit", "(s)", unit)[0]
        interface = "Service" if name in ("Result", "NRestarts", "MainPID", "ExecMainPID") else "Unit"
        try:
            return self.bus.call(NAME, path, PROPERTIES, "Get", "(ss)", f"{NAME}.{interface}", name)[0]
        except BusError as error:
            if error.name.endswith("UnknownObject"):
                return None  # unloaded in between
            raise

    def wait(self, unit: str, name: str, *values, seconds: float = 20):
        """Until the unit's property has one of these values."""
        def reached():
            value = self.property(unit, name)
            return value in values and [value]
        return self.bus.wait(reached, f"{name} of {unit} to be {' or '.join(map(str, values))}", seconds)[0]

    def main_pid(self, unit: str) -> int:
        """In the container's numbers."""
        return self.property(unit, "MainPID") or 0
