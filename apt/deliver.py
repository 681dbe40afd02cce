#!/usr/bin/python3 -EsB
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Moves packages that Haulier has fetched into apt's cache and completes their jobs. The bus starts it, as root, when Haulier
has a notification for it; it also looks for work when it starts, and exits when there is none."""

from __future__ import annotations

import os
import pwd
import sys

import apt_pkg

import archives
import delivery
import settings
from client import Gio, GLib, Haulier, Refused

SECONDS = 3  # to wait for another notification
FINISHED = ("transferred", "error")
CALLBACK = """<node><interface name="org.haulier.Haulier1.Callback">
  <method name="JobTransferred"><arg type="o" direction="in"/><arg type="s" direction="in"/></method>
  <method name="JobError"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="(ssisu)" direction="in"/></method>
</interface></node>"""


def finished_jobs(haulier: Haulier) -> set[str]:
    """The jobs of the user of apt's methods. Any user can cause this service to be called, so it looks for its jobs itself."""
    owner = pwd.getpwnam(settings.USER).pw_uid
    return {path for path, values in haulier.jobs(owner, of_all_users=True).items() if values["State"] in FINISHED}


def deliver_staged() -> int:
    """Empties the staging folder, if there is one. Raises delivery.Busy."""
    if not os.path.lexists(settings.staging_folder()):
        return 0
    staging = delivery.Staging(settings.staging_folder())
    try:
        if not staging.names():
            return 0
        cache = delivery.Cache(settings.archives_folder(), apt_pkg.config.find_dir("Dir::State::lists") + "lock")
        try:
            cache.check_lists()
            wanted = archives.needed(settings.is_full())
            cache.check_lists()
            return delivery.deliver(wanted, staging, cache)
        finally:
            cache.close()
    finally:
        staging.close()


class Service:
    """Answers a notification after its files have been delivered. If they cannot be, the answer is an error, so that Haulier
    repeats the notification later; a reply that comes too late does no harm, because the job has ended by then."""

    def __init__(self, haulier: Haulier):
        self.haulier = haulier
        self.loop = GLib.MainLoop()
        self.leaving = 0

    def work(self) -> str:
        """Returns why not everything could be delivered, or ""."""
        try:
            before = finished_jobs(self.haulier)  # all their files have arrived or failed
            count = deliver_staged()
            if count:
                print(f"{count} packages delivered", flush=True)
            for path in before & finished_jobs(self.haulier):  # the prefetcher may have added files meanwhile
                self._complete(path)
        except (delivery.Busy, apt_pkg.Error, SystemError, OSError, Refused) as error:
            print(f"not everything is delivered yet: {error}", flush=True)
            return str(error)
        return ""

    def _complete(self, path: str) -> None:
        """Files that have failed are left to apt."""
        try:
            self.haulier.job(path, "Complete")
        except Refused as error:
            if not error.has_ended:
                raise

    def called(self, _bus, _sender, _path, _interface, _method, _arguments, invocation) -> None:
        trouble = self.work()
        if trouble:
            invocation.return_dbus_error(f"{settings.NAME}.Error.Busy", trouble)
        else:
            invocation.return_value(None)
        self.leave_soon()

    def leave_soon(self) -> None:
        if self.leaving:
            GLib.source_remove(self.leaving)
        self.leaving = GLib.timeout_add_seconds(SECONDS, self.loop.quit)

    def run(self) -> None:
        """Takes the bus name after the first delivery, so that a unit that starts this one waits for the delivery."""
        self.work()
        bus = self.haulier.bus
        bus.register_object(settings.PATH, Gio.DBusNodeInfo.new_for_xml(CALLBACK).interfaces[0], self.called, None, None)
        Gio.bus_own_name_on_connection(bus, settings.NAME, Gio.BusNameOwnerFlags.NONE, None, None)
        self.leave_soon()
        self.loop.run()


def main() -> int:
    os.umask(0o022)
    apt_pkg.init()
    try:
        haulier = Haulier()
    except Refused as error:
        print(f"there is no system bus: {error}", file=sys.stderr)
        return 1
    Service(haulier).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
