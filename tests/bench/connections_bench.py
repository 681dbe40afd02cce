# SPDX-License-Identifier: LGPL-2.1-or-later
"""One file over several connections of a server that gives each 2 MiB/s, beside aria2, and from two mirrors of different
speed. Prints medians and ratios.

Usage: connections_bench.py [MEBIBYTES [ROUNDS]], with HAULIERD and the other variables set as meson sets them.
"""

import pathlib
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from support.client.checks import assert_file, sha256  # noqa: E402
from support.content import body  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402

MEBI = 1 << 20
RATE = 2
FASTER = 6


def by_haulier(stack: Stack, url: str, content: bytes, connections: int, **options) -> float:
    target = stack.downloads / "file"
    stack.start()
    begin = time.monotonic()
    job = stack.manager.create(files=[(url, target, options)], Connections=connections, Resume=True)
    job.wait_state("transferred", seconds=600)
    job.complete()
    seconds = time.monotonic() - begin
    assert_file(target, content)
    target.unlink()
    return seconds


def by_aria(folder: pathlib.Path, url: str, connections: int) -> float:
    begin = time.monotonic()
    subprocess.run(["aria2c", "-q", "--no-conf", "-d", str(folder), "-o", "aria", f"-x{connections}", f"-s{connections}",
                    "-k1M", "--file-allocation=none", url], check=True)
    seconds = time.monotonic() - begin
    (folder / "aria").unlink()
    return seconds


def main() -> None:
    mebibytes = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    stack = Stack()
    try:
        content = body(mebibytes * MEBI)
        checksum = {"Checksum": f"sha256:{sha256(content)}"}
        slow, fast = stack.nginx(rate=f"{RATE}m"), stack.nginx(rate=f"{FASTER}m")
        url, other = slow.add("file", content), fast.add("file", content)
        print(f"{mebibytes} MiB, {RATE} MiB/s for each connection, {FASTER} MiB/s for that of the faster mirror; "
              f"medians of {rounds} rounds")
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, measured in (
                ("one connection", lambda: by_haulier(stack, url, content, 1)),
                ("four connections", lambda: by_haulier(stack, url, content, 4)),
                ("four, with SHA-256", lambda: by_haulier(stack, url, content, 4, **checksum)),
                ("aria2c -x4", lambda: by_aria(stack.downloads, url, 4) if shutil.which("aria2c") else 0.0),
                ("two mirrors", lambda: by_haulier(stack, url, content, 2, Mirrors=[other], **checksum)),
            ):
                times.setdefault(name, []).append(measured())
        median = {name: statistics.median(values) for name, values in times.items()}
        for name, seconds in median.items():
            print(f"{name:20} {seconds:6.2f} s  {min(times[name]):6.2f} to {max(times[name]):.2f}")
        print(f"four connections are {median['one connection'] / median['four connections']:.2f} times as fast as one")
        print(f"two mirrors reach {mebibytes / (RATE + FASTER) / median['two mirrors']:.3f} of the sum of their rates")
        if median["aria2c -x4"]:
            print(f"Haulier takes {median['four connections'] / median['aria2c -x4']:.3f} of the time of aria2c")
    finally:
        stack.close()


if __name__ == "__main__":
    main()
