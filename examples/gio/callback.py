# SPDX-License-Identifier: LGPL-2.1-or-later
"""The object that Haulier calls, in Gio. It is exported by an activated service or by a program that waits."""

import pathlib

from gi.repository import Gio, GLib

INTERFACE = "org.haulier.Haulier1.Callback"
INSTALLED = pathlib.Path("/usr/share/dbus-1/interfaces") / f"{INTERFACE}.xml"
IN_THE_SOURCE = pathlib.Path(__file__).parents[2] / "dbus" / f"{INTERFACE}.xml"


def interface() -> Gio.DBusInterfaceInfo:
    xml = IN_THE_SOURCE if IN_THE_SOURCE.exists() else INSTALLED
    return Gio.DBusNodeInfo.new_for_xml(xml.read_text()).interfaces[0]


class Callback:
    """Completes every transferred job, cancels every failed one, and then calls `done` with a message."""

    def __init__(self, bus: Gio.DBusConnection, path: str, done):
        self.bus = bus
        self.done = done
        bus.register_object(path, interface(), self.called, None, None)

    def called(self, _bus, _sender, _path, _interface, method, arguments, invocation):
        invocation.return_value(None)  # acknowledge at once; Haulier must not have to wait for the rest
        job, job_id, *rest = arguments.unpack()
        if method == "JobTransferred":
            self.end(job, "Complete", lambda result: f"job {job_id}: {' '.join(map(str, result))}")
        elif method == "JobError":
            _context, name, _code, message, _file = rest[0]
            self.end(job, "Cancel", lambda _result: f"job {job_id} failed: {message} ({name})")

    def end(self, job, verb, describe):
        def ended(bus, result):
            try:
                self.done(describe(bus.call_finish(result).unpack()))
            except GLib.Error as error:
                self.done(f"{verb} failed: {error.message}")

        self.bus.call("org.haulier.Haulier1", job, "org.haulier.Haulier1.Job", verb, None, None,
                      Gio.DBusCallFlags.NONE, -1, None, ended)
