#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a download with Haulier, waits for the callback, and completes the job.

fetch_and_stay.py URL FILE
"""

import os
import sys

from gi.repository import Gio, GLib

from callback import Callback

PATH = "/callback"


def main(url: str, file: str) -> None:
    loop = GLib.MainLoop()
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)

    def done(message: str) -> None:
        print(message)
        loop.quit()

    Callback(bus, PATH, done)
    options = {
        "Files": GLib.Variant("a(ssa{sv})", [(url, os.path.abspath(file), {})]),
        "NotifyObject": GLib.Variant("o", PATH),
        "Resume": GLib.Variant("b", True),
    }
    bus.call_sync(
        "org.haulier.Haulier1", "/org/haulier/Haulier1", "org.haulier.Haulier1.Manager", "CreateJob",
        GLib.Variant("(ssa{sv})", (os.path.basename(file), "download", options)), None, Gio.DBusCallFlags.NONE, -1)
    loop.run()
    if not os.path.exists(file):
        sys.exit(1)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except GLib.Error as error:
        sys.exit(error.message)
