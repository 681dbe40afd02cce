# SPDX-License-Identifier: LGPL-2.1-or-later
"""Downloads packages of an upgrade alternately by `apt-get --download-only` and haulier-apt, from nginx on loopback, as root.

Usage: apt_bench.py [PACKAGES [ROUNDS]] [--folder FOLDER] [--link MBIT,MS], with HAULIERD and the other variables set as meson
sets them. FOLDER has real .deb files; by default it is apt's cache. The packages are spread evenly over the files, sorted by
name; if there are more packages than files, the same files are used under further names. --link puts a link of that rate and
round-trip time between the two ends.
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

import apt_inst
import apt_pkg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from quiet_stack import cpu_seconds  # noqa: E402
from support.apt_mirror import Apt, Mirror, stanza  # noqa: E402
from support.bottleneck.bed import SERVER, Bed, Link  # noqa: E402
from support.client.dbus_client import Manager  # noqa: E402
from support.daemon.unit_stack import UnitStack  # noqa: E402
from support.environment import PYTHON, SOURCE  # noqa: E402

CONFIG = {"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}


class QuietUnitStack(UnitStack):
    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        env = super()._environment(extra)
        del env["HAULIER_DEBUG"]
        return env


def chosen(folder: pathlib.Path, count: int) -> list[pathlib.Path]:
    files = sorted(folder.glob("*.deb"))
    if not files:
        sys.exit(f"'{folder}' has no packages")
    return [files[n * len(files) // count] for n in range(count)]


def fields_of(file: pathlib.Path, known: set[str]) -> dict[str, str]:
    """The entry in the lists, with a name that is not known yet."""
    control = apt_pkg.TagSection(apt_inst.DebFile(str(file)).control.extractdata("control"))
    fields = {name: control[name] for name in ("Package", "Version", "Architecture")}
    while fields["Package"] in known:
        fields["Package"] += "-again"
    known.add(fields["Package"])
    return fields


def fill(mirror: Mirror, apt: Apt, files: list[pathlib.Path]) -> int:
    """An older version of each package is installed. Dependencies are left out, so that any choice can be upgraded."""
    entries, bytes_in_all, known = [], 0, set()
    (mirror.folder / "pool").mkdir()
    for file in files:
        fields = fields_of(file, known)
        path = mirror.folder / "pool" / f"{fields['Package']}_{fields['Architecture']}.deb"
        shutil.copy(file, path)
        mirror.add(path, fields)
        bytes_in_all += path.stat().st_size
        entries.append(stanza(fields | {"Status": "install ok installed", "Version": "0~0", "Maintainer": "x <x@example.org>",
                                        "Description": "x"}))
    (apt.folder / "var/lib/dpkg/status").write_text("\n".join(entries))
    mirror.publish()
    return bytes_in_all


def cpu_of(command: list, env: dict[str, str]) -> float:
    """The CPU time of a command and of the processes that it has waited for. Other children end meanwhile, such as workers."""
    pid = os.posix_spawnp(str(command[0]), list(map(str, command)), os.environ | env, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, used = os.wait4(pid, 0)
    assert status == 0, f"{command} fails"
    return used.ru_utime + used.ru_stime


def by_apt(apt: Apt) -> dict[str, float]:
    begin = time.monotonic()
    cpu = cpu_of(["apt-get", "-q", "-y", "--download-only", "dist-upgrade"], apt.environment)
    unsynced = time.monotonic() - begin
    cpu += cpu_of(["sync", "--file-system", apt.archives], {})
    return {"wall": time.monotonic() - begin, "unsynced": unsynced, "cpu": cpu}


def by_haulier(apt: Apt, stack: UnitStack, systemd) -> dict[str, float]:
    """Daemon and worker are started as well, as if they had been idle before."""
    bus = stack.user(pwd.getpwnam("_apt").pw_uid)
    manager = Manager(bus)
    begin = time.monotonic()
    prefetcher = cpu_of([PYTHON, "-EsB", SOURCE / "apt/prefetch.py"], stack.env | apt.environment)
    made = time.monotonic() - begin
    bus.wait(lambda: all(values["State"] == "transferred" for _, values in manager.list()), "the downloads", 300)
    fetched = time.monotonic() - begin
    bus.wait(lambda: not manager.list(), "the packages", 300)
    wall = time.monotonic() - begin
    bus.wait(lambda: bus.owner("org.haulier.Apt1"), "the deliverer to take its name")
    (worker,) = systemd.workers.values()
    pids = [stack.daemon_pid(), worker.pid, bus.pid_of("org.haulier.Apt1")]
    daemon, transfer, deliverer = map(cpu_seconds, pids)
    bus.wait(lambda: not bus.owner("org.haulier.Apt1"), "the deliverer to end")
    stack.signal_daemon(15, seconds=60)
    return {"wall": wall, "created": made, "fetched": fetched, "cpu": prefetcher + daemon + transfer + deliverer,
            "prefetcher": prefetcher, "daemon": daemon, "worker": transfer, "deliverer": deliverer}


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


def report(options: argparse.Namespace, bytes_in_all: int, first: dict[str, float], second: dict[str, float]) -> None:
    where = f"over {options.link} (Mbit/s, ms)" if options.link else "on loopback"
    print(f"{options.packages} packages, {bytes_in_all / 1e6:.0f} MB, {where}, medians of {options.rounds} rounds")
    print(f"apt-get -d   wall {first['wall']:6.2f} s   cpu {first['cpu']:6.2f} s   ({first['unsynced']:.2f} s, then sync)")
    print(f"haulier-apt  wall {second['wall']:6.2f} s   cpu {second['cpu']:6.2f} s   (the job exists after "
          f"{second['created']:.2f} s, its files after {second['fetched']:.2f} s)")
    print("of this cpu  " + ", ".join(f"{who} {second[who]:.2f} s" for who in ("prefetcher", "daemon", "worker", "deliverer")))
    print(f"ratio        wall {second['wall'] / first['wall']:6.2f}     cpu {second['cpu'] / first['cpu']:6.2f}")


def compare(options: argparse.Namespace, apt: Apt, mirror: Mirror, stack: UnitStack, server) -> None:
    bytes_in_all = fill(mirror, apt, chosen(options.folder, options.packages))
    shutil.copytree(mirror.folder, server.files, dirs_exist_ok=True)
    apt.sources.write_text(mirror.source(server.url("").rstrip("/"), mirror.key))
    apt.get("update")
    systemd = stack.systemd()
    stack.bus.add_service("org.haulier.Apt1", [PYTHON, "-EsB", str(SOURCE / "apt/deliver.py")])
    apts, hauliers = [], []
    for _ in range(options.rounds):
        for rounds, measure in ((apts, lambda: by_apt(apt)), (hauliers, lambda: by_haulier(apt, stack, systemd))):
            os.sync()
            rounds.append(measure())
            assert len(list(apt.archives.glob("*.deb"))) == options.packages
            apt.get("clean")
    report(options, bytes_in_all, median(apts), median(hauliers))
    requests = len([access for access in server.finished_log() if access.uri.endswith(".deb")])
    print(f"requests for packages, by both in all rounds: {requests}, {requests / 2 / options.rounds / options.packages:.2f} each")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("packages", type=int, nargs="?", default=176)
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/var/cache/apt/archives"))
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
