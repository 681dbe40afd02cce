#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a download with Haulier and exits. An activatable service is notified when the file has arrived.

fetch_and_leave.py URL FILE [SERVICE OBJECT-PATH]
"""

import os
import sys

from gi.repository import Gio, GLib


def main(url: str, file: str, service: str = "", path: str = "/") -> None:
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    options = {
        "Files": GLib.Variant("a(ssa{sv})", [(url, os.path.abspath(file), {})]),
        "Resume": GLib.Variant("b", True),
    }
    if service:
        options["NotifyService"] = GLib.Variant("(so)", (service, path))
    answer = bus.call_sync(
        "org.haulier.Haulier1", "/org/haulier/Haulier1", "org.haulier.Haulier1.Manager", "CreateJob",
        GLib.Variant("(ssa{sv})", (os.path.basename(file), "download", options)),
        GLib.VariantType("(osb)"), Gio.DBusCallFlags.NONE, -1)
    print(answer.unpack()[1])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except GLib.Error as error:
        sys.exit(error.message)
