# SPDX-License-Identifier: LGPL-2.1-or-later
"""Downloads packages of an upgrade in turn by `apt-get --download-only`, by haulier-apt in the background, and by apt with
Haulier's method while Haulier fetches nothing, from an nginx on this machine, as root.

Usage: apt_bench.py [PACKAGES [ROUNDS]] [--folder FOLDER] [--largest BYTES] [--link MBIT,MS], with HAULIERD and the other
variables set as meson sets them. FOLDER has real .deb files; by default it is apt's cache. The packages are spread evenly over
the files that are not larger than BYTES, sorted by name; if there are more packages than files, the same files are used under
further names. --link puts a link of that rate and round-trip time between the two ends.
"""

import argparse
import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from package_choice import chosen, fill  # noqa: E402
from quiet_stack import cpu_seconds  # noqa: E402
from support.apt_mirror import Apt, Mirror  # noqa: E402
from support.bottleneck.bed import SERVER, Bed, Link  # noqa: E402
from support.client.dbus_client import Manager  # noqa: E402
from support.daemon.unit_stack import UnitStack  # noqa: E402
from support.environment import PYTHON, SOURCE, program  # noqa: E402

CONFIG = {"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}
WAYS = ("apt-get -d", "prefetch", "method")
PROGRAMS = ("prefetcher", "daemon", "worker", "deliverer")


class QuietUnitStack(UnitStack):
    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        env = super()._environment(extra)
        del env["HAULIER_DEBUG"]
        return env


def cpu_of(command: list, env: dict[str, str]) -> float:
    """The CPU time of a command and of the processes that it has waited for. Other children end meanwhile, such as workers."""
    pid = os.posix_spawnp(str(command[0]), list(map(str, command)), os.environ | env, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, used = os.wait4(pid, 0)
    assert status == 0, f"{command} fails"
    return used.ru_utime + used.ru_stime


class Machine:
    """Each way returns its seconds of wall and CPU time, and what is known about parts of them."""

    def __init__(self, apt: Apt, stack: UnitStack):
        self.apt = apt
        self.stack = stack
        self.systemd = stack.systemd()
        stack.bus.add_service("org.haulier.Apt1", [PYTHON, "-EsB", str(SOURCE / "apt/deliver.py")])
        self.bus = stack.user(pwd.getpwnam("_apt").pw_uid)
        self.manager = Manager(self.bus)

    def measured(self, way: str) -> dict[str, float]:
        """Requests are told apart by their time."""
        os.sync()
        begin = time.time()
        result = {"apt-get -d": self._by_apt, "prefetch": self._by_prefetch, "method": self._by_method}[way]()
        return result | {"begin": begin, "end": time.time()}

    def _by_apt(self, method: str = "") -> dict[str, float]:
        self.apt.configure(f'APT::Sandbox::User "_apt";{method}')
        env = {"DBUS_SYSTEM_BUS_ADDRESS": self.stack.bus.address} | self.apt.environment
        begin = time.monotonic()
        cpu = cpu_of(["apt-get", "-q", "-y", "--download-only", "dist-upgrade"], env)
        unsynced = time.monotonic() - begin
        cpu += cpu_of(["sync", "--file-system", self.apt.archives], {})
        return {"wall": time.monotonic() - begin, "cpu": cpu, "unsynced": unsynced}

    def _by_method(self) -> dict[str, float]:
        """The daemon runs already."""
        daemon = self.stack.start()
        before = cpu_seconds(daemon)
        result = self._by_apt(f'Dir::Bin::Methods::http "{program("HAULIER_APT_METHOD")}";')
        result["cpu"] += cpu_seconds(daemon) - before
        self.stack.signal_daemon(15, seconds=60)
        return result

    def _by_prefetch(self) -> dict[str, float]:
        """Daemon and worker are started as well, as if they had been idle before."""
        begin = time.monotonic()
        prefetcher = cpu_of([PYTHON, "-EsB", SOURCE / "apt/prefetch.py"], self.stack.env | self.apt.environment)
        made = time.monotonic() - begin
        self.bus.wait(lambda: all(values["State"] == "transferred" for _, values in self.manager.list()), "the downloads", 300)
        fetched = time.monotonic() - begin
        self.bus.wait(lambda: not self.manager.list(), "the packages", 300)
        wall = time.monotonic() - begin
        self.bus.wait(lambda: self.bus.owner("org.haulier.Apt1"), "the deliverer to take its name")
        (worker,) = self.systemd.workers.values()
        pids = [self.stack.daemon_pid(), worker.pid, self.bus.pid_of("org.haulier.Apt1")]
        cpu = dict(zip(PROGRAMS, [prefetcher, *map(cpu_seconds, pids)]))
        self.bus.wait(lambda: not self.bus.owner("org.haulier.Apt1"), "the deliverer to end")
        self.stack.signal_daemon(15, seconds=60)
        return {"wall": wall, "cpu": sum(cpu.values()), "made": made, "fetched": fetched} | cpu


def median(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


@contextlib.contextmanager
def ends(link: str):
    """Where the server listens. This thread, and the processes that it starts, are at the other end."""
    if not link:
        yield None
        return
    mbit, milliseconds = map(float, link.split(","))
    with Bed(Link(mbit=mbit, round_trip_ms=milliseconds), 1) as bed:
        with bed.inside("server"):
            listener = socket.create_server((SERVER, 0), backlog=128)
        with bed.inside("client"):
            yield listener


def count_requests(results: dict[str, list[dict[str, float]]], log: list) -> None:
    for each in (each for rounds in results.values() for each in rounds):
        of_this = [access for access in log if each["begin"] <= access.end <= each["end"]]
        each["requests"], each["sent"] = len(of_this), sum(access.bytes for access in of_this) / 1e6


def report(options: argparse.Namespace, bytes_in_all: int, medians: dict[str, dict[str, float]]) -> None:
    where = f"over {options.link} (Mbit/s, ms)" if options.link else "on loopback"
    print(f"{options.packages} packages, {bytes_in_all / 1e6:.1f} MB, {where}, medians ({options.rounds} of each)")
    first = medians[WAYS[0]]
    for way, each in medians.items():
        print(f"{way:10}  wall {each['wall']:6.2f} s ({each['wall'] / first['wall']:.2f})   cpu {each['cpu']:6.2f} s "
              f"({each['cpu'] / first['cpu']:.2f})   {each['requests']:.0f} requests, {each['sent']:.1f} MB sent")
    print("without sync: " + ", ".join(f"{way} {medians[way]['unsynced']:.2f} s" for way in ("apt-get -d", "method")))
    second = medians["prefetch"]
    print(f"prefetch: the job exists after {second['made']:.2f} s, its files after {second['fetched']:.2f} s; cpu of "
          + ", ".join(f"{who} {second[who]:.2f} s" for who in PROGRAMS))


def compare(options: argparse.Namespace, apt: Apt, mirror: Mirror, stack: UnitStack, server) -> None:
    bytes_in_all = fill(mirror, apt, chosen(options.folder, options.largest, options.packages))
    shutil.copytree(mirror.folder, server.files, dirs_exist_ok=True)
    apt.sources.write_text(mirror.source(server.url("").rstrip("/"), mirror.key))
    apt.get("update")
    machine = Machine(apt, stack)
    results: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(options.rounds):
        for way in WAYS:
            results[way].append(machine.measured(way))
            assert len(list(apt.archives.glob("*.deb"))) == options.packages
            apt.get("clean")
    count_requests(results, server.finished_log())
    report(options, bytes_in_all, {way: median(rounds) for way, rounds in results.items()})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("packages", type=int, nargs="?", default=176)
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/var/cache/apt/archives"))
    parser.add_argument("--largest", type=int, default=1 << 40)
    parser.add_argument("--link", default="")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    place = pathlib.Path(tempfile.mkdtemp(prefix="hapt-"))
    place.chmod(0o755)
    for name in ("apt", "mirror"):
        (place / name).mkdir()
    apt = Apt(place / "apt")
    apt.staging.chmod(0o777)
    mirror = Mirror(place / "mirror", place / "gpg")
    try:
        with ends(options.link) as listener:
            stack = QuietUnitStack(CONFIG, apt.environment)
            try:
                server = stack.nginx(server="keepalive_requests 1000000;", fast=True, listener=listener)
                compare(options, apt, mirror, stack, server)
            finally:
                stack.stop_daemon()
                stack.close()
    finally:
        mirror.close()
        shutil.rmtree(place)


main()
