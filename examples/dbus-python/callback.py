# SPDX-License-Identifier: LGPL-2.1-or-later
"""The object that Haulier calls, in dbus-python. It is exported by an activated service or by a program that waits."""

import dbus
import dbus.service

HAULIER = "org.haulier.Haulier1"


class Callback(dbus.service.Object):
    """Completes every transferred job, cancels every failed one, and then calls `done` with a message."""

    def __init__(self, bus: dbus.Bus, path: str, done):
        super().__init__(bus, path)
        self.bus = bus
        self.done = done

    @dbus.service.method(f"{HAULIER}.Callback", in_signature="os", out_signature="")
    def JobTransferred(self, job, job_id):
        def refused(error):
            # A job with AutoComplete has completed itself.
            has_ended = error.get_dbus_name() == f"{HAULIER}.Error.InvalidState"
            self.done(f"job {job_id}: complete already" if has_ended else f"Complete failed: {error}")

        # Asynchronous, so that the reply to this call is sent first.
        self.job(job).Complete(
            reply_handler=lambda result, kept, dropped: self.done(f"job {job_id}: {result} {kept} {dropped}"),
            error_handler=refused)

    @dbus.service.method(f"{HAULIER}.Callback", in_signature="os(ssisu)", out_signature="")
    def JobError(self, job, job_id, error):
        _context, name, _code, message, _file = error
        self.job(job).Cancel(
            reply_handler=lambda: self.done(f"job {job_id} failed: {message} ({name})"),
            error_handler=lambda error: self.done(f"Cancel failed: {error}"))

    @dbus.service.method(f"{HAULIER}.Callback", in_signature="os", out_signature="")
    def JobModification(self, job, job_id):
        pass

    @dbus.service.method(f"{HAULIER}.Callback", in_signature="osuss", out_signature="")
    def FileTransferred(self, job, job_id, index, remote, temporary):
        pass

    def job(self, path) -> dbus.Interface:
        return dbus.Interface(self.bus.get_object(HAULIER, path, introspect=False), f"{HAULIER}.Job")


def create_job(bus: dbus.Bus, name: str, files, options) -> str:
    """Starts a download and returns its id. `files` is a list of (URL, absolute path)."""
    manager = dbus.Interface(bus.get_object(HAULIER, "/org/haulier/Haulier1", introspect=False), f"{HAULIER}.Manager")
    described = dbus.Array([(url, path, dbus.Dictionary({}, signature="sv")) for url, path in files],
                           signature="(ssa{sv})")
    wanted = dbus.Dictionary({"Files": described, "Resume": dbus.Boolean(True)} | options, signature="sv")
    _path, job_id, _created = manager.CreateJob(name, "download", wanted)
    return str(job_id)
