# SPDX-License-Identifier: LGPL-2.1-or-later
"""What haulier-notify costs: memory, wake-ups while nothing happens, and processor time while jobs move.

Usage: agent_bench.py [JOBS [SECONDS]], with HAULIERD and the other variables set as meson sets them.
"""

import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from support.bus.fake_desktop import JobViewServer, NotificationServer  # noqa: E402
from support.daemon.agent import Agent  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402
from support.servers.response_script import Script  # noqa: E402

SIZE = 50_000_000
RATE = 100_000  # bytes a second of each job
TICKS = os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> str:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    found = {key: int(value) for key, value in re.findall(r"^(VmRSS|RssAnon):\s+(\d+) kB", status, flags=re.M)}
    return f"RSS {found['VmRSS'] / 1024:.1f} MiB, of which {found['RssAnon'] / 1024:.1f} MiB are its own"


def wakeups(pid: int) -> int:
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), flags=re.M)[1])


def processor(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(stack: Stack, pid: int, seconds: int) -> tuple[float, float]:
    """Wake-ups a minute and percent of a processor."""
    wakeups_before, processor_before = wakeups(pid), processor(pid)
    stack.client.pause(seconds)
    return (wakeups(pid) - wakeups_before) * 60 / seconds, (processor(pid) - processor_before) * 100 / seconds


def report(what: str, figures: tuple[float, float], pid: int) -> None:
    print(f"{what:<44} {figures[0]:7.0f} wake-ups a minute, {figures[1]:5.2f} % of a processor; {memory(pid)}", flush=True)


def run(what: str, desktop, jobs: int, seconds: int, apps: int) -> None:
    stack = Stack({"Daemon": {"IdleTimeout": "1s"}})
    try:
        shown = stack.stop_at_end(desktop(stack.bus.address))
        agent = stack.stop_at_end(Agent(stack, HAULIER_DEBUG=""))
        stack.client.pause(1)
        report("nothing to show, no daemon", measure(stack, agent.child.pid, seconds), agent.child.pid)
        server = stack.fault_server()
        for n in range(jobs):
            server.add(f"/{n}", bytes(SIZE), script=Script(rate=RATE))
            job = stack.manager.create(f"{n}", files=[(server.url(f"/{n}"), stack.downloads / f"{n}")], Resume=True,
                                       Priority="foreground", AppId=f"org.example.App{n % apps}")
        stack.client.pause(3)
        report(f"{jobs} jobs, {what}", measure(stack, agent.child.pid, seconds), agent.child.pid)
        job.cancel()
        print(f"{'':<44} {len(shown._calls)} calls to the desktop in all", flush=True)
    finally:
        stack.close()


def main() -> None:
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    run("one view of an app in Plasma", JobViewServer, jobs, seconds, 1)
    run("a view of each in Plasma", JobViewServer, jobs, seconds, jobs)
    run("bars of each in dunst", lambda address: NotificationServer(address, "dunst"), jobs, seconds, jobs)
    run("no bars (GNOME)", NotificationServer, jobs, seconds, 1)


if __name__ == "__main__":
    main()
