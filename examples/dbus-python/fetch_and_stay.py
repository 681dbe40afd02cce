#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a download with Haulier, waits for the callback, and completes the job.

fetch_and_stay.py URL FILE
"""

import os
import sys

import dbus
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

from callback import Callback, create_job

PATH = "/callback"


def main(url: str, file: str) -> None:
    DBusGMainLoop(set_as_default=True)
    loop = GLib.MainLoop()
    bus = dbus.SessionBus()

    def done(message: str) -> None:
        print(message)
        loop.quit()

    exported = Callback(bus, PATH, done)
    create_job(bus, os.path.basename(file), [(url, os.path.abspath(file))], {"NotifyObject": dbus.ObjectPath(PATH)})
    loop.run()
    del exported
    if not os.path.exists(file):
        sys.exit(1)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except dbus.DBusException as error:
        sys.exit(error.get_dbus_message())
