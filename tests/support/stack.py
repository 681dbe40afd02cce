# SPDX-License-Identifier: LGPL-2.1-or-later
"""A whole Haulier of its own for one test: folders, private bus, configuration, and haulierd started by the bus."""

import contextlib
import os
import pathlib
import random
import shutil
import tempfile

from gi.repository import GLib

from . import client
from .bus import PrivateBus
from .callback import Callback, accept
from .digest_server import DigestServer
from .environment import PYTHON, SOURCE, patience, program
from .fault_server import FaultServer
from .nginx import Nginx
from .processes import Pidfd, children, executable, serving
from .proxy import Proxy
from .tus_server import TusServer

# What a test gets unless it says otherwise: the shipped defaults with small checkpoints.
CONFIG = {
    "Daemon": {"IdleTimeout": "30s"},
    "Transfer": {"CheckpointBytes": "256K", "CheckpointInterval": "1s"},
    "Notify": {"RetryDelay": "200ms", "MaximumRetryDelay": "1s", "LaunchDelay": "1s"},
}


class Stack:
    BUS = PrivateBus

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
        self.log = self.bus.add_service(client.NAME, self.daemon_command())
        self.client = self.connect()
        self.manager = client.Manager(self.client)
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
            # One bus plays both: where a test puts a NetworkManager, it is found, and otherwise the machine's is not.
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.runtime}/bus",
            "HAULIER_DEBUG": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HAULIER_SOURCE": str(SOURCE),
        } | extra

    def configure(self, config: dict[str, dict[str, str]]) -> None:
        """Writes the configuration file; read when the daemon starts the next time."""
        merged = {section: dict(values) for section, values in CONFIG.items()}
        for section, values in config.items():
            merged.setdefault(section, {}).update(values)
        lines = []
        for section, values in merged.items():
            lines += [f"[{section}]"] + [f"{key}={value}" for key, value in values.items()]
        self.config.write_text("\n".join(lines) + "\n")

    def daemon_command(self) -> list[str]:
        return [program("HAULIERD"), "--user", f"--state-dir={self.state}", f"--config={self.config}",
                f"--worker={program('HAULIER_WORKER')}"]

    # ---- clients ----

    def connect(self) -> client.Bus:
        bus = client.Bus(self.bus.address)
        self._closing.callback(bus.close)
        return bus

    def callback(self, bus: client.Bus | None = None, path: str = "/client", answer=accept) -> Callback:
        return Callback(bus or self.client, path, answer)

    def add_python_service(self, name: str, script: pathlib.Path, *arguments: str) -> pathlib.Path:
        return self.bus.add_service(name, [PYTHON, str(script), *arguments])

    # ---- servers ----

    def _folder(self, kind: str) -> pathlib.Path:
        folder = self.directory / f"{kind}-{len(list(self.directory.glob(kind + '-*')))}"
        folder.mkdir()
        return folder

    def _stop_at_end(self, server):
        self._closing.callback(server.stop)
        return server

    def nginx(self, **options) -> Nginx:
        return self._stop_at_end(Nginx(self._folder("nginx"), **options))

    def tus_server(self, **options) -> TusServer:
        return self._stop_at_end(TusServer(self._folder("tus"), **options))

    def digest_server(self, user: str, password: str) -> DigestServer:
        return self._stop_at_end(DigestServer(user, password))

    def proxy(self, password: str | None = None) -> Proxy:
        return self._stop_at_end(Proxy(password))

    def fault_server(self, host: str = "127.0.0.1") -> FaultServer:
        return self._stop_at_end(FaultServer(host=host))

    # ---- processes ----

    def running(self) -> bool:
        return bool(self.client.owner(client.NAME))

    def start(self) -> int:
        """Has the bus start the daemon if it does not run."""
        self.client.call(*client.BUS, "StartServiceByName", "(su)", client.NAME, 0)
        return self.daemon_pid()

    def daemon_pid(self) -> int:
        return self.client.pid_of(client.NAME)

    def worker_pids(self) -> list[int]:
        worker = os.path.realpath(program("HAULIER_WORKER"))
        return [pid for pid in children(self.daemon_pid()) if executable(pid) == worker]

    def worker_pid(self) -> int:
        """The worker; fails when there is none or more than one."""
        (pid,) = self.worker_pids()
        return pid

    def kill_daemon(self) -> None:
        """kill -9, and the bus has noticed when it returns."""
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
        """Off the bus, and ended: the marker falls after the name is given back."""
        self.client.wait(lambda: not self.running(), "the daemon to leave the bus", seconds)
        self.client.wait(lambda: not serving(self.state), "the daemon to end", seconds)

    # ---- the end ----

    def stop_daemon(self) -> None:
        """Ends it cleanly, so that sanitizers get to speak. One that is just leaving by itself does so as well."""
        with contextlib.suppress(client.BusError, ProcessLookupError):
            self.signal_daemon(15)
        self.wait_stopped()

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


def body(size: int, seed: int = 1) -> bytes:
    """Bytes that nobody mistakes for others: the same for the same seed, no two blocks alike."""
    return random.Random(seed).randbytes(size)


def drain() -> None:
    """Handles what earlier tests left in the main context."""
    while GLib.MainContext.default().iteration(False):
        pass
