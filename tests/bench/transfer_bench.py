# SPDX-License-Identifier: LGPL-2.1-or-later
"""One large file by Haulier, `curl -o` and wget2, with and without a checksum, side by side in one run, and what the
processes cost.

Usage: transfer_bench.py [MEBIBYTES [ROUNDS]], with HAULIERD and the other variables set as meson sets them.
"""

import collections
import hashlib
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from quiet_stack import QuietStack, cpu_seconds  # noqa: E402
from support.content import body  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402

MEBI = 1 << 20
CURL = "curl -o"
SUM = "curl -o, sha256sum"
peaks = collections.Counter()
DEFAULTS = {"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}


def peak_kib(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


def by_command(command: str, url: str, target: pathlib.Path) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    subprocess.run(command.format(url=url, target=target), shell=True, check=True, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    target.unlink()
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_haulier(stack: Stack, url: str, target: pathlib.Path, options: dict, settings: dict) -> tuple[float, float]:
    daemon = stack.start()
    before = cpu_seconds(daemon) + sum(cpu_seconds(pid) for pid in stack.worker_pids())
    begin = time.monotonic()
    job = stack.manager.create(files=[(url, target, options)], Resume=True, **settings)
    job.wait_state("transferred", seconds=300)
    worker = stack.worker_pid()
    job.complete()
    wall = time.monotonic() - begin
    cpu = cpu_seconds(daemon) + cpu_seconds(worker) - before
    target.unlink()
    peaks["daemon"] = max(peaks["daemon"], peak_kib(daemon))
    peaks["worker"] = max(peaks["worker"], peak_kib(worker))
    return wall, cpu


def idle_with_jobs(stack: Stack, count: int) -> int:
    for number in range(count):
        stack.manager.create(files=[("http://127.0.0.1:1/f", stack.downloads / f"f{number}")])
    stack.signal_daemon(15)
    daemon = stack.start()
    stack.manager.list(Limit=1)
    return peak_kib(daemon)


def rows(stack: Stack, url: str, checksum: str) -> dict[str, tuple[str, Callable[[], tuple[float, float]]]]:
    """Name, the name of what it is compared with, and a function that measures it once."""
    def command(text: str) -> Callable[[], tuple[float, float]]:
        return lambda: by_command(text, url, stack.downloads / "command")

    def haulier(options: dict | None = None, **settings) -> Callable[[], tuple[float, float]]:
        return lambda: by_haulier(stack, url, stack.downloads / "haulier", options or {}, settings)

    fetch = "curl -s -o {target} {url}"
    all_rows = {CURL: (CURL, command(fetch)),
                "wget2": (CURL, command("wget2 -q --no-robots -O {target} {url}")),
                "haulier": (CURL, haulier()),
                "haulier, foreground": (CURL, haulier(Priority="foreground", Connections=1)),
                SUM: (SUM, command(fetch + " && sha256sum {target}")),
                "haulier, SHA-256": (SUM, haulier({"Checksum": f"sha256:{checksum}"}))}
    return {name: row for name, row in all_rows.items() if name != "wget2" or shutil.which("wget2")}


def main() -> None:
    mebibytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    stack = QuietStack(DEFAULTS)
    try:
        server = stack.nginx(fast=True)
        block = body(MEBI)
        digest = hashlib.sha256()
        with open(server.files / "big", "wb") as big:
            for _ in range(mebibytes):
                big.write(block)
                digest.update(block)
        measured = rows(stack, server.url("big"), digest.hexdigest())
        values: dict[str, list[tuple[float, float]]] = {name: [] for name in measured}
        for _ in range(rounds):
            for name, (_, measure) in measured.items():
                values[name].append(measure())
        server.stop()
        print(f"{mebibytes} MiB, medians of {rounds}, checkpoints of 32 MiB or 5 s; haulier's files are published and synced")
        medians = {name: [statistics.median(column) for column in zip(*row)] for name, row in values.items()}
        for name, (base, _) in measured.items():
            wall, cpu = medians[name]
            print(f"{name:24} wall {wall:6.2f} s  cpu {cpu:6.2f} s   {wall / medians[base][0]:5.2f} {cpu / medians[base][1]:5.2f} x {base}")
        print(f"peak resident: daemon {peaks['daemon'] / 1024:.1f} MiB, worker {peaks['worker'] / 1024:.1f} MiB")
        print(f"daemon started with 1000 waiting jobs: {idle_with_jobs(stack, 1000) / 1024:.1f} MiB")
    finally:
        stack.close()


if __name__ == "__main__":
    main()
