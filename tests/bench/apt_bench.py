# SPDX-License-Identifier: LGPL-2.1-or-later
"""Downloads packages of an upgrade alternately by `apt-get --download-only` and haulier-apt, from nginx on loopback, as root.

Usage: apt_bench.py [PACKAGES [ROUNDS [FOLDER]]], with HAULIERD and the other variables set as meson sets them. FOLDER has
real .deb files; by default it is apt's cache. The packages are spread evenly over the files, sorted by name.
"""

import os
import pathlib
import pwd
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from quiet_stack import cpu_seconds  # noqa: E402
from support.apt_mirror import Apt, Mirror, run, stanza  # noqa: E402
from support.client.dbus_client import Manager  # noqa: E402
from support.daemon.unit_stack import UnitStack  # noqa: E402
from support.environment import PYTHON, SOURCE  # noqa: E402

PACKAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 176
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
FOLDER = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "/var/cache/apt/archives")
CONFIG = {"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}


class QuietUnitStack(UnitStack):
    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        env = super()._environment(extra)
        del env["HAULIER_DEBUG"]
        return env


def chosen() -> list[pathlib.Path]:
    files = sorted(FOLDER.glob("*.deb"))
    if len(files) < PACKAGES:
        sys.exit(f"'{FOLDER}' has {len(files)} packages, and {PACKAGES} are needed")
    return [files[n * len(files) // PACKAGES] for n in range(PACKAGES)]


def fill(mirror: Mirror, apt: Apt) -> int:
    """An older version of each package is installed. Dependencies are left out, so that any choice can be upgraded."""
    entries, bytes_in_all = [], 0
    (mirror.folder / "pool").mkdir()
    for file in chosen():
        shown = run("dpkg-deb", "--field", file, "Package", "Version", "Architecture")
        fields = dict(line.split(": ", 1) for line in shown.splitlines())
        path = mirror.folder / "pool" / f"{fields['Package']}_{fields['Architecture']}.deb"
        shutil.copy(file, path)
        mirror.add(path, fields)
        bytes_in_all += path.stat().st_size
        entries.append(stanza(fields | {"Status": "install ok installed", "Version": "0~0", "Maintainer": "x <x@example.org>",
                                        "Description": "x"}))
    (apt.folder / "var/lib/dpkg/status").write_text("\n".join(entries))
    mirror.publish()
    return bytes_in_all


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_apt(apt: Apt) -> dict[str, float]:
    before, begin = children_cpu(), time.monotonic()
    apt.get("-y", "--download-only", "dist-upgrade")
    unsynced = time.monotonic() - begin
    subprocess.run(["sync", "--file-system", apt.archives], check=True)
    return {"wall": time.monotonic() - begin, "unsynced": unsynced, "cpu": children_cpu() - before}


def by_haulier(apt: Apt, stack: UnitStack, systemd) -> dict[str, float]:
    """Daemon and worker are started as well, as if they had been idle before."""
    bus = stack.user(pwd.getpwnam("_apt").pw_uid)
    manager = Manager(bus)
    before, begin = children_cpu(), time.monotonic()
    subprocess.run([PYTHON, "-EsB", SOURCE / "apt/prefetch.py"], env=stack.env | apt.environment, check=True,
                   stdout=subprocess.DEVNULL)
    made, prefetcher = time.monotonic() - begin, children_cpu() - before
    bus.wait(lambda: not manager.list(), "the packages", 300)
    wall = time.monotonic() - begin
    bus.wait(lambda: bus.owner("org.haulier.Apt1"), "the deliverer to take its name")
    (worker,) = systemd.workers.values()
    pids = [stack.daemon_pid(), worker.pid, bus.pid_of("org.haulier.Apt1")]
    daemon, transfer, deliverer = map(cpu_seconds, pids)
    bus.wait(lambda: not bus.owner("org.haulier.Apt1"), "the deliverer to end")
    stack.signal_daemon(15, seconds=60)
    return {"wall": wall, "created": made, "cpu": prefetcher + daemon + transfer + deliverer, "prefetcher": prefetcher,
            "daemon": daemon, "worker": transfer, "deliverer": deliverer}


def median(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def main() -> None:
    place = pathlib.Path(tempfile.mkdtemp(prefix="hapt-"))
    place.chmod(0o755)
    for name in ("apt", "mirror"):
        (place / name).mkdir()
    apt = Apt(place / "apt")
    apt.staging.chmod(0o777)
    mirror = Mirror(place / "mirror", place / "gpg")
    stack = QuietUnitStack(CONFIG, apt.environment)
    try:
        bytes_in_all = fill(mirror, apt)
        server = stack.nginx(server="keepalive_requests 1000000;", fast=True)
        shutil.copytree(mirror.folder, server.files, dirs_exist_ok=True)
        apt.sources.write_text(mirror.source(server.url("").rstrip("/"), mirror.key))
        apt.get("update")
        systemd = stack.systemd()
        stack.bus.add_service("org.haulier.Apt1", [PYTHON, "-EsB", str(SOURCE / "apt/deliver.py")])
        apts, hauliers = [], []
        for _ in range(ROUNDS):
            for rounds, measure in ((apts, lambda: by_apt(apt)), (hauliers, lambda: by_haulier(apt, stack, systemd))):
                os.sync()
                rounds.append(measure())
                assert len(list(apt.archives.glob("*.deb"))) == PACKAGES
                apt.get("clean")
        first, second = median(apts), median(hauliers)
        requests = [access for access in server.finished_log() if access.uri.endswith(".deb")]
        print(f"{PACKAGES} packages, {bytes_in_all / 1e6:.0f} MB, medians of {ROUNDS} rounds")
        print(f"apt-get -d   wall {first['wall']:6.2f} s   cpu {first['cpu']:6.2f} s   ({first['unsynced']:.2f} s, then sync)")
        print(f"haulier-apt  wall {second['wall']:6.2f} s   cpu {second['cpu']:6.2f} s   (the job exists after "
              f"{second['created']:.2f} s)")
        print("of this cpu  " + ", ".join(f"{who} {second[who]:.2f} s" for who in ("prefetcher", "daemon", "worker", "deliverer")))
        print(f"ratio        wall {second['wall'] / first['wall']:6.2f}     cpu {second['cpu'] / first['cpu']:6.2f}")
        print(f"requests for packages, by both in all rounds: {len(requests)}, {len(requests) / 2 / ROUNDS / PACKAGES:.2f} each")
    finally:
        stack.stop_daemon()
        stack.close()
        mirror.close()
        shutil.rmtree(place)


main()
