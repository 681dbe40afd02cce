# SPDX-License-Identifier: LGPL-2.1-or-later
"""A repository of Debian packages that is signed with a key of its own, and an apt with folders of its own that uses it."""

import hashlib
import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

from .environment import patience
from .signing_key import SigningKey

SUITE, COMPONENT, ARCHITECTURES = "stable", "main", ("amd64", "all")


def run(*command: object, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=env, timeout=patience(60),
                          check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass
class Package:
    """A package in the repository. `fields`: what its entry in the lists says."""
    name: str
    version: str
    architecture: str
    path: pathlib.Path
    fields: dict[str, str]

    @property
    def stored_as(self) -> str:
        """The name of the file in apt's cache."""
        return f"{self.name}_{self.version.replace(':', '%3a')}_{self.architecture}.deb"

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()


class Mirror:
    """Keeps the repository in `folder`, which a server serves, and the key in `secrets`, whose path has to be short."""

    def __init__(self, folder: pathlib.Path, secrets: pathlib.Path):
        self.folder = folder
        self.packages: list[Package] = []
        self.secret = SigningKey(secrets)
        self.key = folder / "key.asc"
        self.key.write_bytes(self.secret.public("--armor"))

    def close(self) -> None:
        self.secret.close()

    def build(self, name: str, version: str, content: bytes = b"content", depends: str = "", installs: str = "srv") -> Package:
        """Makes a package with one file. It is in the lists after publish()."""
        tree = self.secret.home / f"{name}-{version.replace(':', '-')}"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / installs).mkdir(parents=True)
        (tree / installs / name).write_bytes(content)
        control = {"Package": name, "Version": version, "Architecture": "all", "Maintainer": "Tests <tests@example.org>",
                   "Description": "for a test"} | ({"Depends": depends} if depends else {})
        (tree / "DEBIAN/control").write_text(stanza(control))
        pool = self.folder / "pool"
        pool.mkdir(exist_ok=True)
        path = pool / f"{name}_{version.rpartition(':')[2]}_all.deb"
        run("dpkg-deb", "--build", "--root-owner-group", "-Znone", tree, path)
        shutil.rmtree(tree)
        return self.add(path, control)

    def add(self, path: pathlib.Path, control: dict[str, str]) -> Package:
        """Adds a package whose file is in the folder already."""
        known = {"Filename": str(path.relative_to(self.folder)), "Size": str(path.stat().st_size),
                 "SHA256": hashlib.sha256(path.read_bytes()).hexdigest()}
        package = Package(control["Package"], control["Version"], control["Architecture"], path, control | known)
        self.packages = [each for each in self.packages if (each.name, each.architecture) != (package.name, package.architecture)]
        self.packages.append(package)
        return package

    def publish(self, **release: str) -> None:
        """Writes and signs the lists."""
        top = self.folder / f"dists/{SUITE}"
        sums = []
        for architecture in ARCHITECTURES:
            path = top / f"{COMPONENT}/binary-{architecture}/Packages"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = "\n".join(stanza(each.fields) for each in self.packages if each.architecture == architecture)
            path.write_text(text)
            sums.append(f" {hashlib.sha256(text.encode()).hexdigest()} {len(text.encode())} {path.relative_to(top)}")
        fields = {"Origin": "Haulier Tests", "Label": "Haulier Tests", "Suite": SUITE, "Codename": SUITE,
                  "Date": run("date", "--utc", "-R").strip(), "Architectures": " ".join(ARCHITECTURES),
                  "Components": COMPONENT, **release, "SHA256": "\n" + "\n".join(sums)}
        part = top / "InRelease.part"
        part.write_bytes(self.secret.sign(stanza(fields).encode(), "--clearsign"))
        part.rename(top / "InRelease")

    def source(self, uri: str, key: object) -> str:
        """The line for sources.list."""
        return f"deb [signed-by={key}] {uri} {SUITE} {COMPONENT}\n"


def stanza(fields: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


class Apt:
    """An apt that has all its folders below `folder` and believes that the packages of `installed` are installed."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.archives = folder / "var/cache/apt/archives"
        self.staging = folder / "staging"
        self.sources = folder / "etc/apt/sources.list"
        for path in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/auth.conf.d", "var/lib/apt/lists/partial",
                     "var/cache/apt/archives/partial", "var/lib/dpkg", "staging"):
            (folder / path).mkdir(parents=True)
        self.config = folder / "apt.conf"
        self.configure("")
        self.installed({})

    def configure(self, more: str) -> None:
        self.config.write_text(f'Dir "{self.folder}";\nAPT::Architecture "amd64";\nAPT::Architectures {{ "amd64"; }};\n'
                               f'Dir::State::status "{self.folder}/var/lib/dpkg/status";\nAPT::Sandbox::User "root";\n'
                               f'Acquire::Languages "none";\nAPT::Haulier::Directory "{self.staging}";\n{more}\n')

    def installed(self, versions: dict[str, str]) -> None:
        entries = [stanza({"Package": name, "Status": "install ok installed", "Maintainer": "Tests <tests@example.org>",
                           "Architecture": "all", "Version": version, "Description": "for a test"})
                   for name, version in versions.items()]
        (self.folder / "var/lib/dpkg/status").write_text("\n".join(entries))

    @property
    def environment(self) -> dict[str, str]:
        return {"APT_CONFIG": str(self.config), "LC_ALL": "C.UTF-8"}

    def get(self, *arguments: str) -> str:
        return run("apt-get", "-q", *arguments, env=os.environ | self.environment)
