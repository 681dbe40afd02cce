# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tools/demo shows. All numbers are real: they come from the bus, the disk or nginx's access log.

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
SERVICE = "org.haulier.example.DBusPython"
SERVICE_PATH = "/org/haulier/example/DBusPython"
# The defaults; the tests use smaller values.
CONFIG = {"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}}


def say(*messages: str) -> None:
    print(*messages, flush=True)


def heading(text: str) -> None:
    say(f"\n-- {text}")


def mib(count: int) -> str:
    return f"{count / MIB:.1f} MiB"


def show_command(words: list[str]) -> None:
    say("   $ " + shlex.join([pathlib.Path(words[0]).name, *words[1:]]))


def run(stack: Stack, words: list[str]) -> str:
    """Runs a command, and shows it as a user would type it, with its output."""
    show_command(words)
    done = subprocess.run(words, env=stack.env, capture_output=True, text=True, timeout=60, check=False)
    output = (done.stdout + done.stderr).rstrip()
    say("   " + output.replace("\n", "\n   "))
    if done.returncode:
        raise SystemExit(f"tools/demo: '{words[0]}' failed with status {done.returncode}")
    return output


def sha256(path: pathlib.Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Download:
    """One file of `size` MiB on an nginx of its own, and the job that downloads it."""

    def __init__(self, stack: Stack, name: str, size: int, rate: int):
        self.stack = stack
        self.size = size * MIB
        self.target = stack.downloads / name
        self.nginx = stack.nginx(rate=f"{rate}m")
        self.url = self.nginx.add(name, os.urandom(self.size))
        self.job: dbus_client.Job | None = None
        say(f"A real nginx serves {self.url} ({self.size} bytes) at no more than {rate} MiB/s.")

    def received(self) -> int:
        return self.job.get("BytesTransferred")

    def wait_for(self, count: int) -> int:
        return self.job.wait_bytes(count * MIB, seconds=60)

    def on_disk(self) -> str:
        (part,) = self.target.parent.glob(".haulier-*.part")
        return part.name

    def tell_requests(self) -> None:
        """Shows the requests in the access log of the server, which is stopped first."""
        log = self.nginx.finished_log()
        for number, request in enumerate(log, 1):
            end = request.first_byte + request.bytes
            fate = "up to the end" if end == self.size else "then interrupted"
            say(f"   {number}. from byte {request.first_byte}: status {request.status}, {mib(request.bytes)} sent, {fate}")
        surplus = sum(request.bytes for request in log) - self.size
        say(f"   So {mib(surplus)} of {mib(self.size)} were sent twice; a checkpoint is made at least every 32 MiB.")

    def tell_sums(self) -> None:
        ours, theirs = sha256(self.target), sha256(self.nginx.files / self.target.name)
        say(f"SHA-256 on the server {theirs}")
        say(f"SHA-256 of our copy   {ours}")
        if ours != theirs:
            raise SystemExit("tools/demo: the files differ")
        say("The files are identical.")


# ---- the deaths ----


def kill_client(download: Download, getter: Child) -> None:
    count = download.received()
    getter.stop(signal.SIGKILL)
    say(f"At {count} bytes haulierctl is killed (process {getter.pid}, kill -9). No program is waiting for the file now.")
    say(f"The transfer continues: {download.wait_for(count // MIB + 16)} bytes have arrived.")


def kill_worker(download: Download) -> None:
    pid, count = download.stack.worker_pid(), download.received()
    download.stack.kill_worker()
    say(f"At {count} bytes haulier-worker is killed (process {pid}, kill -9).")
    other = download.stack.client.wait(lambda: [p for p in download.stack.worker_pids() if p != pid], "another worker")
    say(f"haulierd has started another one (process {other[0]}). Soon {download.wait_for(count // MIB + 8)} bytes have arrived.")


def kill_daemon(download: Download) -> None:
    stack = download.stack
    daemon, worker, count = stack.daemon_pid(), stack.worker_pid(), download.received()
    with Pidfd(worker) as its_worker:
        stack.kill_daemon()
        if not its_worker.ended(10):
            raise SystemExit("tools/demo: the worker is still running without its daemon")
    say(f"At {count} bytes haulierd is killed (process {daemon}, kill -9). Its worker ({worker}) has noticed this and exited.")
    say(f"No process of Haulier is running; on disk there are the job database and {download.on_disk()}.")
    say("systemd would restart the daemon at once (Restart=). Here the bus starts it on the next call:")
    run(stack, ["busctl", "--user", "get-property", dbus_client.NAME, download.job.path, dbus_client.JOB, "State", "BytesTransferred"])
    say(f"Process {stack.daemon_pid()} has answered that, from the data that was durable when the other one died.")


# ---- the end ----


def tell_end(download: Download, log: pathlib.Path) -> None:
    bus = download.stack.client
    before = log.read_text() if log.exists() else ""
    if bus.owner(SERVICE):
        raise SystemExit(f"tools/demo: {SERVICE} is running already")
    say(f"{SERVICE} is not running: the name has no owner on the bus.")
    removed = bus.wait_signal("JobRemoved", dbus_client.ROOT, seconds=90)
    say(f"The last byte has arrived. The bus has started {SERVICE} (process {bus.pid_of(SERVICE)}), Haulier has called its")
    say(f"JobTransferred, and the service has answered. The job has ended: {removed.args[2]}. Output of the service:")
    bus.wait(lambda: len(log.read_text()) > len(before), "the output of the service")
    say("   " + log.read_text()[len(before):].strip())
    say("Contents of the download directory: " + ", ".join(sorted(path.name for path in download.target.parent.iterdir())))
    download.tell_sums()
    say("Requests in the access log of the server:")
    download.tell_requests()


# ---- the two parts ----


def with_haulierctl(stack: Stack, log: pathlib.Path) -> None:
    heading("The client, the worker and the daemon are killed, and the file still arrives")
    download = Download(stack, "first.bin", size=256, rate=24)
    words = [program("HAULIERCTL"), "get", download.url, str(download.target), f"--notify-service={SERVICE}:{SERVICE_PATH}"]
    show_command(words)
    getter = Child(words, stack.directory / "haulierctl.log", stack.env)
    added = stack.client.wait_signal("JobAdded", seconds=30)
    download.job = dbus_client.Job(stack.client, added.args[0])
    say(f"On this call the bus has started haulierd (process {stack.daemon_pid()}), which has created job {download.job.id}")
    download.wait_for(24)
    say(f"and started haulier-worker (process {stack.worker_pid()}), which downloads the file.")
    kill_client(download, getter)
    download.wait_for(72)
    kill_worker(download)
    download.wait_for(136)
    kill_daemon(download)
    tell_end(download, log)


def with_busctl(stack: Stack, log: pathlib.Path) -> None:
    heading("The same with busctl alone, which exits as soon as the job is created")
    stack.client.wait(lambda: not stack.client.owner(SERVICE), "the exit of the service, which has nothing left to do")
    stack.client.forget()
    download = Download(stack, "second.bin", size=160, rate=24)
    run(stack, ["busctl", "--user", "call", dbus_client.NAME, dbus_client.ROOT, dbus_client.MANAGER, "CreateJob", "ssa{sv}",
                "second.bin", "download", "3", "Files", "a(ssa{sv})", "1", download.url, str(download.target), "0",
                "NotifyService", "(so)", SERVICE, SERVICE_PATH, "Resume", "b", "true"])
    download.job = dbus_client.Job(stack.client, stack.client.wait_signal("JobAdded").args[0])
    download.wait_for(72)
    kill_daemon(download)
    tell_end(download, log)


def show_everything() -> None:
    began = time.monotonic()
    stack = Stack(CONFIG)
    try:
        say(f"A private session bus is listening at {stack.bus.address}. It can start two services:")
        say(f"{dbus_client.NAME} (haulierd) and {SERVICE} (examples/dbus-python/notify_service.py). Neither is running.")
        log = stack.add_python_service(SERVICE, EXAMPLES / "dbus-python" / "notify_service.py")
        with_haulierctl(stack, log)
        with_busctl(stack, log)
    finally:
        stack.close()
    say(f"\nThis took {time.monotonic() - began:.0f} s. All processes of the demo have exited, and all its files are deleted.")


# ---- a URL of the user's ----


def fetch(url: str) -> int:
    processes.KEEP_PRIVILEGES = True  # so that root can write to any user's directory
    passed_on = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or name == "SSL_CERT_FILE"}
    stack = Stack(CONFIG, passed_on)
    try:
        words = [program("HAULIERCTL"), "get", url]
        show_command(words)
        signal.signal(signal.SIGINT, lambda *_: None)  # haulierctl gets it as well, and leaves the job to us
        done = subprocess.run(words, env=stack.env, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if done.returncode == 0:
            file = pathlib.Path(done.stdout.strip())
            say(f"{file}: {file.stat().st_size} bytes, SHA-256 {sha256(file)}")
        for path, _ in stack.manager.list():
            dbus_client.Job(stack.client, path).call("Cancel")
            say("The job has been cancelled, because its daemon exits with this demo.")
        return done.returncode
    finally:
        stack.close()


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(128 + signal.SIGHUP))
    try:
        if arguments:
            return fetch(arguments[0])
        show_everything()
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
