# SPDX-License-Identifier: LGPL-2.1-or-later
"""One job of many files over ten hosts, of which some are down, slow to answer or weak, beside the same files of the hosts
that live, on sound hosts with the same limits.

Usage: hosts_bench.py [FILES_PER_HOST], with HAULIERD and the other variables set as meson sets them.
"""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from support.client.file_errors import CONTINUE  # noqa: E402
from support.content import body  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402
from support.servers.fault_server import FaultServer  # noqa: E402
from support.servers.hosts import ClosedPort, SilentPort, bears  # noqa: E402
from support.servers.response_script import Script  # noqa: E402

SIZE = 200_000
RATE = 1_000_000  # bytes a second of each response
REST = 5          # seconds, which one host asks for once
TARGET = 1.3
PATIENCE = 120    # seconds for all files of the live hosts
LIVE = [f"127.0.0.{n}" for n in range(4, 11)]
WEAK, RESTING = LIVE[:2], LIVE[2]


def serve(server: FaultServer, count: int) -> FaultServer:
    for n in range(count):
        server.add(f"/{n}", body(SIZE, seed=n), script=Script(rate=RATE))
    return server


def sound_hosts(count: int) -> dict[str, FaultServer]:
    """Those that bear one connection let the others wait instead of refusing them."""
    return {host: serve(FaultServer(host=host, at_once=1 if host in WEAK else None), count) for host in LIVE}


def weak_hosts(count: int) -> dict[str, FaultServer]:
    hosts = {host: serve(FaultServer(host=host), count) for host in LIVE}
    for host in WEAK:
        bears(hosts[host], 1, Script(status=503))
    hosts[RESTING].resources["/0"].next_scripts(Script(status=429, headers={"Retry-After": str(REST)}))
    return hosts


def dead_hosts() -> dict[str, ClosedPort | SilentPort]:
    return {"127.0.0.1": ClosedPort("127.0.0.1"), "127.0.0.2": ClosedPort("127.0.0.2"), "127.0.0.3": SilentPort("127.0.0.3")}


def fetch(hosts: dict, count: int) -> tuple[float, int]:
    """Seconds until all files of the live hosts were transferred, and how many were. The hosts take turns in the job."""
    stack = Stack()
    try:
        stack.start()
        files = [(hosts[host].url(f"/{n}"), stack.downloads / f"{host}-{n}") for n in range(count) for host in sorted(hosts)]
        wanted = count * len(LIVE)
        job = stack.manager.create(files=files, MinimumRetryDelay=REST, **CONTINUE)
        begin = time.monotonic()
        job.resume()
        try:
            stack.client.wait(lambda: job.get("FilesTransferred") >= wanted, "the files of the live hosts", PATIENCE)
        except AssertionError as fault:
            print(fault)
        seconds = time.monotonic() - begin
        transferred = job.get("FilesTransferred")
        job.cancel()
        return seconds, transferred
    finally:
        stack.close()
        for server in hosts.values():
            server.stop()


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    sound, _ = fetch(sound_hosts(count), count)
    weak = weak_hosts(count)
    seconds, transferred = fetch(weak | dead_hosts(), count)
    ratio = (seconds - REST) / sound
    print(f"{10 * count} files of {SIZE // 1000} kB over 10 hosts; the {count * len(LIVE)} of the seven live hosts:")
    print(f"sound hosts                {sound:6.2f} s")
    print(f"with three dead, two weak  {seconds:6.2f} s   {transferred} transferred")
    print(f"ratio                      {ratio:6.2f}     without the {REST} s that one host asked for; target {TARGET}")
    for host, server in weak.items():
        kind = "bears one connection" if host in WEAK else "429 once" if host == RESTING else "sound"
        refused = sum(not r.served or r.status == 429 for r in server.requests)
        print(f"{host:10} {kind:21} {len(server.requests):4} requests for {count} files, {refused} refused")
    return int(transferred < count * len(LIVE) or ratio > TARGET)


sys.exit(main())
