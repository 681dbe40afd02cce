#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""refresh.py REMOTE: has Haulier fetch the metadata of a remote of fwupd, such as lvfs, and gives it to fwupd.

It waits until the network may be used, and is meant for fwupd-refresh.service.
"""

import os
import sys

import haulier
from gi.repository import Gio, GLib

CACHE = os.environ.get("CACHE_DIRECTORY", "/var/cache/fwupdmgr")
FWUPD = ("org.freedesktop.fwupd", "/", "org.freedesktop.fwupd")


def uri_of(bus: Gio.DBusConnection, remote: str) -> str:
    (remotes,) = bus.call_sync(*FWUPD, "GetRemotes", None, None, Gio.DBusCallFlags.NONE, -1, None).unpack()
    for facts in remotes:
        if facts.get("RemoteId") == remote:
            return facts["Uri"]
    sys.exit(f"fwupd has no remote '{remote}'")


def update(bus: Gio.DBusConnection, remote: str, paths: list[str]) -> None:
    """Passes open files to fwupd, which checks the signature of the metadata."""
    files = [open(path, "rb") for path in paths]
    handles = Gio.UnixFDList.new_from_array([os.dup(file.fileno()) for file in files])
    bus.call_with_unix_fd_list_sync(*FWUPD, "UpdateMetadata", GLib.Variant("(shh)", (remote, 0, 1)), None,
                                    Gio.DBusCallFlags.NONE, -1, handles, None)


def main(remote: str) -> None:
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    uri = uri_of(bus, remote)
    os.makedirs(CACHE, mode=0o700, exist_ok=True)
    paths = [f"{CACHE}/{remote}.{kind}" for kind in ("metadata", "signature")]
    # After an interruption, the job of the earlier run is continued.
    job = haulier.Client(system=True).download(list(zip([uri, uri + ".jcat"], paths)), key=f"fwupd-{remote}",
                                               name=f"Firmware metadata of {remote}", priority="low",
                                               maximum_download_size=50_000_000)
    try:
        job.wait()
    except haulier.Error:
        job.cancel()
        raise
    job.complete()
    try:
        update(bus, remote, paths)
    finally:
        for path in paths:
            os.unlink(path)
    print(f"the metadata of {remote} is up to date")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except (haulier.Error, GLib.Error) as error:
        sys.exit(f"refresh.py: {error.args[0] if isinstance(error, haulier.Error) else error.message}")
