# SPDX-License-Identifier: LGPL-2.1-or-later
"""An activatable service for tests. FOLDER/behaviour, which is read at every call, says how it reacts:

accept, complete (accept, then Complete the job), refuse (a D-Bus error), mute (no reply), die (exit without a reply).
Asked for another remote name, it adds "?fresh" to the old one if it accepts.

The bus runs it as: notify_service.py NAME FOLDER. It reports events by signals of org.haulier.Test and in files in FOLDER.
"""

import os
import pathlib
import signal
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from gi.repository import Gio, GLib  # noqa: E402

from support.bus.callback import Call, Callback, Mute, Refuse, accept  # noqa: E402
from support.client.dbus_client import Bus, BusError, Job  # noqa: E402
from support.environment import PYTHON, patience, stretched  # noqa: E402

INTERFACE = "org.haulier.Test"
PATH = "/client"

# With this configuration the daemon waits between two starts of the service, each time twice as long.
LAUNCH_DELAY = 1.0
EVER_MORE_RARELY = {"RetryDelay": "10ms", "MaximumRetryDelay": "10ms", "LaunchDelay": stretched(LAUNCH_DELAY)}

# Records the time before it runs the service, so that the time that Python takes to start is not included.
LAUNCHER = 'read -r now rest </proc/uptime; echo "$now" >>"$0"; exec "$@"'


class NotifyService:
    """Used by the test: makes the service activatable and reads what it recorded."""

    def __init__(self, stack, name: str = "org.haulier.Test.Service", behaviour: str = "accept"):
        self.name = name
        self.folder = stack.directory / name
        self.folder.mkdir()
        self.behave(behaviour)
        stack.bus.add_service(name, ["sh", "-c", LAUNCHER, str(self.folder / "launches"), PYTHON, __file__, name, str(self.folder)])

    def behave(self, behaviour: str) -> None:
        part = self.folder / "behaviour.new"
        part.write_text(behaviour)
        part.rename(self.folder / "behaviour")

    def _record(self, what: str) -> list[str]:
        path = self.folder / what
        return path.read_text().splitlines() if path.exists() else []

    @property
    def starts(self) -> list[float]:
        """When the service was started, on the monotonic clock."""
        return [float(line) for line in self._record("starts")]

    def assert_ever_more_rarely(self, bus: Bus) -> None:
        """Four starts, with growing waits between them; tolerant, as some time passes between a decision and a start."""
        bus.wait(lambda: len(self._record("launches")) >= 4, "four starts", 30)
        moments = [float(line) for line in self._record("launches")]
        gaps = [later - earlier for earlier, later in zip(moments, moments[1:])]
        assert gaps[1] >= 0.7 * patience(LAUNCH_DELAY) and gaps[2] >= 1.6 * patience(LAUNCH_DELAY), gaps

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Method and job id of each call."""
        return [tuple(line.split()) for line in self._record("calls")]


class Service:
    """The service itself."""

    def __init__(self, name: str, folder: pathlib.Path):
        self.name = name
        self.folder = folder
        self.bus = Bus(os.environ["DBUS_SESSION_BUS_ADDRESS"])
        self.callback = Callback(self.bus, PATH, self.answer)
        self.note("starts", str(GLib.get_monotonic_time() / 1e6))
        Gio.bus_own_name_on_connection(self.bus.connection, name, Gio.BusNameOwnerFlags.NONE, None, None)
        self.say("Started")

    def note(self, what: str, line: str) -> None:
        with open(self.folder / what, "a") as file:
            file.write(line + "\n")

    def say(self, member: str, *args: str) -> None:
        body = GLib.Variant("(" + "s" * len(args) + ")", args)
        self.bus.connection.emit_signal(None, "/test", INTERFACE, member, body)
        self.bus.connection.flush_sync(None)

    def answer(self, call: Call) -> str | None:
        behaviour = (self.folder / "behaviour").read_text()
        self.note("arguments", " ".join(map(str, call.args)))
        self.note("callers", str(self.bus.uid_of(call.sender)))
        self.note("calls", f"{call.method} {call.args[1]}")
        self.say("Called", self.name, call.method, call.args[1])
        if behaviour == "refuse":
            raise Refuse
        if behaviour == "mute":
            raise Mute
        if behaviour == "die":
            os._exit(1)
        accept(call)
        if behaviour == "complete" and call.method == "JobTransferred":
            GLib.idle_add(self.complete, call.args[0])
        return f"{call.args[3]}?fresh" if call.method == "RemoteNameExpired" else None

    def complete(self, path: str) -> bool:
        try:
            self.note("completed", " ".join(map(str, Job(self.bus, path).complete())))
        except BusError as error:
            print("Complete failed:", error, file=sys.stderr)
        return GLib.SOURCE_REMOVE


def main() -> None:
    service = Service(sys.argv[1], pathlib.Path(sys.argv[2]))
    loop = GLib.MainLoop()
    service.bus.connection.connect("closed", lambda *_: loop.quit())
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    loop.run()


if __name__ == "__main__":
    main()
