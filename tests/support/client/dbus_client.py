# SPDX-License-Identifier: LGPL-2.1-or-later
"""A D-Bus client of Haulier with Gio, as programs write it, and waiting for signals and states with a deadline."""

import contextlib
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

from ..environment import SOURCE, patience  # noqa: E402

NAME = "org.haulier.Haulier1"
ROOT = "/org/haulier/Haulier1"
MANAGER = NAME + ".Manager"
JOB = NAME + ".Job"
CALLBACK = NAME + ".Callback"
PROPERTIES = "org.freedesktop.DBus.Properties"
BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")

UNKNOWN = 2**64 - 1
FINAL = ("acknowledged", "cancelled")


class BusError(Exception):
    """An error reply. `name` is the short name for errors of Haulier: "NotFound"."""

    def __init__(self, error: GLib.Error):
        remote = Gio.DBusError.get_remote_error(error) or error.domain
        Gio.DBusError.strip_remote_error(error)
        self.name = remote.removeprefix(NAME + ".Error.")
        self.message = error.message
        super().__init__(f"{self.name}: {self.message}")

    @property
    def daemon_died(self) -> bool:
        return self.name in ("org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Disconnected")


@dataclass
class Signal:
    path: str
    interface: str
    member: str
    args: tuple


def connect(address: str) -> Gio.DBusConnection:
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags, None, None)


class Bus:
    """A connection to the bus: a new one to an address, or an existing one."""

    def __init__(self, bus: str | Gio.DBusConnection):
        self.connection = connect(bus) if isinstance(bus, str) else bus
        self.connection.set_exit_on_close(False)
        self.signals: list[Signal] = []
        for sender, interface in ((NAME, None), (BUS[0], None), (None, "org.haulier.Test")):
            self.connection.signal_subscribe(sender, interface, None, None, None, Gio.DBusSignalFlags.NONE, self._heard)

    @property
    def unique_name(self) -> str:
        return self.connection.get_unique_name()

    def close(self) -> None:
        """The bus may just have gone."""
        try:
            self.connection.close_sync(None)
        except GLib.Error as error:
            if not error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CLOSED):
                raise

    def _heard(self, _connection, _sender, path, interface, member, parameters) -> None:
        self.signals.append(Signal(path, interface, member, parameters.unpack()))

    def call(self, destination: str, path: str, interface: str, method: str, signature: str = "()", *args,
             seconds: float = 20) -> tuple:
        try:
            answer = self.connection.call_sync(destination, path, interface, method, GLib.Variant(signature, args), None,
                                               Gio.DBusCallFlags.NONE, int(patience(seconds) * 1000), None)
        except GLib.Error as error:
            raise BusError(error) from None
        return answer.unpack()

    def wait(self, predicate: Callable[[], object], what: str, seconds: float = 15):
        """Handles messages until `predicate` holds, and returns its value. It is called at least five times a second, because
        it may depend on more than messages."""
        deadline = time.monotonic() + patience(seconds)
        context = GLib.MainContext.default()
        while True:
            value = predicate()
            if value:
                return value
            left = deadline - time.monotonic()
            assert left > 0, f"waited {patience(seconds):.0f} s in vain for {what}"
            alarm = GLib.timeout_add(int(min(left, 0.2) * 1000) + 1, lambda: GLib.SOURCE_REMOVE)
            context.iteration(True)
            if source := context.find_source_by_id(alarm):
                source.destroy()

    def wait_signal(self, member: str, path: str | None = None, seconds: float = 15) -> Signal:
        """Waits for a signal of that name (from that object) since the connection was made or forget() was called."""
        def found():
            return next((s for s in self.signals if s.member == member and path in (None, s.path)), None)
        return self.wait(found, f"signal {member}", seconds)

    def pause(self, seconds: float) -> None:
        """Handles messages for some time. Only for tests of time itself."""
        over = []
        GLib.timeout_add(int(seconds * 1000) + 1, lambda: over.append(True))
        self.wait(lambda: over, "time to pass", seconds + 10)

    def forget(self) -> None:
        self.signals.clear()

    def owner(self, name: str) -> str:
        """Unique name of the owner of a bus name, "" if it has none."""
        try:
            return self.call(*BUS, "GetNameOwner", "(s)", name)[0]
        except BusError:
            return ""

    def pid_of(self, name: str) -> int:
        return self.call(*BUS, "GetConnectionUnixProcessID", "(s)", name)[0]

    def of_all(self, question: Callable[[str], int]) -> dict[str, int]:
        """The answers about all connections, except those that are closed meanwhile."""
        found = {}
        for name in self.call(*BUS, "ListNames")[0]:
            if name.startswith(":"):
                with contextlib.suppress(BusError):
                    found[name] = question(name)
        return found

    def uid_of(self, name: str) -> int:
        return self.call(*BUS, "GetConnectionUnixUser", "(s)", name)[0]


