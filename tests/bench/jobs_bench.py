# SPDX-License-Identifier: LGPL-2.1-or-later
"""What calls cost when few and when many jobs wait, how fast jobs are created, and how the daemon starts with many.

Usage: jobs_bench.py CALLS_CLIENT [JOBS], with HAULIERD and the other variables set as meson sets them.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from quiet_stack import QuietStack  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402

CLIENT = sys.argv[1]
MANY = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
FEW = 100
CALLS = 300
IN_FLIGHT = 32
ROUNDS = 5
CONFIG = {"Jobs": {"MaxJobs": "100000", "MaxJobsPerUser": "100000"}, "Daemon": {"IdleTimeout": "1h"}}


def run_client(stack: Stack, *arguments: str) -> dict[str, list[float]]:
    """The lines that the client prints: numbers by name."""
    command = [CLIENT, str(stack.downloads), *arguments]
    output = subprocess.run(command, env=os.environ | stack.env, check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: [float(number) for number in line.split()[1:]] for line in output.splitlines()}


def peak_mib(pid: int, field: str = "VmHWM") -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0


def slow_server(stack: Stack) -> str:
    """Each of its files takes longer than the measurement, so that the jobs that have a slot keep it."""
    server = stack.nginx(rate="1k", server="location / { try_files /large =404; }")
    server.add("large", bytes(16 << 20))
    return server.url("").rstrip("/")


def verbs(kind: str, jobs: int) -> dict[str, list[float]]:
    """Medians for each call, while so many jobs wait: answer time and the daemon's CPU time, in microseconds."""
    stack = QuietStack(CONFIG)
    try:
        stack.start()
        run_client(stack, kind, str(jobs), *([slow_server(stack)] if kind == "queue" else []))
        run_client(stack, "verbs", str(CALLS))
        rounds = [run_client(stack, "verbs", str(CALLS)) for _ in range(ROUNDS)]
        return {name: [statistics.median(r[name][column] for r in rounds) for column in (1, 3)] for name in rounds[0]}
    finally:
        stack.close()


def compare(kind: str, words: str) -> None:
    few, many = verbs(kind, FEW), verbs(kind, MANY)
    print(f"\n{words}: microseconds of wall time and of the daemon's CPU time for one call")
    print(f"{'':12} {FEW:>7} jobs          {MANY:>7} jobs          ratio")
    for name, (wall, cpu) in few.items():
        more_wall, more_cpu = many[name]
        print(f"{name:12} {wall:7.0f} {cpu:7.0f}       {more_wall:7.0f} {more_cpu:7.0f}       "
              f"{more_wall / wall:6.2f} {more_cpu / cpu:6.2f}")


def start_time(stack: Stack) -> float:
    """Milliseconds from the start of the process to its first answer."""
    stack.signal_daemon(15, seconds=60)
    begin = time.monotonic()
    stack.start()
    stack.manager.list(Limit=1)
    return 1000 * (time.monotonic() - begin)


def many_jobs() -> None:
    stack = QuietStack(CONFIG)
    try:
        stack.start()
        rates = [run_client(stack, "create", str(MANY // 5), str(IN_FLIGHT))["CreateJob"][0] for _ in range(5)]
        print(f"\nCreateJob with a file, {IN_FLIGHT} calls in flight: "
              f"{statistics.median(rates):.0f}/s ({min(rates):.0f} to {max(rates):.0f})")
        print(f"daemon with {MANY} jobs: {peak_mib(stack.daemon_pid(), 'VmRSS'):.1f} MiB")
        listed = run_client(stack, "list")
        print(f"ListJobs of {listed['jobs'][0]:.0f} jobs: a page takes {listed['ListJobs'][1] / 1000:.1f} ms (median), "
              f"another client's calls meanwhile p50 {listed['meanwhile'][1] / 1000:.2f} ms, "
              f"p99 {listed['meanwhile'][2] / 1000:.2f} ms")
        times = [start_time(stack) for _ in range(ROUNDS)]
        print(f"start with {MANY} jobs to the first answer: {statistics.median(times):.0f} ms, "
              f"peak {peak_mib(stack.daemon_pid()):.1f} MiB")
    finally:
        stack.close()


def main() -> None:
    many_jobs()
    compare("wait", "jobs that wait for a date")
    compare("queue", "jobs that wait for a slot")


main()
