# SPDX-License-Identifier: LGPL-2.1-or-later
"""How exactly limits of bandwidth are kept: bytes that the kernel has received, over any two seconds.

Usage: limits_bench.py [SECONDS [RATE]], as root (for a network of its own, in which only the transfers are counted), with
HAULIERD and the other variables set as meson sets them.

For each kind of transfer it prints, in per cent of the limit, what came in all, in the busiest two seconds, in the busiest that
begin two seconds or more after the beginning, and in the quietest. All but the second leave out the time in which workers and
connections start, and in which a change of the limit takes effect.
"""

import os
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from quiet_stack import QuietStack  # noqa: E402
from support.bus.system_bus import ANNA, BERT, CARL  # noqa: E402
from support.client.dbus_client import Job, Manager  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402
from support.daemon.system_stack import SystemStack  # noqa: E402
from support.network_namespace import Network  # noqa: E402
from support.servers.certificates import Authority  # noqa: E402

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 8
RATE = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
WINDOW = 2
STEP = 0.05
HEADERS = 66  # of Ethernet, IPv4, and TCP with timestamps


class Meter(threading.Thread):
    """Samples the bytes of TCP that the loopback interface has carried in both directions."""

    def __init__(self):
        super().__init__(daemon=True)
        self.samples: list[tuple[float, int]] = []
        self.ends = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.ends.wait(STEP):
            fields = next(line for line in pathlib.Path("/proc/thread-self/net/dev").read_text().splitlines()
                          if line.strip().startswith("lo:")).split()
            self.samples.append((time.monotonic(), int(fields[1]) - HEADERS * int(fields[2])))

    def stop(self) -> None:
        self.ends.set()
        self.join()

    def rates(self, begin: float, end: float) -> list[float]:
        """Of each window that begins at a sample in this time."""
        at = [sample for sample in self.samples if begin <= sample[0] <= end]
        rates, last = [], 0
        for time_a, bytes_a in at:
            while last < len(at) and at[last][0] < time_a + WINDOW:
                last += 1
            if last == len(at):
                break
            rates.append((at[last][1] - bytes_a) / (at[last][0] - time_a))
        return rates


def report(name: str, meter: Meter, began: float, limit: float = RATE) -> None:
    begin, end = began + WINDOW, began + 1 + SECONDS
    steady = meter.rates(begin, end)
    inside = [sample for sample in meter.samples if begin <= sample[0] <= end]
    whole = (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])
    shares = (whole, max(meter.rates(began, end)), max(steady), min(steady))
    print(f"{name:36}" + "".join(f" {100 * share / limit:8.1f}" for share in shares), flush=True)


def measured(name: str, start, seconds: float = SECONDS, limit: float = RATE) -> None:
    meter = Meter()
    pause = start()
    began = time.monotonic()
    pause(seconds + 1.2)
    meter.stop()
    report(name, meter, began, limit)


def sparse(path: pathlib.Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def download(manager: Manager, stack: Stack, server, count: int, folder: str, **options) -> Job:
    size = int(2 * RATE * (SECONDS + 2)) // count
    names = [f"{folder}-{number}" for number in range(count)]
    for name in names:
        sparse(server.files / name, size)
    return manager.create(files=[(server.url(name), stack.downloads / name) for name in names], Resume=True, **options)


def one_worker() -> None:
    folder = pathlib.Path("/tmp") / f"haulier-limits-bench-{os.getpid()}"
    folder.mkdir()
    for kind in ("http", "https", "h2"):
        authority = None if kind == "http" else Authority(folder)
        for count in (1, 200):
            stack = QuietStack(env={"SSL_CERT_FILE": str(authority.certificate)} if authority else {})
            server = stack.nginx(authority=authority, http2=kind == "h2")
            stack.start()

            def start():
                download(stack.manager, stack, server, count, "file", BandwidthLimit=RATE)
                return stack.client.pause
            measured(f"{kind}, {count} file{'s' if count > 1 else ''}", start)
            stack.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def upload() -> None:
    stack = QuietStack()
    server = stack.nginx(writable=True)
    sparse(stack.directory / "source", int(2 * RATE * (SECONDS + 2)))
    stack.start()

    def start():
        stack.manager.create(job_type="upload", files=[(server.url("there"), stack.directory / "source")], Resume=True,
                             BandwidthLimit=RATE)
        return stack.client.pause
    measured("upload", start)
    stack.close()


def user() -> None:
    stack = QuietStack()
    server = stack.nginx()
    stack.manager.set_property("BandwidthLimit", RATE)

    def start():
        for number in range(4):
            download(stack.manager, stack, server, 2, f"job-{number}", Priority="foreground")
        return stack.client.pause
    measured("a user, 4 jobs with 2 files", start)
    stack.close()


def owners() -> None:
    stack = SystemStack({"Network": {"BandwidthLimit": str(RATE)}})
    server = stack.nginx()
    managers = [Manager(stack.user(uid)) for uid in (ANNA, BERT, CARL)]

    def start():
        for number, manager in enumerate(managers):
            download(manager, stack, server, 2, f"owner-{number}", Priority="foreground",
                     **({"BandwidthLimit": RATE // 10} if number == 2 else {}))
        return stack.client.pause
    measured("the machine, 3 owners, 1 of them slow", start)
    stack.close()


def change() -> None:
    """Of the limit of a user, from its change on."""
    stack = QuietStack()
    server = stack.nginx()
    stack.manager.set_property("BandwidthLimit", 4 * RATE)
    job = download(stack.manager, stack, server, 1, "file", Priority="foreground")
    stack.client.pause(2)

    def start():
        stack.manager.set_property("BandwidthLimit", RATE // 2)
        return stack.client.pause
    measured("from 4 to 0.5 of the rate", start, limit=RATE / 2)
    job.cancel()
    stack.close()


def main() -> None:
    network = Network()
    network.disconnect()
    print(f"limit {RATE} bytes/s, {SECONDS:.0f} s each; per cent of it\n")
    print(f"{'':36} {'in all':>8} {'busiest':>8} {'from 2 s':>8} {'quietest':>8}")
    one_worker()
    upload()
    user()
    owners()
    change()
    network.leave()


if __name__ == "__main__":
    main()