class Manager:
    def __init__(self, bus: Bus):
        self.bus = bus

    def _call(self, method: str, signature: str = "()", *args) -> tuple:
        return self.bus.call(NAME, ROOT, MANAGER, method, signature, *args)

    def create(self, display_name: str = "test", job_type: str = "download", files=None, **options) -> "Job":
        """CreateJob. Files are (remote, local) or (remote, local, {option: value}); values are Variants or plain."""
        path, _id, created = self.create_raw(display_name, job_type, files, **options)
        job = Job(self.bus, path)
        job.created = created
        return job

    def create_raw(self, display_name="test", job_type="download", files=None, **options) -> tuple:
        wanted = {name: as_option(name, value) for name, value in options.items()}
        if files is not None:
            wanted["Files"] = GLib.Variant("a(ssa{sv})", [as_file(f) for f in files])
        return self._call("CreateJob", "(ssa{sv})", display_name, job_type, wanted)

    def get(self, job_id: str) -> "Job":
        return Job(self.bus, self._call("GetJob", "(s)", job_id)[0])

    def list(self, **criteria) -> list[tuple[str, dict]]:
        return self._call("ListJobs", "(a{sv})", {n: as_option(n, v) for n, v in criteria.items()})[0]

    def set_property(self, name: str, value) -> None:
        signature = properties_of(MANAGER)[name]
        self.bus.call(NAME, ROOT, PROPERTIES, "Set", "(ssv)", MANAGER, name, GLib.Variant(signature, value))

    def property(self, name: str):
        return self.bus.call(NAME, ROOT, PROPERTIES, "Get", "(ss)", MANAGER, name)[0]


def properties_of(interface: str) -> dict[str, str]:
    """The types of an interface's properties, from its XML."""
    root = ElementTree.parse(SOURCE / "dbus" / f"{interface}.xml").getroot()
    return {p.get("name"): p.get("type") for p in root.iter("property")}


OPTION_TYPES = properties_of(JOB) | {
    "Resume": "b", "Key": "s", "AppId": "s", "NotifyObject": "o", "NotifyService": "(so)", "Credentials": "a(ssss)",
    "CustomHeaders": "as", "States": "as", "Properties": "as", "Results": "as", "Since": "t", "Offset": "u", "Limit": "u",
    "AllUsers": "b", "Hidden": "b", "Checksum": "s", "Size": "t", "Mode": "u", "Ranges": "a(tt)", "Mirrors": "as", "Existing": "s",
    "ServerName": "b", "IfModifiedSince": "t", "IfNoneMatch": "s", "Peers": "as",
}


def as_option(name: str, value) -> GLib.Variant:
    return value if isinstance(value, GLib.Variant) else GLib.Variant(OPTION_TYPES[name], value)


def as_file(file: tuple) -> tuple:
    remote, local, *more = file
    options = more[0] if more else {}
    return remote, str(local), {name: as_option(name, value) for name, value in options.items()}


