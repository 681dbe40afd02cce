# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls of Haulier on the system bus."""

from __future__ import annotations

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import settings  # noqa: E402

HAULIER, ROOT = "org.haulier.Haulier1", "/org/haulier/Haulier1"
MANAGER, JOB = f"{HAULIER}.Manager", f"{HAULIER}.Job"
# The errors with which calls of an ended job are answered, soon after its end and later.
ENDED = ("InvalidState", "NotFound", "AccessDenied", "org.freedesktop.DBus.Error.UnknownObject",
         "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired")
MILLISECONDS = 120_000  # jobs can have thousands of files


class Refused(Exception):
    """An error reply. `name`: the short name of an error of Haulier, such as "InvalidState"."""

    def __init__(self, error: GLib.Error):
        remote = Gio.DBusError.get_remote_error(error) or ""
        Gio.DBusError.strip_remote_error(error)
        super().__init__(error.message)
        self.name = remote.removeprefix(f"{HAULIER}.Error.")
        self.has_ended = self.name in ENDED


class Haulier:
    def __init__(self):
        try:
            self.bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
        except GLib.Error as error:
            raise Refused(error) from None

    def _call(self, name: str, path: str, interface: str, method: str, arguments: GLib.Variant) -> tuple:
        try:
            return self.bus.call_sync(name, path, interface, method, arguments, None,
                                      Gio.DBusCallFlags.NONE, MILLISECONDS, None).unpack()
        except GLib.Error as error:
            raise Refused(error) from None

    def manager(self, method: str, signature: str, *arguments) -> tuple:
        return self._call(HAULIER, ROOT, MANAGER, method, GLib.Variant(signature, arguments))

    def job(self, path: str, method: str, signature: str = "()", *arguments) -> tuple:
        return self._call(HAULIER, path, JOB, method, GLib.Variant(signature, arguments))

    def add_files(self, path: str, files: GLib.Variant) -> None:
        self._call(HAULIER, path, JOB, "AddFiles", GLib.Variant.new_tuple(files))

    def jobs(self, owner: int, of_all_users: bool = False) -> dict[str, dict]:
        """Paths and properties (Key and State) of the jobs that fetch packages for this user."""
        found: dict[str, dict] = {}
        names = GLib.Variant("as", ["Key", "Owner", "State"])
        offset = 0
        while True:
            listed, = self.manager("ListJobs", "(a{sv})", {"Properties": names, "Offset": GLib.Variant("u", offset),
                                                           "AllUsers": GLib.Variant("b", of_all_users)})
            found |= {path: values for path, values in listed
                      if values["Owner"] == owner and values["Key"].startswith(settings.KEY)}
            if len(listed) < 256:
                return found
            offset += len(listed)

    def files(self, path: str) -> list[tuple[int, dict]]:
        """Number and properties of every file of a job that was not removed."""
        found: list[tuple[int, dict]] = []
        first = 0
        while listed := self.job(path, "ListFiles", "(uu)", first, 0)[0]:
            found += [(index, values) for index, values in listed if values["State"] != "removed"]
            first = listed[-1][0] + 1
        return found

    def start_delivery(self) -> None:
        """Has the bus start the service that delivers, which looks for work by itself."""
        self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "StartServiceByName",
                   GLib.Variant("(su)", (settings.NAME, 0)))
