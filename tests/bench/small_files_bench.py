# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many small files in one job beside `curl -Z` followed by `syncfs`, over HTTP/1.1 and over HTTP/2, in turns.

Usage: small_files_bench.py [FILES [BYTES [ROUNDS]]], with HAULIERD and the other variables set as meson sets them.
"""

import ctypes
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from quiet_stack import QuietStack, cpu_seconds  # noqa: E402
from support.content import body  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402
from support.servers.certificates import Authority  # noqa: E402
from support.servers.nginx import Nginx  # noqa: E402

FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
BYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 4096
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
CONFIG = {"Jobs": {"MaxFilesPerJob": "100000"}, "Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}


def peak_mib(pid: int) -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


def sync_file_system(folder: pathlib.Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    ctypes.CDLL(None).syncfs(fd)
    os.close(fd)


def by_curl(server: Nginx, folder: pathlib.Path) -> dict[str, float]:
    """As fast as it can: six connections of HTTP/1.1, or 50 streams of HTTP/2."""
    listed = folder.with_suffix(".list")
    listed.write_text("".join(f'url = "{server.url(str(n))}"\noutput = "{folder}/{n}"\n' for n in range(FILES)))
    command = ["curl", "-s", "-Z", "--parallel-max", "50" if server.http2 else "6", "-K", str(listed)]
    if server.authority:
        command += ["--cacert", str(server.authority.certificate)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    unsynced = time.monotonic() - begin
    sync_file_system(folder)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"unsynced": unsynced, "wall": wall, "cpu": cpu}


def by_haulier(stack: Stack, server: Nginx, folder: pathlib.Path) -> dict[str, float]:
    daemon = stack.start()
    job = stack.manager.create(files=[(server.url(str(n)), folder / str(n)) for n in range(FILES)])
    worker = stack.worker_pid()
    before = cpu_seconds(daemon) + cpu_seconds(worker)
    begin = time.monotonic()
    job.resume()
    stack.client.wait(lambda: job.state == "transferred", "the files", 300)
    transferred = time.monotonic() - begin
    job.call("Complete", seconds=300)
    wall = time.monotonic() - begin
    cpu = cpu_seconds(daemon) + cpu_seconds(worker) - before
    assert len(list(folder.iterdir())) == FILES
    return {"transferred": transferred, "wall": wall, "cpu": cpu, "daemon": peak_mib(daemon), "worker": peak_mib(worker)}


def median(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}


def compare(stack: Stack, server: Nginx, words: str) -> None:
    content = body(BYTES)
    for n in range(FILES):
        (server.files / str(n)).write_bytes(content)
    curls, hauliers = [], []
    for n in range(ROUNDS):
        # Fresh folders that stay: where many files were just deleted, ext4 is slow.
        for rounds, run in ((curls, by_curl), (hauliers, lambda *a: by_haulier(stack, *a))):
            folder = stack.downloads / f"{words.replace('/', '-')}-{run.__name__.strip('<>')}-{n}"
            folder.mkdir()
            sync_file_system(folder)
            rounds.append(run(server, folder))
        stack.signal_daemon(15, seconds=60)
    curl, haulier = median(curls), median(hauliers)
    print(f"{FILES} files of {BYTES} bytes, {words}, medians of {ROUNDS}")
    print(f"curl -Z     wall {curl['wall']:6.2f} s   cpu {curl['cpu']:6.2f} s   ({curl['unsynced']:.2f} s, then syncfs)")
    print(f"haulier     wall {haulier['wall']:6.2f} s   cpu {haulier['cpu']:6.2f} s   "
          f"({haulier['transferred']:.2f} s, then Complete)")
    print(f"ratio       wall {haulier['wall'] / curl['wall']:6.2f}     cpu {haulier['cpu'] / curl['cpu']:6.2f}")
    print(f"peak resident: daemon {haulier['daemon']:.1f} MiB, worker {haulier['worker']:.1f} MiB", flush=True)


def main() -> None:
    keep_alive = "keepalive_requests 1000000; access_log off;"
    setup = Stack()
    authority = Authority(setup.directory / "home")
    stack = QuietStack(CONFIG, {"SSL_CERT_FILE": str(authority.certificate)})
    try:
        for words, options in (("HTTP/1.1", {}), ("HTTP/2", {"authority": authority, "http2": True})):
            server = stack.nginx(server=keep_alive, **options)
            compare(stack, server, words)
            server.stop()
    finally:
        stack.close()
        setup.close()


main()
