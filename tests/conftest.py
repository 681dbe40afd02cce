# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fixtures for all tests, and logs in the reports of failed tests."""

import os
import pathlib
import signal
import subprocess

import pytest

from support.client.haulierctl import DATA, Ctl
from support.daemon.stack import Stack, drain
from support.ext4_disk import Ext4Disk
from support.mount_namespace import Mounts
from support.servers.fault_server import FaultServer

# Below nohup, programs under test would ignore it.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def new_stack(request):
    """Makes stacks with their own configuration or environment. All are torn down at the end of the test, and no sanitizer
    may have reported anything."""
    stacks = request.node.stacks = []

    def make(config=None, env=None, kind=Stack) -> Stack:
        stacks.append(kind(config, env))
        return stacks[-1]

    make.stacks = stacks
    drain()
    yield make
    findings = ""
    for stack in stacks:
        try:
            stack.stop_daemon()
        finally:
            request.node.logs = getattr(request.node, "logs", []) + stack.logs()
            findings += stack.sanitizer_findings()
            stack.close()
    assert not findings, findings


@pytest.fixture
def stack(new_stack) -> Stack:
    return new_stack()


@pytest.fixture
def ctl(stack) -> Ctl:
    return Ctl(stack)


@pytest.fixture
def folder(stack) -> pathlib.Path:
    """The user's folder for downloads, which is not called Downloads."""
    home = pathlib.Path(stack.env["HOME"])
    (home / "Ladungen").mkdir()
    (home / ".config").mkdir()
    (home / ".config/user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/Ladungen"\n')
    return home / "Ladungen"


@pytest.fixture
def remote(stack) -> FaultServer:
    """The server that haulierctl downloads from: it has /file.bin."""
    fault_server = stack.fault_server()
    fault_server.add("/file.bin", DATA)
    return fault_server


@pytest.fixture
def server():
    """A fault server without a stack."""
    fault_server = FaultServer()
    yield fault_server
    fault_server.stop()


@pytest.fixture
def mounts():
    if os.geteuid() != 0:
        pytest.skip("a mount namespace needs root")
    own = Mounts()
    yield own
    own.leave()


@pytest.fixture
def ext4(mounts, new_stack):
    """Makes disks. Daemons are stopped before their disks are taken away."""
    disks = []

    def make(folder, mebibytes: int = 32) -> Ext4Disk:
        try:
            disks.append(Ext4Disk(mounts, folder, mebibytes))
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"no disk on a loop device: {error}")
        return disks[-1]

    yield make
    for stack in new_stack.stacks:
        stack.stop_daemon()
    for disk in disks:
        disk.remove()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if not report.failed:
        return
    logs = getattr(item, "logs", None)
    if logs is None:
        logs = [log for stack in getattr(item, "stacks", []) for log in stack.logs()]
    for name, text in logs:
        if text.strip():
            report.sections.append((f"log {name}", text[-12000:]))
