# SPDX-License-Identifier: LGPL-2.1-or-later
"""The story that tools/demo tells. Nothing is staged: every number comes from the bus, the disk or nginx' access log.

The private bus, the nginx and the daemon are those of the end-to-end tests (tests/support)."""

import hashlib
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

from support import processes
from support.client import dbus_client
from support.daemon.stack import Stack
from support.environment import EXAMPLES, PYTHON, program
from support.processes import Child, Pidfd

MIB = 1 << 20
SERVICE = "org.haulier.example.Gio"
SERVICE_PATH = "/org/haulier/example/Gio"
# As shipped; the tests use smaller ones.
CONFIG = {"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}


def say(*sentences: str) -> None:
    print(*sentences, flush=True)


def heading(text: str) -> None:
    say(f"\n-- {text}")


def mib(count: int) -> str:
    return f"{count / MIB:.1f} MiB"


def show_command(words: list[str]) -> None:
    say("   $ " + shlex.join([pathlib.Path(words[0]).name, *words[1:]]))


def run(stack: Stack, words: list[str]) -> str:
    """A command as a person would type it, with its answer."""
    show_command(words)
    done = subprocess.run(words, env=stack.env, capture_output=True, text=True, timeout=60, check=False)
    answer = (done.stdout + done.stderr).rstrip()
    say("   " + answer.replace("\n", "\n   "))
    if done.returncode:
        raise SystemExit(f"tools/demo: '{words[0]}' failed with status {done.returncode}")
    return answer


def sha256(path: pathlib.Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Download:
    """One file of so many MiB behind an nginx of its own, and the job that fetches it."""

    def __init__(self, stack: Stack, name: str, size: int, rate: int):
        self.stack = stack
        self.size = size * MIB
        self.target = stack.downloads / name
        self.nginx = stack.nginx(rate=f"{rate}m")
        self.url = self.nginx.add(name, os.urandom(self.size))
        self.job: dbus_client.Job | None = None
        say(f"A real nginx serves {self.url}, {self.size} bytes, with at most {rate} MiB/s.")

    def received(self) -> int:
        return self.job.get("BytesTransferred")

    def wait_for(self, count: int) -> int:
        return self.job.wait_bytes(count * MIB, seconds=60)

    def on_disk(self) -> str:
        (part,) = self.target.parent.glob(".haulier-*.part")
        return part.name

    def tell_requests(self) -> None:
        """What the server saw; it is stopped for that."""
        log = self.nginx.finished_log()
        for number, request in enumerate(log, 1):
            end = request.first_byte + request.bytes
            fate = "to the end" if end == self.size else "then cut off"
            say(f"   {number}. from byte {request.first_byte}: status {request.status}, {mib(request.bytes)} sent, {fate}")
        surplus = sum(request.bytes for request in log) - self.size
        say(f"   So {mib(surplus)} of {mib(self.size)} went over the line twice; between two checkpoints lie at most 32 MiB.")

    def tell_sums(self) -> None:
        ours, theirs = sha256(self.target), sha256(self.nginx.files / self.target.name)
        say(f"SHA-256 at the server {theirs}")
        say(f"SHA-256 here          {ours}")
        if ours != theirs:
            raise SystemExit("tools/demo: this is not the same file")
        say("That is the same file.")


# ---- the deaths ----


def kill_client(download: Download, getter: Child) -> None:
    count = download.received()
    getter.stop(signal.SIGKILL)
    say(f"At {count} bytes haulierctl is killed (process {getter.pid}, kill -9). Nobody waits for the file now.")
    say(f"The transfer goes on: {download.wait_for(count // MIB + 16)} bytes are here.")


def kill_worker(download: Download) -> None:
    pid, count = download.stack.worker_pid(), download.received()
    download.stack.kill_worker()
    say(f"At {count} bytes haulier-worker is killed (process {pid}, kill -9).")
    other = download.stack.client.wait(lambda: [p for p in download.stack.worker_pids() if p != pid], "another worker")
    say(f"haulierd has started another (process {other[0]}). Soon {download.wait_for(count // MIB + 8)} bytes are here.")


def kill_daemon(download: Download) -> None:
    stack = download.stack
    daemon, worker, count = stack.daemon_pid(), stack.worker_pid(), download.received()
    with Pidfd(worker) as its_worker:
        stack.kill_daemon()
        if not its_worker.ended(10):
            raise SystemExit("tools/demo: the worker outlives its daemon")
    say(f"At {count} bytes haulierd is killed (process {daemon}, kill -9). Its worker ({worker}) has seen that and left.")
    say(f"Nothing of Haulier runs; on disk there are the job database and {download.on_disk()}.")
    say("systemd would start it again at once (Restart=). Here the next call does, through the bus:")
    run(stack, ["busctl", "--user", "get-property", dbus_client.NAME, download.job.path, dbus_client.JOB, "State", "BytesTransferred"])
    say(f"That was answered by process {stack.daemon_pid()}, from what was durable when the other one died.")


# ---- the end ----


def tell_end(download: Download, log: pathlib.Path) -> None:
    bus = download.stack.client
    before = log.read_text() if log.exists() else ""
    if bus.owner(SERVICE):
        raise SystemExit(f"tools/demo: {SERVICE} runs already")
    say(f"{SERVICE} does not run: nobody has that name on the bus.")
    removed = bus.wait_signal("JobRemoved", dbus_client.ROOT, seconds=90)
    say(f"The last byte is here. The bus has started {SERVICE} (process {bus.pid_of(SERVICE)}); Haulier has called its")
    say(f"JobTransferred, and it has called Complete. The job has ended: {removed.args[2]}. In the service's own words:")
    bus.wait(lambda: len(log.read_text()) > len(before), "the words of the service")
    say("   " + log.read_text()[len(before):].strip())
    say("What lies in the download folder: " + ", ".join(sorted(path.name for path in download.target.parent.iterdir())))
    download.tell_sums()
    say("What the server was asked for, in its access log:")
    download.tell_requests()


# ---- the two stories ----


def with_haulierctl(stack: Stack, log: pathlib.Path) -> None:
    heading("A client, a worker and a daemon die, and the file arrives")
    download = Download(stack, "first.bin", size=256, rate=24)
    words = [program("HAULIERCTL"), "get", download.url, str(download.target), f"--notify-service={SERVICE}:{SERVICE_PATH}"]
    show_command(words)
    getter = Child(words, stack.directory / "haulierctl.log", stack.env)
    added = stack.client.wait_signal("JobAdded", seconds=30)
    download.job = dbus_client.Job(stack.client, added.args[0])
    say(f"The call has made the bus start haulierd (process {stack.daemon_pid()}), which has made job {download.job.id}")
    download.wait_for(24)
    say(f"and started haulier-worker (process {stack.worker_pid()}), which fetches.")
    kill_client(download, getter)
    download.wait_for(72)
    kill_worker(download)
    download.wait_for(136)
    kill_daemon(download)
    tell_end(download, log)


def with_busctl(stack: Stack, log: pathlib.Path) -> None:
    heading("The same with nothing but busctl, which is gone as soon as the job is made")
    stack.client.wait(lambda: not stack.client.owner(SERVICE), "the service, which has nothing left to do, to leave")
    stack.client.forget()
    download = Download(stack, "second.bin", size=160, rate=24)
    run(stack, ["busctl", "--user", "call", dbus_client.NAME, dbus_client.ROOT, dbus_client.MANAGER, "CreateJob", "ssa{sv}",
                "second.bin", "download", "3", "Files", "a(ssa{sv})", "1", download.url, str(download.target), "0",
                "NotifyService", "(so)", SERVICE, SERVICE_PATH, "Resume", "b", "true"])
    download.job = dbus_client.Job(stack.client, stack.client.wait_signal("JobAdded").args[0])
    download.wait_for(72)
    kill_daemon(download)
    tell_end(download, log)


def tell_story() -> None:
    began = time.monotonic()
    stack = Stack(CONFIG)
    try:
        say(f"A private session bus listens at {stack.bus.address}. It can start two services:")
        say(f"{dbus_client.NAME} (haulierd) and {SERVICE} (examples/gio/notify_service.py). Neither runs.")
        log = stack.add_python_service(SERVICE, EXAMPLES / "gio" / "notify_service.py")
        with_haulierctl(stack, log)
        with_busctl(stack, log)
    finally:
        stack.close()
    say(f"\nThat took {time.monotonic() - began:.0f} s. All processes of the demo are ended, and all its files are deleted.")


# ---- something of the user's ----


def fetch(url: str) -> int:
    processes.KEEP_PRIVILEGES = True  # root may fetch into anybody's folder
    passed_on = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or name == "SSL_CERT_FILE"}
    stack = Stack(CONFIG, passed_on)
    try:
        words = [program("HAULIERCTL"), "get", url]
        show_command(words)
        signal.signal(signal.SIGINT, lambda *_: None)  # haulierctl hears it too, and leaves the job to us
        done = subprocess.run(words, env=stack.env, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if done.returncode == 0:
            file = pathlib.Path(done.stdout.strip())
            say(f"{file}: {file.stat().st_size} bytes, SHA-256 {sha256(file)}")
        for path, _ in stack.manager.list():
            dbus_client.Job(stack.client, path).call("Cancel")
            say("The job is cancelled, because its daemon ends with this demo.")
        return done.returncode
    finally:
        stack.close()


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(128 + signal.SIGHUP))
    try:
        if arguments:
            return fetch(arguments[0])
        tell_story()
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
