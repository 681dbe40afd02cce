#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rauc_update.py URL: has Haulier fetch a bundle of RAUC, and returns.

Without an argument, it is the service that the bus starts when the bundle has arrived, and has RAUC verify and install it.
"""

import os
import sys

import haulier
from gi.repository import Gio, GLib

NAME, PATH = "org.haulier.example.RaucUpdate", "/org/haulier/example/RaucUpdate"
KEY = "rauc-update"
BUNDLE = os.environ.get("RAUC_UPDATE_BUNDLE", "/var/cache/rauc-update/update.raucb")
RAUC = ("de.pengutronix.rauc", "/", "de.pengutronix.rauc.Installer")


def fetch(url: str) -> None:
    """Fetches one update at a time: a job for another bundle is cancelled. A bundle that has arrived is installed instead,
    because an installation that was interrupted by a loss of power is not repeated by itself."""
    os.makedirs(os.path.dirname(BUNDLE), mode=0o700, exist_ok=True)
    client = haulier.Client(system=True)
    for job in client.jobs(KEY):
        if job.state == "transferred":
            finish(job)
            return
        job.cancel()
    print(client.download(url, BUNDLE, key=KEY, name="System update", priority="low", service=(NAME, PATH)).id)


def finish(job: haulier.Job) -> None:
    """Installs the bundle of this job, unless the service is about it."""
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    if rauc_property(bus, "Operation") == "idle":
        transferred(job)
    else:
        print("an installation is in progress")


def rauc_property(bus: Gio.DBusConnection, name: str) -> str:
    return bus.call_sync(*RAUC[:2], "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (RAUC[2], name)), None,
                         Gio.DBusCallFlags.NONE, -1, None).unpack()[0]


def transferred(job: haulier.Job) -> bool:
    """The library has checked that the job is root's own. It tells Haulier at once that the message has arrived, so this service
    is not started again if the power fails during the installation. The bundle is installed under its temporary name: the job
    stays until the end, and the next `fetch` finishes it."""
    if job["Key"] != KEY:
        return False
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    (files,) = bus.call_sync("org.haulier.Haulier1", job.path, "org.haulier.Haulier1.Job", "ListFiles",
                             GLib.Variant("(uu)", (0, 1)), None, Gio.DBusCallFlags.NONE, -1, None).unpack()
    error = install(bus, files[0][1]["TemporaryName"])
    print(f"the update was not installed: {error}" if error else "the update is installed", flush=True)
    job.cancel()  # deletes the bundle
    return True


def install(bus: Gio.DBusConnection, bundle: str) -> str:
    """Has RAUC verify the signature of the bundle and install it. Returns what went wrong."""
    loop = GLib.MainLoop()
    results = []

    def completed(_bus, _sender, _path, _interface, _member, arguments):
        results.append(arguments.unpack()[0])
        loop.quit()

    subscription = bus.signal_subscribe(RAUC[0], RAUC[2], "Completed", RAUC[1], None, Gio.DBusSignalFlags.NONE, completed)
    try:
        bus.call_sync(*RAUC, "InstallBundle", GLib.Variant("(sa{sv})", (bundle, {})), None, Gio.DBusCallFlags.NONE, -1, None)
        loop.run()
        if results[0] == 0:
            return ""
        return rauc_property(bus, "LastError")
    except GLib.Error as error:
        return error.message
    finally:
        bus.signal_unsubscribe(subscription)


def failed(job: haulier.Job, error: haulier.TransferError) -> None:
    """The job and its data stay until the next update is requested."""
    print(f"job {job.id} has failed: {error}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        fetch(sys.argv[1])
    else:
        haulier.serve(NAME, PATH, transferred=transferred, failed=failed)
