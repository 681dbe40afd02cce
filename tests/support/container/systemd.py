# SPDX-License-Identifier: LGPL-2.1-or-later
"""Properties of the units of the systemd in a container, and waiting for a change of them."""

from gi.repository import Gio

from ..client.dbus_client import PROPERTIES, Bus, BusError
from .nspawn import Container

NAME = "org.freedesktop.systemd1"
PATH = "/org/freedesktop/systemd1"


class Systemd:
    """A connection of root's to systemd, over the system bus."""

    def __init__(self, machine: Container):
        self.bus: Bus = machine.connect_to_bus("root")
        self.bus.connection.signal_subscribe(NAME, None, None, None, None, Gio.DBusSignalFlags.NONE, self.bus._heard)
        self.bus.call(NAME, PATH, NAME + ".Manager", "Subscribe")

    def property(self, unit: str, name: str):
        """Works for units that are not loaded, too."""
        path = self.bus.call(NAME, PATH, NAME + ".Manager", "LoadUnit", "(s)", unit)[0]
        interface = "Service" if name in ("Result", "NRestarts", "MainPID", "ExecMainPID") else "Unit"
        try:
            return self.bus.call(NAME, path, PROPERTIES, "Get", "(ss)", f"{NAME}.{interface}", name)[0]
        except BusError as error:
            if error.name.endswith("UnknownObject"):
                return None  # it was unloaded meanwhile
            raise

    def wait(self, unit: str, name: str, *values, seconds: float = 20):
        """Waits until the unit's property has one of these values, and returns it."""
        def reached():
            value = self.property(unit, name)
            return value in values and [value]
        return self.bus.wait(reached, f"{name} of {unit} to be {' or '.join(map(str, values))}", seconds)[0]

    def main_pid(self, unit: str) -> int:
        """The process id as seen inside the container; 0 if there is none."""
        return self.property(unit, "MainPID") or 0
