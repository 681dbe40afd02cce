# SPDX-License-Identifier: LGPL-2.1-or-later
"""A complete Haulier for one test: folders, a private bus, a configuration, and haulierd, which the bus starts."""

import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import tempfile

from gi.repository import GLib

from ..bus.callback import Callback, accept
from ..bus.private_bus import PrivateBus
from ..client import dbus_client
from ..configuration import configuration_file
from ..environment import PYTHON, SOURCE, patience, program
from ..processes import Pidfd, children, executable, serving
from ..servers.digest_server import DigestServer
from ..servers.fault_server import FaultServer
from ..servers.nginx import Nginx
from ..servers.proxy import Proxy
from ..servers.tus_server import TusServer


class Stack:
    BUS = PrivateBus
    person: int | None = None  # the user whose apps call, if it is not the one of the tests

    def __init__(self, config: dict[str, dict[str, str]] | None = None, env: dict[str, str] | None = None):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="haulier-test-"))
        self.state = self.directory / "state"
        self.downloads = self.directory / "downloads"
        self.runtime = self.directory / "run"
        for folder in (self.downloads, self.runtime):
            folder.mkdir()
        self.runtime.chmod(0o700)
        self._closing = contextlib.ExitStack()
        self._closing.callback(self._remove_directory)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self.close)
            self._begin(config or {}, env or {})
            on_failure.pop_all()

    def _begin(self, config: dict[str, dict[str, str]], env: dict[str, str]) -> None:
        self.env = self._environment(env)
        self.config = self.directory / "haulier.conf"
        self.configure(config)
        self.bus = self.BUS(self.runtime, self.env)
        self._closing.callback(self.bus.stop)
        self.log = self.bus.add_service(dbus_client.NAME, self.daemon_command())
        self.client = self.connect()
        self.manager = dbus_client.Manager(self.client)
        self._closing.callback(self.stop_daemon)

    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        kept = {n: v for n, v in os.environ.items() if n in ("PATH", "LANG", "TZ") or n.endswith("SAN_OPTIONS")}
        home = self.directory / "home"
        home.mkdir()
        return kept | {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.runtime}/bus",
            # The same bus serves as the system bus: Haulier finds the services that a test puts there, not the machine's.
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.runtime}/bus",
            "HAULIER_DEBUG": "1",
            "LC_MESSAGES": "C",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HAULIER_SOURCE": str(SOURCE),
        } | extra

    def configure(self, config: dict[str, dict[str, str]]) -> None:
        """Writes the configuration file, which the daemon reads when it starts or is told to reload."""
        self.config.write_text(configuration_file(config))

    def reload(self, config: dict[str, dict[str, str]]) -> None:
        """Has the running daemon read another configuration."""
        done = "the configuration was read again"
        before = self.log.read_text().count(done)
        self.configure(config)
        os.kill(self.daemon_pid(), signal.SIGHUP)
        self.client.wait(lambda: self.log.read_text().count(done) > before, "the configuration to be read again", 10)

    def daemon_command(self) -> list[str]:
        return [program("HAULIERD"), "--user", f"--state-dir={self.state}", f"--config={self.config}",
                f"--worker={program('HAULIER_WORKER')}"]

    # ---- clients ----

    def connect(self) -> dbus_client.Bus:
        bus = dbus_client.Bus(self.bus.address)
        self._closing.callback(bus.close)
        return bus

    def callback(self, bus: dbus_client.Bus | None = None, path: str = "/client", answer=accept) -> Callback:
        return Callback(bus or self.client, path, answer)

    def add_python_service(self, name: str, script: pathlib.Path, *arguments: str) -> pathlib.Path:
        return self.bus.add_service(name, [PYTHON, str(script), *arguments])

    # ---- servers ----

    def _folder(self, kind: str) -> pathlib.Path:
        folder = self.directory / f"{kind}-{len(list(self.directory.glob(kind + '-*')))}"
        folder.mkdir()
        return folder

    def stop_at_end(self, server):
        """Has the server stopped when the test ends, and returns it."""
        self._closing.callback(server.stop)
        return server

    def nginx(self, **options) -> Nginx:
        return self.stop_at_end(Nginx(self._folder("nginx"), **options))

    def tus_server(self, **options) -> TusServer:
        return self.stop_at_end(TusServer(self._folder("tus"), **options))

    def digest_server(self, user: str, password: str) -> DigestServer:
        return self.stop_at_end(DigestServer(user, password))

    def proxy(self, password: str | None = None) -> Proxy:
        return self.stop_at_end(Proxy(password))

    def fault_server(self, **options) -> FaultServer:
        return self.stop_at_end(FaultServer(**options))

    # ---- processes ----

    def running(self) -> bool:
        return bool(self.client.owner(dbus_client.NAME))

    def start(self) -> int:
        """Has the bus start the daemon, unless it runs already."""
        self.client.call(*dbus_client.BUS, "StartServiceByName", "(su)", dbus_client.NAME, 0)
        return self.daemon_pid()

    def daemon_pid(self) -> int:
        return self.client.pid_of(dbus_client.NAME)

    def worker_pids(self) -> list[int]:
        worker = os.path.realpath(program("HAULIER_WORKER"))
        return [pid for pid in children(self.daemon_pid()) if executable(pid) == worker]

    def worker_pid(self) -> int:
        """The only worker; fails if there is not exactly one."""
        (pid,) = self.worker_pids()
        return pid

    def kill_daemon(self) -> None:
        """SIGKILL; when this returns, the bus has noticed."""
        with Pidfd(self.daemon_pid()) as daemon:
            daemon.kill()
        self.client.wait(lambda: not self.running(), "the bus to notice the death of the daemon")

    def kill_worker(self) -> None:
        with Pidfd(self.worker_pid()) as worker:
            worker.kill()

    def signal_daemon(self, number: int, seconds: float = 10) -> None:
        """Sends a signal that must end the daemon, and waits for the end."""
        with Pidfd(self.daemon_pid()) as daemon:
            daemon.send(number)
            assert daemon.ended(patience(seconds)), "the daemon does not end"
        self.client.wait(lambda: not self.running(), "the bus to notice the end of the daemon")

    def wait_stopped(self, seconds: float = 15) -> None:
        """Waits until the process has ended: the daemon removes its marker after it has left the bus."""
        self.client.wait(lambda: not self.running(), "the daemon to leave the bus", seconds)
        self.client.wait(lambda: not serving(self.state), "the daemon to end", seconds)

    # ---- the database ----

    def stored(self, column: str) -> list:
        """The values of a column of the table of files."""
        with contextlib.closing(sqlite3.connect(f"file:{self.state}/haulier.db?mode=ro", uri=True)) as database:
            return [value for (value,) in database.execute(f"SELECT {column} FROM files ORDER BY job, number")]

    def wait_durable(self, path: pathlib.Path, least: int) -> None:
        """Waits until so many bytes of the file would survive a kill: workers tell of bytes before they have synced them."""
        def durable() -> bool:
            return dict(zip(self.stored("local"), self.stored("durable"))).get(str(path), 0) >= least
        self.client.wait(durable, f"{least} bytes of {path.name} to be durable")

    # ---- the end ----

    def stop_daemon(self) -> None:
        """Ends the daemon cleanly, so that the sanitizers can report. It may also be about to exit by itself, and a program
        of the test that is still there may start it again."""
        self.client.wait(self._has_stopped, "the daemon to end")

    def _has_stopped(self) -> bool:
        if not self.running() and not serving(self.state):
            return True
        with contextlib.suppress(dbus_client.BusError, ProcessLookupError):
            self.signal_daemon(15)
        return False

    def _remove_directory(self) -> None:
        for folder, _, _ in os.walk(self.directory):
            os.chmod(folder, 0o700)
        shutil.rmtree(self.directory)

    def close(self) -> None:
        self._closing.close()

    def logs(self) -> list[tuple[str, str]]:
        """Name and text of every log file, for the report of a failed test."""
        files = sorted(self.directory.rglob("*.log"))
        return [(str(f.relative_to(self.directory)), f.read_text(errors="replace")) for f in files]

    def sanitizer_findings(self) -> str:
        words = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:")
        return "\n".join(text for _, text in self.logs() if any(word in text for word in words))


def drain() -> None:
    """Handles the events that earlier tests left in the main context."""
    while GLib.MainContext.default().iteration(False):
        pass
