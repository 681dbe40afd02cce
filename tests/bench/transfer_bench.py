# SPDX-License-Identifier: LGPL-2.1-or-later
"""One large file by Haulier and by `curl -o`, side by side in one run, and what the processes cost.

Usage: transfer_bench.py [MEBIBYTES [ROUNDS]], with HAULIERD and the other variables set as meson sets them.
"""

import pathlib
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from quiet_stack import cpu_seconds  # noqa: E402
from support.content import body  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402

MEBI = 1 << 20
DEFAULTS = {"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}


def peak_kib(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


def by_curl(url: str, target: pathlib.Path) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    subprocess.run(["curl", "-s", "-o", str(target), url], check=True)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    target.unlink()
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_haulier(stack: Stack, url: str, target: pathlib.Path) -> tuple[float, float, int, int]:
    daemon = stack.start()
    before = cpu_seconds(daemon) + sum(cpu_seconds(pid) for pid in stack.worker_pids())
    begin = time.monotonic()
    job = stack.manager.create(files=[(url, target)], Resume=True)
    job.wait_state("transferred", seconds=300)
    worker = stack.worker_pid()
    job.complete()
    wall = time.monotonic() - begin
    cpu = cpu_seconds(daemon) + cpu_seconds(worker) - before
    target.unlink()
    return wall, cpu, peak_kib(daemon), peak_kib(worker)


def idle_with_jobs(stack: Stack, count: int) -> int:
    for number in range(count):
        stack.manager.create(files=[("http://127.0.0.1:1/f", stack.downloads / f"f{number}")])
    stack.signal_daemon(15)
    daemon = stack.start()
    stack.manager.list(Limit=1)
    return peak_kib(daemon)


def main() -> None:
    mebibytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    stack = Stack(DEFAULTS)
    try:
        server = stack.nginx(fast=True)
        block = body(MEBI)
        with open(server.files / "big", "wb") as big:
            for _ in range(mebibytes):
                big.write(block)
        curl, haulier = [], []
        for _ in range(rounds):
            curl.append(by_curl(server.url("big"), stack.downloads / "curl"))
            haulier.append(by_haulier(stack, server.url("big"), stack.downloads / "haulier"))
        server.stop()
        curl_wall, curl_cpu = (statistics.median(x) for x in zip(*curl))
        wall, cpu = (statistics.median(x) for x in list(zip(*haulier))[:2])
        print(f"{mebibytes} MiB, medians of {rounds}, checkpoints of 32 MiB or 5 s")
        print(f"curl -o    wall {curl_wall:6.2f} s   cpu {curl_cpu:6.2f} s")
        print(f"haulier    wall {wall:6.2f} s   cpu {cpu:6.2f} s   (published and synced)")
        print(f"ratio      wall {wall / curl_wall:6.2f}     cpu {cpu / curl_cpu:6.2f}")
        print(f"peak resident: daemon {max(h[2] for h in haulier) / 1024:.1f} MiB, "
              f"worker {max(h[3] for h in haulier) / 1024:.1f} MiB")
        print(f"daemon started with 1000 waiting jobs: {idle_with_jobs(stack, 1000) / 1024:.1f} MiB")
    finally:
        stack.close()


main()
