# SPDX-License-Identifier: LGPL-2.1-or-later
"""The root file systems of containers: a small Debian, which is made once and kept in the build folder, and on top of it
the packages under test, which are installed in a running container."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import uuid

import pytest

from ..configuration import configuration_file
from ..environment import SOURCE, patience
from .container_user import configure
from .nspawn import PATH, Container, remove_groups

# Both message buses; which of them is used is decided per container. The rest is for the tests' clients and services.
BASE = ["dbus", "dbus-broker", "dbus-user-session", "libpam-systemd", "polkitd", "python3-gi", "python3-pytest", "systemd",
        "systemd-sysv", "unattended-upgrades"]
BROKERS = ("dbus-daemon", "dbus-broker")
USERS = ("alice", "bob", "carol")
UNREACHABLE = r"Could not (resolve|connect)|Temporary failure resolving|Connection timed out|Network is unreachable"
INSIDE = "opt/haulier-tests"  # where the tests' own programs are in the container


def field(package: pathlib.Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True).stdout.strip()


def foreign_dependencies(packages: list[pathlib.Path]) -> list[str]:
    """The packages' dependencies besides each other: the first of alternatives, without versions."""
    own = {field(package, "Package") for package in packages}
    needed = set()
    for package in packages:
        for clause in field(package, "Depends").split(","):
            name = re.split(r"[\s(|:]", clause.strip())[0]
            needed |= {name} - own - {""}
    return sorted(needed)


def release() -> str:
    words = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return words.get("VERSION_CODENAME", "")


def proxies() -> list[str]:
    """The machine's proxy settings for apt, which mmdebstrap does not use by itself."""
    known = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [f"--aptopt={line}" for line in known if re.match(r"Acquire::https?::.*\bProxy\b", line)]


@contextlib.contextmanager
def locked(path: pathlib.Path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def base(folder: pathlib.Path, packages: list[pathlib.Path], more: tuple[str, ...]) -> pathlib.Path:
    """A Debian with all dependencies of the packages. Made again when these change, by one process at a time."""
    wanted = sorted({*BASE, *more, *foreign_dependencies(packages)})
    key = hashlib.sha256(" ".join([release(), *wanted]).encode()).hexdigest()[:12]
    tree = folder / f"base-{key}"
    with locked(folder / "base.lock"):
        if not tree.exists():
            for old in folder.glob("base-*"):
                shutil.rmtree(old)
            make_base(tree, wanted)
    return tree


def make_base(tree: pathlib.Path, wanted: list[str]) -> None:
    part = tree.with_name("part-" + tree.name)
    shutil.rmtree(part, ignore_errors=True)
    done = subprocess.run(["mmdebstrap", "--mode=root", "--variant=minbase", "--include=" + ",".join(wanted), *proxies(),
                           release(), str(part)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=os.environ | {"PATH": PATH}, timeout=patience(600), check=False)
    if done.returncode and re.search(UNREACHABLE, done.stderr):
        pytest.skip("system tests boot a Debian that mmdebstrap makes, and no mirror can be reached")
    assert done.returncode == 0, "mmdebstrap fails:\n" + done.stderr[-8000:]
    part.rename(tree)


def prepare(upper: pathlib.Path, broker: str) -> None:
    """Prepares the first boot: selects the message bus, masks Debian's timers, and adds the tests' own programs."""
    system, user = upper / "etc/systemd/system", upper / "etc/systemd/user"
    for folder in (system, user):
        folder.mkdir(parents=True)
    unit = "dbus-broker" if broker == "dbus-broker" else "dbus"
    for folder, units in ((system, "/lib/systemd/system"), (user, "/usr/lib/systemd/user")):
        (folder / "dbus.service").symlink_to(f"{units}/{unit}.service")
    for timer in ("apt-daily", "apt-daily-upgrade", "dpkg-db-backup", "e2scrub_all"):
        (system / f"{timer}.timer").symlink_to("/dev/null")
    (system / "unattended-upgrades.service").symlink_to("/dev/null")  # what it does at shutdown
    (upper / "etc/hostname").write_text("testee\n")
    shutil.copytree(SOURCE / "tests/support", upper / INSIDE / "tests/support",
                    ignore=shutil.ignore_patterns("__pycache__", "tus", "README.md", "meson.build"))
    shutil.copytree(SOURCE / "dbus", upper / INSIDE / "dbus", ignore=shutil.ignore_patterns("*.build"))
    for path in (upper / INSIDE).rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


class ContainerFactory:
    """Makes the containers of one test run. Also removes what earlier runs have left behind because they were killed. `more`:
    packages of Debian that are installed as well; they need a folder of their own. `kit`: packages that a test may install
    later."""

    def __init__(self, folder: pathlib.Path, packages: list[pathlib.Path], broker: str, more: tuple[str, ...] = (),
                 kit: tuple[pathlib.Path, ...] = ()):
        self.packages = packages
        self.broker = broker
        self.base = base(folder, [*packages, *kit], more)
        with locked(folder / "runs.lock"):
            self.sweep(folder)
            self.name = uuid.uuid4().hex[:12]
            self.folder = folder / f"run-{self.name}"
            self.folder.mkdir()
            self.lock = open(self.folder / "lock", "w")
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.containers: list[Container] = []

    @staticmethod
    def sweep(folder: pathlib.Path) -> None:
        for run in folder.glob("run-*"):
            with contextlib.suppress(BlockingIOError, FileNotFoundError), open(run / "lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_groups(f"haulier-{run.name.removeprefix('run-')}-*")
                shutil.rmtree(run)

    def bare(self) -> Container:
        """A container without the packages."""
        container = self._container([self.base])
        prepare(container.folder / "upper", self.broker)
        return container

    def template(self) -> Container:
        """A container, switched off, in which the packages were installed while it ran."""
        container = self.bare().boot()
        add_users(container)
        install(container, self.packages)
        configure(container, "10-tests", configuration_file())
        container.shut_down()
        return container

    def clone(self, template: Container) -> Container:
        """A container that starts from the state in which `template` was switched off."""
        return self._container([template.folder / "upper", *template.layers])

    def _container(self, layers: list[pathlib.Path]) -> Container:
        number = len(self.containers)
        self.containers.append(Container(f"haulier-{self.name}-{number}", layers, self.folder / str(number)))
        return self.containers[-1]

    def close(self) -> None:
        for container in self.containers:
            container.close()
        shutil.rmtree(self.folder)
        self.lock.close()


def add_users(container: Container) -> None:
    for name in USERS:
        container.run("useradd", "--create-home", "--user-group", "--shell=/bin/bash", name)


def install(container: Container, packages: list[pathlib.Path], seconds: float = 120) -> str:
    """Installs the packages with apt, as an administrator would. There is no network, so all dependencies must be present."""
    folder = container.root / "srv/packages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for package in packages:
        shutil.copy(package, folder)
    files = [f"/srv/packages/{package.name}" for package in packages]
    return container.run("apt-get", "install", "--yes", "--no-install-recommends", *files, seconds=seconds)
