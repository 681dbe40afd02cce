# SPDX-License-Identifier: LGPL-2.1-or-later
"""What signals and their properties cost while 60 jobs move and 10,000 wait: without a subscriber, and with one of each kind.

Usage: signals_bench.py CALLS_CLIENT [WAITING [SECONDS]], with HAULIERD and the other variables set as meson sets them.
"""

import collections
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from gi.repository import Gio, GLib  # noqa: E402

from quiet_stack import QuietStack, cpu_seconds  # noqa: E402
from support.client.dbus_client import BUS, MANAGER, NAME, ROOT, connect  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402

CLIENT = sys.argv[1]
WAITING = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 6
MOVING = 60
RATE = "100k"  # of each job, as nginx writes it
SIZE = 12 << 20
SHORT_LIVED = 100
CONFIG = {"Jobs": {"MaxJobs": "100000", "MaxJobsPerUser": "100000", "MaxForegroundJobsPerUser": "100"},
          "Transfer": {"ConnectionsPerHost": "100"}, "Daemon": {"IdleTimeout": "1h"}}


class Monitor:
    """Counts the signals that the daemon sends, and their bytes, by member."""

    def __init__(self, address: str):
        self.count: collections.Counter[str] = collections.Counter()
        self.bytes: collections.Counter[str] = collections.Counter()
        self.connection = connect(address)
        self.connection.add_filter(self._heard)
        self.connection.call_sync(BUS[0], BUS[1], "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
                                  GLib.Variant("(asu)", ([f"type='signal',sender='{NAME}'"], 0)), None,
                                  Gio.DBusCallFlags.NONE, -1, None)

    def _heard(self, _connection, message: Gio.DBusMessage, incoming: bool) -> Gio.DBusMessage | None:
        if incoming and message.get_message_type() == Gio.DBusMessageType.SIGNAL:
            self.count[message.get_member()] += 1
            self.bytes[message.get_member()] += len(message.to_blob(Gio.DBusCapabilityFlags.NONE))
            return None
        return message

    def reset(self) -> None:
        self.count.clear()
        self.bytes.clear()


def start_moving(stack: Stack) -> list:
    server = stack.nginx(rate=RATE)
    with (server.files / "file").open("wb") as file:
        file.truncate(SIZE)
    jobs = [stack.manager.create(f"job {n}", files=[(server.url("file"), stack.downloads / str(n))], Priority="foreground",
                                 Resume=True) for n in range(MOVING)]
    for job in jobs:
        job.wait_bytes(1, seconds=60)
    return jobs


def measure(stack: Stack, monitor: Monitor, kind: str) -> None:
    """While the jobs move; and for jobs that appear and end meanwhile."""
    pid = stack.daemon_pid()
    stack.client.pause(2)
    monitor.reset()
    began, cpu = time.monotonic(), cpu_seconds(pid)
    stack.client.pause(SECONDS)
    span, cpu = time.monotonic() - began, cpu_seconds(pid) - cpu
    count, size = sum(monitor.count.values()), sum(monitor.bytes.values())
    print(f"{kind:44} {count / span:9.1f} {size / span / 1000:9.1f} {1000 * cpu / span:9.1f}", end="", flush=True)
    monitor.reset()
    for _ in range(SHORT_LIVED):
        stack.manager.create("short-lived").cancel()
    stack.client.pause(0.5)
    members = set(monitor.count) - {"PropertiesChanged"}
    print(f" {sum(monitor.bytes[member] for member in members) / SHORT_LIVED:9.0f}", flush=True)


def moving_properties(stack: Stack) -> None:
    """What is in the signals about one job, and how large it is."""
    sizes: collections.Counter[str] = collections.Counter()
    stack.client.signals.clear()
    stack.client.pause(2)
    changes = [signal.args[1] for signal in stack.client.signals if signal.member == "PropertiesChanged"]
    for change in changes:
        sizes.update(change.keys())
    print("properties that changed, by second: " + ", ".join(f"{name} {n / 2:.0f}" for name, n in sizes.most_common()))


def main() -> None:
    stack = QuietStack(CONFIG)
    try:
        stack.start()
        subprocess.run([CLIENT, str(stack.downloads), "wait", str(WAITING)], env=os.environ | stack.env, check=True,
                       capture_output=True)
        monitor = Monitor(stack.bus.address)
        print(f"{WAITING} waiting jobs; by second: signals, kB of signals, ms of the daemon's CPU time;"
              " bytes for a job that appears and ends")
        measure(stack, monitor, "nothing moves")
        jobs = start_moving(stack)
        measure(stack, monitor, f"{MOVING} jobs move, no subscriber")
        moving_properties(stack)
        subscriber = stack.connect()
        subscriber.call(NAME, ROOT, MANAGER, "Subscribe")
        measure(stack, monitor, f"{MOVING} jobs move, Subscribe")
        subscriber.call(NAME, ROOT, MANAGER, "Unsubscribe")
        subscriber.call(NAME, ROOT, MANAGER, "SubscribeWith", "(a{sv})", {})
        measure(stack, monitor, f"{MOVING} jobs move, SubscribeWith")
        assert all(job.get("State") == "transferring" for job in jobs)
    finally:
        stack.close()


main()
