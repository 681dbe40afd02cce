#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An activatable service: the bus starts it when Haulier has a notification for it, and it exits when nothing is left to do.

Register it with SetNotifyService("org.haulier.example.Gio", "/org/haulier/example/Gio").
"""

from gi.repository import Gio, GLib

from callback import Callback

NAME = "org.haulier.example.Gio"
PATH = "/org/haulier/example/Gio"
LINGER_SECONDS = 2  # in case another job is about to end


def main() -> None:
    loop = GLib.MainLoop()
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    leaving = 0

    def done(message: str) -> None:
        nonlocal leaving
        print(message, flush=True)
        if leaving:
            GLib.source_remove(leaving)
        leaving = GLib.timeout_add_seconds(LINGER_SECONDS, loop.quit)

    Callback(bus, PATH, done)  # before the name is acquired, so that the first caller finds the object
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, None, lambda *_: loop.quit())
    loop.run()


if __name__ == "__main__":
    main()
