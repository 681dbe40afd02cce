#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An activatable service: the bus starts it when Haulier has a notification for it, and it exits when nothing is left to do.

Register it with SetNotifyService("org.haulier.example.DBusPython", "/org/haulier/example/DBusPython").
"""

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

from callback import Callback

NAME = "org.haulier.example.DBusPython"
PATH = "/org/haulier/example/DBusPython"
LINGER_SECONDS = 2  # in case another job is about to end


def main() -> None:
    DBusGMainLoop(set_as_default=True)
    loop = GLib.MainLoop()
    bus = dbus.SessionBus()
    leaving = 0

    def done(message: str) -> None:
        nonlocal leaving
        print(message, flush=True)
        if leaving:
            GLib.source_remove(leaving)
        leaving = GLib.timeout_add_seconds(LINGER_SECONDS, loop.quit)

    exported = Callback(bus, PATH, done)  # before the name is acquired, so that the first caller finds the object
    name = dbus.service.BusName(NAME, bus)
    loop.run()
    del name, exported


if __name__ == "__main__":
    main()
