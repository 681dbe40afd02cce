#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-testbed [--set SECTION.NAME=VALUE]... [--service NAME=COMMAND]... [--] COMMAND...

Runs COMMAND with a private bus, which activates the daemon on the first call, with empty directories for its state and for
HOME, and with a server that misbehaves on request. Removes all of this at the end. The exit status is that of COMMAND.

For COMMAND, the private bus is both the session bus and the system bus, HAULIER_TESTBED_URL is the base of the server's URLs
(/plain, /slow, /stall, /404, /short-body and others; haulier-testbed --paths lists them), and HAULIER_TESTBED_DOWNLOADS is
an empty directory.

--service makes NAME activatable on the bus, such as the notify service of the app.

    haulier-testbed kill daemon|worker
    haulier-testbed advance TIME

kill a process of the testbed, and push its clock forward by a time such as 90s, 3h or 2d12h; they are for use within COMMAND.

In Python tests:

    from haulier_testbed import Testbed

    with Testbed() as bed:
        bed.server.add("/song.ogg", b"content")
        os.environ.update(bed.env)
"""

import argparse
import datetime
import os
import pathlib
import random
import shlex
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# In the source tree it is below tests/, in the package beside this file.
sys.path.insert(0, str(HERE if (HERE / "support").is_dir() else HERE.parent / "tests"))
os.environ.setdefault("HAULIER_SOURCE", str(HERE if (HERE / "support").is_dir() else HERE.parent))
os.environ.setdefault("HAULIERD", "/usr/libexec/haulier/haulierd")
os.environ.setdefault("HAULIER_WORKER", "/usr/libexec/haulier/haulier-worker")

from gi.repository import Gio, GLib  # noqa: E402
from haulier_testbed_clock import FILE, PushedClock, library, span  # noqa: E402
from support.client import dbus_client  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402
from support.environment import program  # noqa: E402
from support.processes import Pidfd, children, executable  # noqa: E402
from support.servers.response_script import PRESETS, Script  # noqa: E402

__all__ = ["Script", "Testbed"]

SIZE = 1_000_000  # of every file of the presets


class PushedStack(Stack):
    """The daemon, and the workers that it starts, see the clock of the testbed."""

    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        self.clock = PushedClock(self.directory / "clock")
        return super()._environment(extra) | self.clock.environment()

    def daemon_command(self) -> list[str]:
        return ["/usr/bin/env", f"LD_PRELOAD={library()}", *super().daemon_command()]


class Testbed:
    """The daemon, a bus and a server for one test. `config` has changes of haulier.conf, such as
    {"Transfer": {"StallTimeout": "1s"}}. `server` has the paths of the presets; server.add(path, content,
    script=Script(...)) adds others."""

    __test__ = False  # so that pytest does not collect the class because of its name

    def __init__(self, config: dict[str, dict[str, str]] | None = None, env: dict[str, str] | None = None):
        self.stack = PushedStack(config, env)
        self.server = self.stack.fault_server(clock=self.stack.clock.time)
        content = random.Random(1).randbytes(SIZE)
        for name, script in PRESETS.items():
            self.server.add(f"/{name}", content, script=script)
        self.manager = self.stack.manager
        self.downloads = self.stack.downloads
        self.env = self.stack.env | {"HAULIER_TESTBED_URL": self.server.url("").rstrip("/"),
                                     "HAULIER_TESTBED_DOWNLOADS": str(self.downloads)}

    def __enter__(self) -> "Testbed":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def add_service(self, name: str, command: list[str]) -> pathlib.Path:
        """Makes `name` activatable on the bus; returns the file that the service logs to."""
        return self.stack.bus.add_service(name, command)

    def wait_signal(self, name: str, seconds: float = 15):
        """The next signal of this name; `args` has its arguments."""
        return self.stack.client.wait_signal(name, seconds=seconds)

    def advance(self, **by: float) -> None:
        """Pushes the clock of the daemon, its workers and the server forward, as if the machine had slept: by days=, hours=,
        minutes= or whatever else timedelta takes."""
        self.stack.clock.advance(datetime.timedelta(**by))

    def time(self) -> float:
        """The date that the daemon sees, in seconds since the epoch."""
        return self.stack.clock.time()

    def start_daemon(self) -> None:
        self.stack.start()

    def kill_daemon(self) -> None:
        self.stack.kill_daemon()

    def kill_worker(self) -> None:
        self.stack.kill_worker()

    def logs(self) -> str:
        return "\n".join(f"---- {name}\n{text}" for name, text in self.stack.logs() if text.strip())

    def close(self) -> None:
        self.stack.close()


def kill(what: str) -> None:
    try:
        connection = Gio.bus_get_sync(Gio.BusType.SESSION)
        (daemon,) = connection.call_sync(*dbus_client.BUS, "GetConnectionUnixProcessID",
                                         GLib.Variant("(s)", (dbus_client.NAME,)), None, Gio.DBusCallFlags.NONE, -1).unpack()
    except GLib.Error as error:
        sys.exit(f"haulier-testbed: the daemon does not run: {error.message}")
    worker = os.path.realpath(program("HAULIER_WORKER"))
    pids = [daemon] if what == "daemon" else [pid for pid in children(daemon) if executable(pid) == worker]
    for pid in pids:
        with Pidfd(pid) as process:
            process.kill()


def advance(by: str) -> None:
    if not os.environ.get(FILE):
        sys.exit("haulier-testbed: advance is for commands that haulier-testbed runs")
    try:
        PushedClock(pathlib.Path(os.environ[FILE])).advance(span(by))
    except (OSError, ValueError, OverflowError) as error:
        sys.exit(f"haulier-testbed: {error}")


def configuration(changes: list[str]) -> dict[str, dict[str, str]]:
    config: dict[str, dict[str, str]] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        section, _, key = name.partition(".")
        if not (section and key and equals):
            raise ValueError(f"'{change}' is not of the form SECTION.NAME=VALUE")
        config.setdefault(section, {})[key] = value
    return config


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.NAME=VALUE")
    parser.add_argument("--service", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--paths", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if options.paths:
        print("\n".join(f"/{name}" for name in PRESETS))
        return 0
    if len(command) == 2 and command[0] == "kill" and command[1] in ("daemon", "worker"):
        kill(command[1])
        return 0
    if command[:1] == ["advance"] and len(command) > 1:
        advance(" ".join(command[1:]))
        return 0
    if not command:
        parser.error("COMMAND is required")
    try:
        config = configuration(options.set)
    except ValueError as error:
        parser.error(str(error))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Testbed(config) as bed:
        for service in options.service:
            name, _, command_line = service.partition("=")
            bed.add_service(name, shlex.split(command_line))
        try:
            status = subprocess.run(command, env=os.environ | bed.env, check=False).returncode
        except OSError as error:
            print(f"haulier-testbed: '{command[0]}' cannot be run: {error.strerror}", file=sys.stderr)
            return 127 if isinstance(error, FileNotFoundError) else 126
        if status != 0:
            print(bed.logs(), file=sys.stderr)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
