# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl shows several jobs and files, waits for several jobs, and selects jobs by their state."""

import codecs
import os
import pty
import select
import signal
import time

import fcntl
import struct
import termios

import pytest

from support.client.haulierctl import DATA, INTERRUPTED, JOB_FAILED, MISUSED, Result
from support.environment import patience
from support.servers.response_script import Script

TIMED_OUT = 7


class Terminal:
    """A pseudo-terminal of a given width; what is drawn on it."""

    def __init__(self, columns: int):
        self.ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.drawn = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a read may end within a character

    def read(self) -> None:
        while select.select([self.ours], [], [], 0.05)[0]:
            self.drawn += self._decoder.decode(os.read(self.ours, 65536))

    def wait(self, words: str) -> None:
        deadline = time.monotonic() + patience(20)
        while words not in self.drawn:
            assert time.monotonic() < deadline, self.drawn
            self.read()


@pytest.fixture
def stalled(remote):
    """A file that stops after 100,000 bytes."""
    return remote.add("/slow", DATA, script=Script(send=100_000, gate=True, then="finish"))


def test_a_job_of_several_files_has_a_line_for_each_that_moves(stack, ctl, remote, stalled):
    remote.add("/日本語.bin", DATA, script=Script(send=50_000, gate=True, then="finish"))
    terminal = Terminal(80)
    name = "%E6%97%A5%E6%9C%AC%E8%AA%9E.bin"
    remote.resources[f"/{name}"] = remote.resources["/日本語.bin"]
    process = ctl.begin("get", remote.url("/slow"), remote.url(f"/{name}"), remote.url("/file.bin"), stderr=terminal.theirs)
    terminal.wait("  slow ")
    terminal.wait("  日本語.bin ")
    terminal.wait("550.0 kB of 1.2 MB")
    process.send_signal(signal.SIGINT)
    assert process.wait(patience(20)) == INTERRUPTED
    process.stdout.close()


def test_the_line_says_how_long_a_server_has_not_answered(stack, ctl, remote):
    remote.add("/silent", DATA, script=Script(delay=patience(20)))
    terminal = Terminal(80)
    process = ctl.begin("get", remote.url("/silent"), stderr=terminal.theirs)
    terminal.wait("no answer for 0:0")
    process.send_signal(signal.SIGINT)
    assert process.wait(patience(20)) == INTERRUPTED
    process.stdout.close()


def test_list_on_a_terminal_shows_rates_and_fits(stack, ctl, remote):
    remote.add("/moving", DATA, script=Script(rate=20_000))
    ctl("get", "--no-wait", "--name", "🎬" * 60, remote.url("/moving"), "m")
    job = stack.manager.get(stack.manager.list()[0][1]["Id"])
    job.wait_property("Rate", lambda rate: rate > 0)
    terminal = Terminal(100)
    ctl("list", stdout=terminal.theirs)
    terminal.read()
    assert "RATE" in terminal.drawn and "kB/s" in terminal.drawn and "..." in terminal.drawn
    live = Terminal(60)
    process = ctl.begin("list", "--watch", stdout=live.theirs)
    live.wait("LEFT")
    process.send_signal(signal.SIGINT)
    assert Result(process).code == 0
    assert "terminal" in ctl("list", "--watch", code=MISUSED).err


def test_show_is_one_screen(stack, ctl, remote):
    files = [(remote.url(f"/none{number}"), stack.downloads / f"f{number}") for number in range(30)]
    job = stack.manager.create("many", files=files, Key="k", Priority="high")
    shown = ctl("show", "k").out
    assert len(shown.splitlines()) < 24 and f"and 20 more, see 'haulierctl files {job.id[:8]}'" in shown
    assert "Priority=high" in shown and job.id in shown
    assert ctl("status", "k").out == shown
    assert len(ctl("show", "--all", "k").out.splitlines()) > 300


def test_files_says_which_move(stack, ctl, remote, stalled):
    job_id = ctl("add", "--start", remote.url("/slow"), "a", remote.url("/file.bin"), "b").out.strip()
    job = stack.manager.get(job_id)
    job.wait_property("FilesTransferred", lambda done: done == 1)
    job.wait_bytes(len(DATA) + 100_000)
    lines = ctl("files", job_id).out.splitlines()
    assert [line.split()[1] for line in lines] == ["STAGE", "transferring", "transferred"]


def test_wait_for_several_jobs(stack, ctl, remote, stalled):
    slow = ctl("get", "--no-wait", remote.url("/slow")).out.strip()
    quick = ctl("get", "--no-wait", remote.url("/file.bin")).out.strip()
    missing = ctl("get", "--no-wait", remote.url("/missing")).out.strip()
    assert ctl("wait", slow, quick, "--any").out == quick + "\n"
    assert slow[:8] in ctl("wait", slow, "--timeout", "0.2s".replace("0.2s", "200ms"), code=TIMED_OUT).err
    waiting = ctl.begin("wait", slow, quick, missing, "--json")
    stalled.gate.set()
    result = Result(waiting)
    assert result.code == JOB_FAILED and len(result.json) == 3


def test_verbs_select_jobs(stack, ctl, remote, stalled):
    jobs = [ctl("get", "--no-wait", remote.url("/slow"), name).out.strip() for name in ("a", "b")]
    failed = stack.manager.get(ctl("get", "--no-wait", remote.url("/missing")).out.strip())
    failed.wait_state("error", unless=())
    ctl("suspend", "--state", "transferring,connecting,queued")
    assert {stack.manager.get(job).state for job in jobs} == {"suspended"}
    ctl("rm", "--state", "error")
    ctl("start", "--all")
    assert "suspended" not in {stack.manager.get(job).state for job in jobs}
    assert "cannot be used together" in ctl("cancel", "--all", jobs[0], code=MISUSED).err
    ctl("cancel", "--all")
    assert stack.manager.list() == []
    assert "no such jobs" in ctl("cancel", "--all").err


def test_a_failure_says_what_may_help(stack, ctl, remote):
    assert "rename" in ctl("get", remote.url("/missing"), code=JOB_FAILED).err
    server = stack.digest_server("joe", "secret")
    assert "credentials set" in ctl("get", server.url("/x"), code=JOB_FAILED).err
    remote.add("/ok", DATA)
    both = ctl("get", remote.url("/ok"), remote.url("/gone"), code=JOB_FAILED).err
    assert f"haulierctl: {stack.downloads}/gone: " in both
