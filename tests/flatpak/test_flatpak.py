# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real Flatpak app, for tools/flatpak: what the app may do is decided by the /.flatpak-info that Flatpak itself writes, and
its calls come through the proxy that Flatpak starts."""

import pathlib
import re
import shutil
import subprocess

import pytest

from support.client.checks import assert_file
from support.client.dbus_client import MANAGER, NAME, ROOT
from support.content import body
from support.environment import patience

APP, PLATFORM = "org.example.HaulierApp", "org.example.HaulierPlatform"
CONTENT = body(100_000)
PROGRAMS = ("sh", "cat", "ls", "gdbus")
METADATA = {
    PLATFORM: f"[Runtime]\nname={PLATFORM}\nruntime={PLATFORM}/x86_64/master\nsdk={PLATFORM}/x86_64/master\n",
    APP: f"[Application]\nname={APP}\nruntime={PLATFORM}/x86_64/master\nsdk={PLATFORM}/x86_64/master\ncommand=sh\n\n"
         f"[Context]\nshared=network;\nfilesystems=~/Shared:ro;\n\n[Session Bus Policy]\n{NAME}=talk\n",
}


def libraries(program: str) -> list[str]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return re.findall(r"(/\S+) \(0x", listed)


class Flatpak:
    """An installation of its own, with a runtime of a few programs of this machine and an app that runs a shell."""

    def __init__(self, stack):
        self.stack = stack
        self.folder = stack.directory / "flatpak"
        self.home = pathlib.Path(stack.env["HOME"])
        self.env = stack.env | {"FLATPAK_USER_DIR": str(self.folder / "installed"), "GIO_USE_VFS": "local"}
        self.make(PLATFORM, "usr", "--runtime")
        self.make(APP, "files")
        self.command("remote-add", "--user", "--no-gpg-verify", "local", str(self.folder / "repository"))
        for ref in (f"runtime/{PLATFORM}/x86_64/master", f"app/{APP}/x86_64/master"):
            self.command("install", "--user", "--noninteractive", "local", ref)

    def make(self, name: str, files: str, *kind: str) -> None:
        place = self.folder / name
        for folder in ("files", "usr", "var"):
            (place / folder).mkdir(parents=True)
        (place / "metadata").write_text(METADATA[name])
        if kind:
            self.fill(place / files)
        else:
            (place / "export").mkdir()
        self.command("build-export", *kind, str(self.folder / "repository"), str(place), "master")

    @staticmethod
    def fill(usr: pathlib.Path) -> None:
        for program in PROGRAMS:
            path = shutil.which(program)
            for source in (path, *libraries(path)):
                target = usr / re.sub(r"^/(usr/)?", "", source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target, follow_symlinks=True)

    def command(self, *words: str) -> str:
        done = subprocess.run(["flatpak", *words], env=self.env, capture_output=True, text=True, timeout=patience(120), check=False)
        assert done.returncode == 0, f"flatpak {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def run(self, script: str) -> str:
        done = subprocess.run(["flatpak", "run", "--user", APP, "-c", script], env=self.env, capture_output=True, text=True,
                              timeout=patience(60), check=False)
        return done.stdout + done.stderr

    def create(self, url: str, target) -> str:
        """CreateJob with one file, from inside the app: the reply, or the error."""
        options = f"{{'Files': <[('{url}', '{target}')]>, 'Resume': <true>}}"
        return self.run(f"exec gdbus call --session --dest {NAME} --object-path {ROOT} --method {MANAGER}.CreateJob f download \"{options}\"")


@pytest.fixture
def app(stack) -> Flatpak:
    if not shutil.which("flatpak"):
        pytest.skip("flatpak is not installed")
    (pathlib.Path(stack.env["HOME"]) / "Shared").mkdir()
    return Flatpak(stack)


def test_an_app_of_flatpak_has_its_own_files_and_jobs(stack, app):
    server = stack.nginx()
    url = server.add("file", CONTENT)
    theirs = stack.manager.create("theirs")
    own = app.home / ".var/app" / APP / "data/file"
    assert "objectpath" in app.create(url, own)
    ((path, values),) = [(p, v) for p, v in stack.manager.list() if v["AppId"] == APP]
    job = stack.manager.get(values["Id"])
    job.wait_state("transferred")
    job.complete()
    assert_file(own, CONTENT)
    for forbidden in (app.home / ".bashrc", app.home / "Shared/file", "/tmp/haulier-test", app.home / ".var/app/org.example.Other/x"):
        assert "OutsideSandbox" in app.create(url, forbidden), forbidden
    said = app.run(f"gdbus call --session --dest {NAME} --object-path {theirs.path} --method {NAME}.Job.Cancel")
    assert "UnknownObject" in said or "UnknownMethod" in said, said
    assert path and theirs.state == "suspended"


def test_an_app_without_network_may_call_nothing(stack, app):
    app.command("override", "--user", "--unshare=network", APP)
    assert "AccessDenied" in app.create("http://127.0.0.1:9/x", app.home / ".var/app" / APP / "data/x")
    assert stack.manager.list() == []
