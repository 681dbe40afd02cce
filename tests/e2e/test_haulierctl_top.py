# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl top on terminals of several sizes, which tmux plays."""

import os
import pty
import re
import shutil
import subprocess

import pytest

from support.client.haulierctl import DATA, MISUSED
from support.environment import patience, program
from support.processes import children
from support.servers.response_script import Script

SIZES = [(60, 15), (80, 24), (160, 50)]


class Screen:
    """A terminal in which haulierctl top runs. When it has ended, its exit status and whether the terminal echoes are shown."""

    def __init__(self, stack, columns: int, rows: int, settings: str = ""):
        self._client = stack.client
        self._env = stack.env | {"TMUX_TMPDIR": str(stack.directory), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "screen"}
        self._call("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                   "sh", "-c", f"trap : INT QUIT; echo before; {settings} '{program('HAULIERCTL')}' top; echo status $?; stty -a; cat")

    def _call(self, *words: str) -> str:
        return subprocess.run(["tmux", "-L", "top", *words], env=self._env, text=True, check=True, capture_output=True,
                              timeout=patience(20)).stdout

    def press(self, *keys: str) -> None:
        self._call("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        self._call("resize-window", "-x", str(columns), "-y", str(rows))

    def pid(self) -> int:
        shell = int(self._call("display-message", "-p", "#{pane_pid}"))
        return children(shell)[0]

    def lines(self) -> list[str]:
        return self._call("capture-pane", "-p").split("\n")[:-1]

    def wait(self, *patterns: str) -> list[str]:
        """Waits until each pattern is found in some line."""
        return self.wait_until(lambda lines: all(any(re.search(pattern, line) for line in lines) for pattern in patterns),
                               f"a screen with {patterns}")

    def wait_until(self, fits, what: str) -> list[str]:
        def found():
            self._last = self.lines()
            return self._last if fits(self._last) else None

        try:
            return self._client.wait(found, what, seconds=20)
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(self._last)) from None

    def close(self) -> None:
        self._call("kill-server")


@pytest.fixture
def screen(stack):
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    opened = []

    def make(columns: int, rows: int, settings: str = "") -> Screen:
        opened.append(Screen(stack, columns, rows, settings))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def jobs(stack, remote):
    """One that has come to a halt, with a wide name, one that is suspended, and one that has failed."""
    remote.add("/slow", DATA, script=Script(send=100_000, gate=True, then="finish"))
    slow = stack.manager.create("日本語.bin", files=[(remote.url("/slow"), stack.downloads / "slow")], Resume=True)
    slow.wait_bytes(100_000)
    paused = stack.manager.create("paused", files=[(remote.url("/file.bin"), stack.downloads / "b")])
    failed = stack.manager.create("failed", files=[(remote.url("/missing"), stack.downloads / "c")], Resume=True)
    failed.wait_state("error", unless=())
    return slow, paused, failed


@pytest.mark.parametrize("columns, rows", SIZES, ids=lambda n: str(n))
def test_each_job_has_a_line(screen, jobs, columns, rows):
    lines = screen(columns, rows).wait("^haulierctl - jobs: 3, moving: 1", "^日本語.bin +25% .*100.0 kB of 400.0 kB", "^failed ",
                                       "^paused ", "^q quit")
    assert len(lines) == rows and lines[-1].endswith("? keys")
    slow, failed, paused = lines[1:4]
    assert "[=" in slow or columns == 60
    assert re.search(r"^failed +\? failed: 127.0.0.1", failed) and re.search(r"^paused +\? suspended$", paused)
    if columns == 160:
        assert failed.endswith("the server responded with HTTP status 404")
    assert not any(lines[4:-1])


def test_keys_control_the_selected_job(stack, screen, jobs):
    slow, paused, failed = jobs
    top = screen(80, 24)
    top.wait("jobs: 3")
    top.press("p")
    top.wait(r"日本語.bin .*suspended", "moving: 0")
    assert slow.state == "suspended"
    top.press("r")
    top.wait("moving: 1")
    top.press("Enter")
    lines = top.wait("^Name: +日本語.bin$", "^State: +transferring$", f"^File: +{stack.downloads}/slow$", "Esc back$")
    assert len(lines) == 24
    top.press("Escape")
    top.wait("keys$")
    top.press("Down", "c")
    top.wait(r"Cancel 'failed'\? y = yes")
    top.press("n")
    top.wait("keys$")
    assert failed.state == "error"
    top.press("c")
    top.wait(r"Cancel 'failed'\?")
    top.press("y")
    top.wait("jobs: 2")
    top.press("?")
    top.wait("^Enter +details of the job", "^q +quit; the jobs continue")
    top.press("Escape")
    top.wait("keys$")
    top.press("End", "r")
    paused.wait_state("transferred")
    top.wait("^paused .*transferred|^paused .*100%")


def test_what_others_do_is_shown(stack, screen, remote):
    top = screen(80, 24)
    top.wait("There are no unfinished jobs")
    job = stack.manager.create("new one", files=[(remote.url("/file.bin"), stack.downloads / "x")])
    top.wait("jobs: 1", r"^new one +\? suspended$")
    job.set("DisplayName", "renamed")
    top.wait("^renamed ")
    stack.kill_daemon()
    second = stack.manager.create("second", files=[(remote.url("/file.bin"), stack.downloads / "y")])
    top.wait("jobs: 2", "^second ")
    second.cancel()
    top.wait("jobs: 1")


def test_the_size_may_change(screen, jobs):
    top = screen(80, 24)
    top.wait("jobs: 3")
    for columns, rows in (*SIZES, (20, 4), (80, 24)):
        top.resize(columns, rows)
        top.wait_until(lambda lines: len(lines) == rows and lines[0].startswith("haulierctl") and lines[-1].startswith("q quit"),
                       f"a screen of {columns} x {rows}")


@pytest.mark.parametrize("how", ["q", "TERM", "HUP", "QUIT", "INT", "C-c"])
def test_the_terminal_is_as_before_when_it_ends(screen, jobs, how):
    top = screen(80, 24)
    top.wait("jobs: 3")
    if how in ("q", "C-c"):
        top.press(how)
    else:
        subprocess.run(["kill", f"-{how}", str(top.pid())], check=True)
    lines = top.wait("^before$", "^status 0$", r"[ ;]icanon\b", r"[ ;]echo\b")
    assert not any("jobs:" in line for line in lines)


def test_wide_names_do_not_need_a_locale(screen, jobs):
    screen(80, 24, "LC_ALL=C").wait("^日本語.bin +25%")


def test_without_a_terminal_it_is_refused(ctl):
    assert "top needs a terminal" in ctl("top", code=MISUSED).err
    ours, theirs = pty.openpty()
    try:
        for changes in ({"stdin": theirs}, {"stdout": theirs}, {"stdin": theirs, "stdout": theirs, "env": ctl.stack.env |
                                                                {"TERM": "dumb"}}):
            ctl("top", code=MISUSED, **changes)
        env = ctl.stack.env | {"TERM": "no-such-terminal"}
        assert "'no-such-terminal' is not known" in ctl("top", code=1, stdin=theirs, stdout=theirs, env=env).err
    finally:
        os.close(ours)
        os.close(theirs)
