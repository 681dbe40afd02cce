# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/dnf with the real dnf 4: it finds in its cache what Haulier has downloaded."""

import os
import pathlib
import shutil
import subprocess

import pytest

from support.environment import EXAMPLES, PYTHON, SOURCE, patience
from support.library import environment, needs, needs_typelib
from support.servers.response_script import Script

SPEC = """Name: {name}
Version: 1
Release: 1
Summary: A song
License: CC0-1.0
BuildArch: noarch
{requires}
%description
A song.
%install
mkdir -p %{{buildroot}}/usr/share/songs
head -c 200000 /dev/urandom >%{{buildroot}}/usr/share/songs/{name}
%files
/usr/share/songs/{name}
"""


def run(*command, env=None) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=patience(60), env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> pathlib.Path:
    """Two packages, of which the first needs the second."""
    for tool in ("rpmbuild", "createrepo_c"):
        needs(tool)
    folder = tmp_path_factory.mktemp("repository")
    for name, requires in (("song", "Requires: chorus"), ("chorus", "")):
        spec = folder / f"{name}.spec"
        spec.write_text(SPEC.format(name=name, requires=requires))
        run("rpmbuild", "--quiet", "-bb", f"--define=_topdir {folder}/build", f"--define=_rpmdir {folder}", spec)
    shutil.rmtree(folder / "build")
    run("createrepo_c", "--quiet", folder)
    return folder


class Dnf:
    def __init__(self, stack, repository: pathlib.Path):
        needs_typelib()
        if subprocess.run([PYTHON, "-c", "import dnf.plugin, hawkey"], capture_output=True, check=False).returncode != 0:
            pytest.skip("there is no dnf 4")
        self.stack = stack
        self.server = stack.fault_server()
        for path in repository.rglob("*"):
            if path.is_file():
                self.server.add(f"/{path.relative_to(repository)}", path.read_bytes())
        self.root, self.cache = stack.directory / "root", stack.directory / "cache"
        plugins = stack.directory / "plugins"
        for folder in (self.root, plugins):
            folder.mkdir()
        shutil.copy(EXAMPLES / "dnf/haulier_downloads.py", plugins)
        self.config = stack.directory / "dnf.conf"
        self.config.write_text(f"[main]\npluginpath={plugins}\npluginconfpath={plugins}\ncachedir={self.cache}\n"
                               f"logdir={stack.directory}\npersistdir={stack.directory}/persist\nreposdir={plugins}\n"
                               f"plugins=1\nbest=0\nretries=1\n"
                               f"[songs]\nname=Songs\nbaseurl={self.server.url('').rstrip('/')}\ngpgcheck=0\n")

    def install(self, *options: str) -> str:
        # The plugin of root uses the system bus, which is the same as the session bus here.
        return run(shutil.which("dnf") or needs("dnf-3"), f"--config={self.config}", f"--installroot={self.root}", "--releasever=1",
                   "--assumeyes", *options, "install", "song", env=environment(self.stack) | {"HAULIER_SOURCE": str(SOURCE)})

    def requests(self, name: str) -> list:
        return [request for request in self.server.requests if request.path.endswith(f"{name}-1-1.noarch.rpm")]

    def agents(self, name: str) -> list[str]:
        return [request.headers.get("user-agent", "").split("/")[0] for request in self.requests(name)]


@pytest.fixture
def dnf(stack, repository) -> Dnf:
    if os.geteuid() != 0:
        pytest.skip("dnf needs root")
    return Dnf(stack, repository)


def test_dnf_installs_what_haulier_has_downloaded(dnf):
    dnf.install()
    assert (dnf.root / "usr/share/songs/chorus").stat().st_size == 200_000
    assert [dnf.agents(name) for name in ("song", "chorus")] == [["haulier"], ["haulier"]]
    assert not dnf.stack.manager.list()


def test_dnf_downloads_what_haulier_could_not(dnf):
    (name,) = [name for name in dnf.server.resources if name.endswith("chorus-1-1.noarch.rpm")]
    dnf.server.resources[name].next_scripts(Script(status=404))
    assert "Haulier: " in dnf.install()
    assert (dnf.root / "usr/share/songs/song").exists()
    assert dnf.agents("song") == ["haulier"] and len(dnf.requests("chorus")) == 2
    assert not dnf.stack.manager.list()
