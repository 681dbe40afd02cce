# SPDX-License-Identifier: LGPL-2.1-or-later
"""The jobs of the app. Haulier runs them, whether the app is running or not."""

import gi

gi.require_version("Haulier", "1.0")
from gi.repository import Gio, GLib, GObject, Haulier  # noqa: E402

from . import APP_ID  # noqa: E402

WAITS = {"turn": "Waiting for other downloads", "held": "All downloads are paused", "network": "Waiting for the network",
         "cost": "Waiting for a network that is not metered", "power": "Waiting for mains power",
         "storage": "Waiting for space on the disk"}


def has_failed(job: Haulier.Job) -> bool:
    return job.get_state() == "error"


def progress_text(job: Haulier.Job) -> str:
    done, total, rate, _left = job.get_progress()
    if has_failed(job):
        return f"Failed: {job.get_failure().message}"
    if rate == 0 and (wait := job.get_value("WaitReason")) and (reason := WAITS.get(wait.unpack()[0])):
        return reason
    of = f" of {GLib.format_size(total)}" if total >= 0 else ""
    return f"Downloading: {GLib.format_size(done)}{of}"


class Downloads(GObject.Object):
    """`changed` is about the state of a job, `arrived` about a file that has its name, and `failed` has a message. Each has the
    key that the job was started with."""

    __gsignals__ = {
        "changed": (GObject.SignalFlags.RUN_LAST, None, (str,)),
        "arrived": (GObject.SignalFlags.RUN_LAST, None, (str,)),
        "failed": (GObject.SignalFlags.RUN_LAST, None, (str, str)),
    }

    def __init__(self, connection: Gio.DBusConnection, path: str):
        """`path`: the object that Haulier calls. If the app is not running, the bus starts it for the call."""
        super().__init__()
        self.path = path
        self.jobs: dict[str, Haulier.Job] = {}
        self._client = Haulier.Client.new(connection)
        self.callback = Haulier.Callback.new(self._client)
        self.callback.connect("job-completed", self._on_completed)
        self.callback.connect("job-failed", self._on_failed)
        self.callback.export(connection, path)

    def find(self) -> None:
        """Finds the jobs of earlier runs."""
        self._client.list_jobs(None, None, self._on_listed)

    def start(self, key: str, url: str, path, name: str, **options: GLib.Variant) -> None:
        """Continues the job with that key if there is one."""
        request = Haulier.Request.new(name[:256])
        request.set_key(key)
        request.add_file(url, str(path))
        request.set_service(APP_ID, self.path)
        options |= {"AppId": GLib.Variant("s", APP_ID), "Icon": GLib.Variant("s", APP_ID)}
        for option, value in options.items():
            request.set_option(option, value)
        self._client.ensure_job(request, None, self._on_ensured, key)

    def cancel(self, key: str) -> None:
        self.jobs[key].cancel(None, self._on_cancelled, key)

    def _follow(self, key: str, job: Haulier.Job) -> None:
        self.jobs[key] = job
        job.connect("changed", lambda _job: self.emit("changed", key))
        self.emit("changed", key)

    def _on_listed(self, client: Haulier.Client, result: Gio.AsyncResult) -> None:
        try:
            jobs = client.list_jobs_finish(result)
        except GLib.Error:
            return  # without Haulier there is nothing to show
        for job in jobs:
            key = job.get_value("Key").unpack()
            if key.startswith(("feed-", "episode-")) and job.get_value("AppId").unpack() == APP_ID:
                self._follow(key, job)

    def _on_ensured(self, client: Haulier.Client, result: Gio.AsyncResult, key: str) -> None:
        try:
            job, created = client.ensure_job_finish(result)
        except GLib.Error as error:
            self.emit("failed", key, error.message)
            return
        self._follow(key, job)
        if not created or job.get_state() == "suspended":
            job.resume(None, self._on_resumed, key)

    def _on_resumed(self, job: Haulier.Job, result: Gio.AsyncResult, key: str) -> None:
        try:
            job.resume_finish(result)
        except GLib.Error as error:
            if has_failed(job):
                self.emit("failed", key, error.message)

    def _on_cancelled(self, job: Haulier.Job, result: Gio.AsyncResult, key: str) -> None:
        try:
            job.cancel_finish(result)
        except GLib.Error:
            pass  # it has ended already
        self._forget(key)
        self.emit("changed", key)

    def _on_completed(self, _callback: Haulier.Callback, job: Haulier.Job, _result: str) -> None:
        key = job.get_value("Key").unpack()
        self._forget(key)
        self.emit("arrived", key)

    def _on_failed(self, _callback: Haulier.Callback, job: Haulier.Job, error: GLib.Error) -> None:
        key = job.get_value("Key").unpack()
        if key not in self.jobs:
            self._follow(key, job)
        self.emit("failed", key, error.message)

    def _forget(self, key: str) -> None:
        self.jobs.pop(key, None)