class Job:
    def __init__(self, bus: Bus, path: str):
        self.bus = bus
        self.path = path
        self.id = path.rpartition("/")[2]

    def call(self, method: str, signature: str = "()", *args, seconds: float = 20) -> tuple:
        return self.bus.call(NAME, self.path, JOB, method, signature, *args, seconds=seconds)

    def add_file(self, remote: str, local) -> int:
        return self.call("AddFile", "(ss)", remote, str(local))[0]

    def add_files(self, files) -> int:
        return self.call("AddFiles", "(a(ssa{sv}))", [as_file(f) for f in files])[0]

    def files(self, offset: int = 0, limit: int = 0) -> list[dict]:
        listed = self.call("ListFiles", "(uu)", offset, limit)[0]
        return [dict(values, Index=index) for index, values in listed]

    def suspend(self) -> None:
        self.call("Suspend")

    def resume(self) -> None:
        self.call("Resume")

    def cancel(self) -> None:
        self.call("Cancel")

    def complete(self) -> tuple[str, int, int]:
        return self.call("Complete")

    def set_remote_name(self, index: int, remote: str) -> None:
        self.call("SetRemoteName", "(us)", index, remote)

    def replace_remote_prefix(self, old: str, new: str) -> int:
        return self.call("ReplaceRemotePrefix", "(ss)", old, new)[0]

    def complete_files(self, *indexes: int) -> int:
        return self.call("CompleteFiles", "(au)", indexes)[0]

    def open_file(self, index: int) -> int:
        """The descriptor, which belongs to the caller."""
        try:
            answer, descriptors = self.bus.connection.call_with_unix_fd_list_sync(
                NAME, self.path, JOB, "OpenFile", GLib.Variant("(u)", (index,)), None, Gio.DBusCallFlags.NONE,
                int(patience(20) * 1000), None, None)
        except GLib.Error as error:
            raise BusError(error) from None
        return descriptors.get(answer.unpack()[0])

    def remove_files(self, *indexes: int) -> None:
        self.call("RemoveFiles", "(au)", indexes)

    def set_validation(self, index: int, valid: bool) -> None:
        self.call("SetValidationState", "(ub)", index, valid)

    def request_ranges(self, index: int, *ranges: tuple[int, int]) -> None:
        self.call("RequestFileRanges", "(ua(tt))", index, ranges)

    def filled_ranges(self, index: int = 0) -> list[tuple[int, int]]:
        return self.call("GetFilledFileRanges", "(u)", index)[0]

    def set_credentials(self, target: str, scheme: str, user: str, password: str) -> None:
        self.call("SetCredentials", "(ssss)", target, scheme, user, password)

    def set_custom_headers(self, *lines: str, write_only: bool = False) -> None:
        self.call("SetCustomHeaders", "(asb)", lines, write_only)

    def reply_data(self) -> bytes:
        return bytes(self.call("GetReplyData")[0])

    def notify_object(self, path: str) -> None:
        self.call("SetNotifyObject", "(o)", path)

    def notify_service(self, name: str, path: str = "/client") -> None:
        self.call("SetNotifyService", "(so)", name, path)

    def get(self, name: str):
        return self.bus.call(NAME, self.path, PROPERTIES, "Get", "(ss)", JOB, name)[0]

    def set(self, name: str, value) -> None:
        self.bus.call(NAME, self.path, PROPERTIES, "Set", "(ssv)", JOB, name, as_option(name, value))

    def all(self) -> dict:
        return self.bus.call(NAME, self.path, PROPERTIES, "GetAll", "(s)", JOB)[0]

    @property
    def state(self) -> str:
        return self.get("State")

    def wait_state(self, *states: str, seconds: float = 20, unless=("error", "cancelled")) -> str:
        """Waits until the job is in one of `states`; fails at once when it reaches one of `unless`. Reads the state again
        after every signal, which also starts a daemon that was killed."""
        def reached():
            try:
                state = self.state
            except BusError as error:
                if error.daemon_died:
                    return None
                raise
            assert state in states or state not in unless, f"the job is {state}: {self.get('Error')}"
            return state if state in states else None
        return self.bus.wait(reached, f"state {' or '.join(states)}", seconds)

    def wait_bytes(self, least: int, seconds: float = 20) -> int:
        def arrived():
            count = self.get("BytesTransferred")
            return count if count >= least else None
        return self.bus.wait(arrived, f"{least} bytes", seconds)

    def wait_property(self, name: str, predicate: Callable[[object], object], seconds: float = 15):
        def holds():
            value = self.get(name)
            return (value,) if predicate(value) else None
        return self.bus.wait(holds, f"property {name}", seconds)[0]
