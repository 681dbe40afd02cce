# SPDX-License-Identifier: LGPL-2.1-or-later
"""notify_service.py in a container: on the system bus, where systemd starts it, or on a user's session bus."""

import os

from ..environment import PYTHON
from .nspawn import SYSTEM_BUS, Container
from .rootfs import INSIDE

PROGRAM = f"/{INSIDE}/tests/support/bus/notify_service.py"
RECORDS = "srv/services"

POLICY = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><policy user="root"><allow own="{name}"/></policy></busconfig>
"""
ACTIVATION = """[D-BUS Service]
Name={name}
Exec={command}
{more}
"""
UNIT = """[Service]
Type=dbus
BusName={name}
ExecStart={command}
Environment=DBUS_SESSION_BUS_ADDRESS=unix:path={bus} HAULIER_SOURCE=/{inside} PYTHONDONTWRITEBYTECODE=1
"""


class ActivatableService:
    """Used by the test. `user`: the owner of the session bus; None means the system bus, where the service runs as root."""

    def __init__(self, machine: Container, name: str, behaviour: str = "accept", user: str | None = None):
        self.machine = machine
        self.name = name
        self.user = user
        self.records = f"{RECORDS}/{name}"
        machine.run("install", "-d", "-m", "0777", f"/{RECORDS}", f"/{self.records}")
        self.behave(behaviour)
        command = f"{PYTHON} {PROGRAM} {name} /{self.records}"
        if user:
            self._add_to_session(user, f"/usr/bin/env HAULIER_SOURCE=/{INSIDE} PYTHONDONTWRITEBYTECODE=1 {command}")
        else:
            self._add_to_system(command)

    def _add_to_session(self, user: str, command: str) -> None:
        folder = f"home/{user}/.local/share/dbus-1/services"
        self.machine.run("mkdir", "-p", f"/{folder}", user=user)
        self._write(f"{folder}/{self.name}.service", ACTIVATION.format(name=self.name, command=command, more=""))

    def _add_to_system(self, command: str) -> None:
        unit = f"{self.name}.service"
        self._write(f"etc/systemd/system/{unit}", UNIT.format(name=self.name, command=command, bus=SYSTEM_BUS, inside=INSIDE))
        self._write(f"usr/share/dbus-1/system.d/{self.name}.conf", POLICY.format(name=self.name))
        self._write(f"usr/share/dbus-1/system-services/{unit}",
                    ACTIVATION.format(name=self.name, command="/bin/false", more=f"User=root\nSystemdService={unit}"))
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig")

    def _write(self, path: str, text: str) -> None:
        (self.machine.root / path).write_text(text)

    def behave(self, behaviour: str) -> None:
        path = self.machine.root / self.records / "behaviour"
        part = path.with_suffix(".new")
        part.write_text(behaviour)
        os.chmod(part, 0o644)
        part.rename(path)

    def record(self, what: str) -> list[str]:
        """The lines that the service wrote: "starts" (times), "calls" (method, job), "callers" (uids) or "completed"."""
        path = self.machine.root / self.records / what
        return path.read_text().splitlines() if path.exists() else []

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [tuple(line.split()) for line in self.record("calls")]
