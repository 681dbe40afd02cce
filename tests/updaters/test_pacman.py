# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/pacman with the real pacman: its downloads are jobs, which survive it."""

import hashlib
import io
import os
import re
import signal
import tarfile

import pytest

from support.client.dbus_client import Job
from support.content import body
from support.environment import EXAMPLES, patience, program
from support.library import needs
from support.processes import Child
from support.servers.response_script import Script

SIZE = 600_000
NAME = "song-1-1-any.pkg.tar"


def archive(files: dict[str, bytes], mode: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def package() -> bytes:
    info = f"pkgname = song\npkgver = 1-1\npkgdesc = A song\narch = any\nsize = {SIZE}\n"
    return archive({".PKGINFO": info.encode(), "usr/share/song": body(SIZE)}, "w")


def database(content: bytes) -> bytes:
    facts = {"FILENAME": NAME, "NAME": "song", "VERSION": "1-1", "CSIZE": len(content), "ISIZE": SIZE,
             "SHA256SUM": hashlib.sha256(content).hexdigest(), "ARCH": "any"}
    return archive({"song-1-1/desc": "".join(f"%{key}%\n{value}\n\n" for key, value in facts.items()).encode()}, "w:gz")


class Pacman:
    """`first`: the answer to the first request for the package."""

    def __init__(self, stack, first: Script | None = None):
        needs("pacman")
        if os.geteuid() != 0:
            pytest.skip("pacman needs root")
        self.stack = stack
        self.server = stack.fault_server()
        content = package()
        self.server.add("/repo.db", database(content))
        self.server.add(f"/{NAME}", content).next_scripts(*([first] if first else []))
        self.root = stack.directory / "root"
        for folder in ("db", "cache"):
            (self.root / folder).mkdir(parents=True)
        (line,) = re.findall("^XferCommand = .*", (EXAMPLES / "pacman/haulier.conf").read_text(), flags=re.M)
        line = line.replace("/usr/bin/haulierctl --system", f"{program('HAULIERCTL')} --user")
        self.config = stack.directory / "pacman.conf"
        self.config.write_text(f"[options]\nArchitecture = auto\nSigLevel = Never\n{line}\n"
                               f"[repo]\nServer = {self.server.url('').rstrip('/')}\n")

    def start(self) -> Child:
        command = ["pacman", "--config", str(self.config), "--root", str(self.root), "--dbpath", str(self.root / "db"),
                   "--cachedir", str(self.root / "cache"), "--noconfirm", "--noprogressbar", "-Sy", "song"]
        return self.stack.stop_at_end(Child(command, self.stack.directory / "pacman.log", self.stack.env))

    def install(self) -> None:
        self.check(self.start())

    def check(self, running: Child) -> None:
        status = running.process.wait(patience(30))
        assert status == 0, (self.stack.directory / "pacman.log").read_text()
        assert (self.root / "usr/share/song").read_bytes() == body(SIZE)


def test_pacman_installs_what_haulier_has_downloaded(stack):
    pacman = Pacman(stack)
    pacman.install()
    agents = {request.headers.get("user-agent", "") for request in pacman.server.requests}
    assert all(agent.startswith("haulier/") for agent in agents), agents
    assert not stack.manager.list()


def test_pacman_joins_the_job_of_a_run_that_was_killed(stack):
    pacman = Pacman(stack, Script(send=100_000, gate=True, then="finish"))
    killed = pacman.start()
    pacman.server.wait_sent(f"/{NAME}", 100_000)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.process.wait()
    (pacman.root / "db/db.lck").unlink()
    ((path, _),) = stack.manager.list()
    job = Job(stack.client, path)
    job.set("NoProgressTimeout", 100)
    again = pacman.start()
    # It joins the job, to which it applies its options.
    stack.client.wait(lambda: job.get("NoProgressTimeout") == 30, "pacman to join the job")
    pacman.server.resources[f"/{NAME}"].gate.set()
    pacman.check(again)
    assert len(pacman.server.of(f"/{NAME}")) == 1
