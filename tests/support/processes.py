# SPDX-License-Identifier: LGPL-2.1-or-later
"""Child processes that end with the test, and information about other processes."""

import os
import pathlib
import select
import signal
import subprocess

from .environment import patience

KEEP_PRIVILEGES = False  # for tools/demo, which may have to write into the folders of other users


def confined(command: list[str]) -> list[str]:
    """The command, such that it is killed when this process dies. It runs without root's privilege to ignore permission
    bits, so that tests can rely on them."""
    prefix = ["setpriv", "--pdeathsig", "KILL"]
    if os.geteuid() == 0 and not KEEP_PRIVILEGES:
        prefix += ["--bounding-set", "-dac_override,-dac_read_search"]
    return prefix + ["--"] + command


def as_user(uid: int, command: list[str]) -> list[str]:
    """The command, run by root as that user."""
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--", *command]


class Child:
    """A process with a log file, in a session of its own so that Ctrl-C does not reach it. stop() asks it to end, and kills
    it after a deadline."""

    def __init__(self, command: list[str], log: pathlib.Path, env: dict[str, str], pass_fds=()):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(confined(command), stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                                            pass_fds=pass_fds, start_new_session=True)

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self, how: int = signal.SIGTERM, seconds: float = 5) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(patience(seconds))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.process.args[-1]} ({self.log.name}) did not end when it was asked to") from None


class Pidfd:
    """A process that need not be our child. The pidfd lets us wait for it and kill it without the risk that its number has
    been given to another process."""

    def __init__(self, pid: int):
        self.pid = pid
        self.fd = os.pidfd_open(pid)

    def __enter__(self) -> "Pidfd":
        return self

    def __exit__(self, *_) -> None:
        os.close(self.fd)

    def ended(self, seconds: float) -> bool:
        """Waits until the process has ended; False after so many seconds."""
        poller = select.poll()
        poller.register(self.fd, select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def send(self, number: int) -> None:
        try:
            signal.pidfd_send_signal(self.fd, number)
        except ProcessLookupError:
            pass

    def kill(self) -> None:
        """Sends SIGKILL and waits for the end of the process."""
        self.send(signal.SIGKILL)
        assert self.ended(patience(10)), f"process {self.pid} survives SIGKILL"


def children(pid: int) -> list[int]:
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return found


def executable(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def serving(state: pathlib.Path) -> bool:
    """Whether a daemon with this state directory is running, on a bus or not."""
    argument = f"--state-dir={state}".encode()
    for command in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument in command.read_bytes().split(b"\0"):
                return True
        except (FileNotFoundError, ProcessLookupError):
            continue
    return False
