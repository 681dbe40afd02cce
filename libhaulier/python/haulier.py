# SPDX-License-Identifier: LGPL-2.1-or-later
"""Background transfers with Haulier.

    import haulier

    with haulier.Client() as client:
        job = client.download("https://example.org/song.ogg", "song.ogg", key="song")
        for progress in job:
            print(progress.done, progress.total)
        job.complete()

A download with the same key continues the job of an earlier run. The job does not need this program: at its end, the bus
starts a service if the job names one (`service=("org.example.App", "/org/example/App")`), see `serve`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import gi

gi.require_version("Haulier", "1.0")
from gi.repository import Gio, GLib, Haulier  # noqa: E402

__all__ = ["Client", "Error", "Job", "Progress", "TransferError", "serve"]


class Error(Exception):
    """A call was refused. `name`: as in docs/errors.md, such as "NotFound"; "" for an error of the bus."""

    def __init__(self, message: str, name: str = ""):
        super().__init__(message)
        self.name = name


class TransferError(Error):
    """A job has failed. `name`: as in docs/errors.md, such as "http-status"."""


class Progress(NamedTuple):
    """Bytes transferred, bytes of all files, bytes per second, and seconds left, as far as they are known."""
    done: int
    total: int | None
    rate: int
    seconds_left: int | None


def _known(number: int) -> int | None:
    return None if number < 0 else number


def _error(error: GLib.Error) -> Error:
    if error.domain == "haulier-transfer-error-quark":
        return TransferError(error.message, Haulier.transfer_error_get_name(error.code))
    return Error(error.message, Haulier.error_get_name(error.code) if error.domain == "haulier-error-quark" else "")


def _tried(function: Callable, *arguments):
    try:
        return function(*arguments)
    except GLib.Error as error:
        raise _error(error) from None


def _variant(value: Any) -> GLib.Variant:
    """Haulier takes any type of number, and strings for paths."""
    if isinstance(value, GLib.Variant):
        return value
    if isinstance(value, bool):
        return GLib.Variant("b", value)
    if isinstance(value, int):
        return GLib.Variant("t" if value >= 2**63 else "x", value)
    if isinstance(value, float):
        return GLib.Variant("d", value)
    if isinstance(value, (list, tuple)) and all(isinstance(word, str) for word in value):
        return GLib.Variant("as", list(value))
    return GLib.Variant("s", os.fspath(value))


def _camel(option: str) -> str:
    return "".join(word.capitalize() for word in option.split("_"))


class Job:
    """A job, followed while the main context runs."""

    def __init__(self, job: Haulier.Job):
        self.object = job
        self.created = False  # True if this call has created the job

    def __repr__(self) -> str:
        return f"<haulier.Job {self.id} {self.state}>"

    @property
    def id(self) -> str:
        return self.object.get_id()

    @property
    def path(self) -> str:
        return self.object.get_path()

    @property
    def state(self) -> str:
        return self.object.get_state()

    @property
    def progress(self) -> Progress:
        done, total, rate, left = self.object.get_progress()
        return Progress(done, _known(total), rate, _known(left))

    @property
    def failure(self) -> TransferError | None:
        error = self.object.get_failure()
        return _error(error) if error else None

    def __getitem__(self, name: str) -> Any:
        """A property of the job, such as job["WaitReason"]."""
        value = self.object.get_value(name)
        if value is None:
            raise KeyError(name)
        return value.unpack()

    def __setitem__(self, name: str, value: Any) -> None:
        now = self.object.get_value(name)
        wanted = GLib.Variant(now.get_type_string(), value) if now is not None else _variant(value)
        _tried(self.object.set_value_sync, name, wanted, None)

    def wait(self, seconds: float | None = None) -> str:
        """Waits until Haulier has nothing more to do, and returns "transferred", or how the job has ended. Raises
        TransferError if the job has failed, and TimeoutError if it is not done in time."""
        for _progress in self._until_the_end(seconds):
            pass
        return self.result

    def __iter__(self) -> Iterator[Progress]:
        """Yields the progress whenever it changes, until Haulier has nothing more to do. Raises the same errors as wait()."""
        return self._until_the_end(None)

    def _until_the_end(self, seconds: float | None) -> Iterator[Progress]:
        loop = GLib.MainLoop()
        cancellable = Gio.Cancellable()
        outcome = []
        late = []

        def ended(job, result):
            try:
                outcome.append(job.wait_finish(result))
            except GLib.Error as error:
                outcome.append(_error(error))
            loop.quit()

        def too_late():
            late.append(True)
            cancellable.cancel()

        changes = self.object.connect("changed", lambda _job: loop.quit())
        timer = GLib.timeout_add(int(seconds * 1000), too_late) if seconds is not None else 0
        self.object.wait(cancellable, ended)
        try:
            while not outcome:
                loop.run()
                yield self.progress
        finally:
            self.object.disconnect(changes)
            if timer and not late:
                GLib.source_remove(timer)
            cancellable.cancel()
        if late:
            raise TimeoutError(f"job {self.id} is not done after {seconds} seconds")
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        self.result = outcome[0]

    def complete(self) -> str:
        """Gives the files their final names; returns "complete" or "partial"."""
        return _tried(self.object.complete_sync, None)

    def open_file(self, index: int = 0) -> BinaryIO:
        """Opens a file that has been transferred for reading, whether it has its final name already or not."""
        return open(_tried(self.object.open_file_sync, index, None), "rb")

    def cancel(self) -> None:
        _tried(self.object.cancel_sync, None)

    def suspend(self) -> None:
        _tried(self.object.suspend_sync, None)

    def resume(self) -> None:
        _tried(self.object.resume_sync, None)


class Client:
    """A connection to Haulier on the session bus, or on the system bus."""

    def __init__(self, system: bool = False, connection: Gio.DBusConnection | None = None):
        bus = Gio.BusType.SYSTEM if system else Gio.BusType.SESSION
        self.object = Haulier.Client.new(connection) if connection else _tried(Haulier.Client.new_for_bus_sync, bus, None)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_) -> None:
        self.object = None

    def download(self, remote: str | list[tuple], local: str | os.PathLike | None = None, **options) -> Job:
        """Finds or creates a download of one file, or of a list of (URL, path) or (URL, path, options), with options of the
        file such as {"checksum": "sha256:...", "size": 1000}. `key`: the app's name for the job; `name`:
        its name for users; `service`: (name, path) of a service that is started at the end; `start`: False to begin later. All
        others are options of CreateJob in snake_case, such as auto_complete, priority or bandwidth_limit."""
        return self._ensure("download", remote, local, options)

    def upload(self, local: str | os.PathLike, remote: str, **options) -> Job:
        """Finds or creates an upload of a file. The options are those of download()."""
        return self._ensure("upload", remote, local, options)

    def _ensure(self, kind: str, remote, local, options: dict[str, Any]) -> Job:
        files = [(remote, local)] if isinstance(remote, str) else remote
        name = options.pop("name", None) or os.path.basename(os.fspath(files[0][1])) or kind
        request = Haulier.Request.new(name)
        request.set_kind(kind)
        for url, path, *of_file in files:
            of_file = {_camel(option): _variant(value) for settings in of_file for option, value in settings.items()}
            request.add_file_with_options(url, os.fspath(path), GLib.Variant("a{sv}", of_file))
        if service := options.pop("service", None):
            request.set_service(*service)
        options["resume"] = options.pop("start", True)
        for option, value in options.items():
            if value is not None:
                request.set_option(_camel(option), _variant(value))
        job, created = _tried(self.object.ensure_job_sync, request, None)
        found = Job(job)
        found.created = created
        return found

    def jobs(self, key: str | None = None) -> list[Job]:
        """The unfinished jobs, the oldest first; with a key, the one that has it."""
        return [Job(job) for job in _tried(self.object.list_jobs_sync, key, None)]

    def job(self, path: str) -> Job:
        return Job(_tried(self.object.get_job_sync, path, None))


def serve(name: str, path: str, *, transferred: Callable[[Job], bool | None] | None = None,
          completed: Callable[[Job, str], None] | None = None, failed: Callable[[Job, TransferError], None] | None = None,
          expired: Callable[[Job, int, str], str | None] | None = None, system_jobs: bool = False, inactivity: int = 10) -> None:
    """Implements a service that the bus starts: calls the functions for events, and returns when there was none for
    `inactivity` seconds. A job is completed unless `transferred` returns True. `expired` gets the number and the URL of
    a file whose link has expired, and returns another URL if there is one; the job needs notify_flags with
    "remote-name-expired". `system_jobs`: the jobs are on the system bus, whichever bus has started the service."""
    # A bus that starts services through systemd does not say which bus it is.
    starter = Gio.bus_get_sync(Gio.BusType.STARTER if "DBUS_STARTER_BUS_TYPE" in os.environ else Gio.BusType.SESSION)
    client = Client(system=True) if system_jobs else Client(connection=starter)
    service = Haulier.Service.new(client.object, name, path)
    service.set_inactivity(inactivity)
    callback = service.get_callback()
    if transferred:
        callback.connect("job-transferred", lambda _callback, job: bool(transferred(Job(job))))
    if completed:
        callback.connect("job-completed", lambda _callback, job, result: completed(Job(job), result))
    if failed:
        callback.connect("job-failed", lambda _callback, job, error: failed(Job(job), _error(error)))
    if expired:
        callback.connect("remote-name-expired", lambda _callback, job, index, remote: expired(Job(job), index, remote))
    _tried(service.run, starter)
