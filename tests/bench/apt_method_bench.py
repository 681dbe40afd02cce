# SPDX-License-Identifier: LGPL-2.1-or-later
"""Downloads packages alternately by apt with its own method and with Haulier's, from nginx on loopback, as root. Haulier is
running and fetches nothing, so this is what the method costs everyone.

Usage: apt_method_bench.py [PACKAGES [ROUNDS]], with HAULIERD and the other variables set as meson sets them. The packages are
made for this purpose: of 10 it makes, seven have 50 kB, two 500 kB and one 4 MB.
"""

import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from support.apt_mirror import Apt, Mirror  # noqa: E402
from support.content import body  # noqa: E402
from support.daemon.unit_stack import UnitStack  # noqa: E402
from support.environment import program  # noqa: E402

PACKAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 176
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
SIZES = [50_000] * 7 + [500_000] * 2 + [4_000_000]
METHODS = {"apt's own": "", "Haulier's": 'Dir::Bin::Methods::http "{}";'}


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(apt: Apt, env: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    before, begin = children_cpu(), time.monotonic()
    subprocess.run(["apt-get", "-q", "-y", "--download-only", "dist-upgrade"], env=env, check=True, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - begin
    assert len(list(apt.archives.glob("*.deb"))) == PACKAGES
    apt.get("clean")
    return wall, children_cpu() - before


def main() -> None:
    place = pathlib.Path(tempfile.mkdtemp(prefix="hapt-"))
    place.chmod(0o755)
    for name in ("apt", "mirror"):
        (place / name).mkdir()
    apt = Apt(place / "apt")
    mirror = Mirror(place / "mirror", place / "gpg")
    stack = UnitStack(env=apt.environment)
    try:
        made = [mirror.build(f"pkg{n}", "2.0", body(SIZES[n % len(SIZES)], seed=n)) for n in range(PACKAGES)]
        mirror.publish()
        apt.installed({package.name: "1.0" for package in made})
        server = stack.nginx(server="keepalive_requests 1000000;", fast=True)
        shutil.copytree(mirror.folder, server.files, dirs_exist_ok=True)
        apt.sources.write_text(mirror.source(server.url("").rstrip("/"), mirror.key))
        apt.get("update")
        stack.start()
        env = {name: value for name, value in stack.env.items() if name != "HAULIER_DEBUG"} | os.environ | apt.environment
        env["DBUS_SYSTEM_BUS_ADDRESS"] = stack.bus.address
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in METHODS}
        for _ in range(ROUNDS):
            for name, setting in METHODS.items():
                apt.configure('APT::Sandbox::User "_apt";' + setting.format(program("HAULIER_APT_METHOD")))
                results[name].append(measured(apt, env))
        print(f"{PACKAGES} packages, {sum(package.path.stat().st_size for package in made) / 1e6:.0f} MB, medians of {ROUNDS} rounds")
        medians = {name: [statistics.median(column) for column in zip(*rounds)] for name, rounds in results.items()}
        for name, (wall, cpu) in medians.items():
            print(f"{name}  wall {wall:6.2f} s   cpu {cpu:6.2f} s")
        own, haulier = medians.values()
        print(f"ratio      wall {haulier[0] / own[0]:6.2f}     cpu {haulier[1] / own[1]:6.2f}")
        requests = [access for access in server.finished_log() if access.uri.endswith(".deb")]
        print(f"requests for packages, by both in all rounds: {len(requests) / 2 / ROUNDS / PACKAGES:.2f} each")
    finally:
        stack.stop_daemon()
        stack.close()
        mirror.close()
        shutil.rmtree(place)


main()
