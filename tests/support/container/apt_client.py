# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian's own apt in a container, with a repository on a server in the container's network."""

import hashlib
import pathlib
import tempfile

from ..apt_mirror import Mirror, Package
from ..servers.fault_server import FaultServer
from .nspawn import Container

CONFIGURATION = """APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern { "origin=Haulier Tests"; };
Unattended-Upgrade::Remove-Unused-Dependencies "false";
"""


class AptClient:
    """`packages` are installed in their first version, and the server has their second one."""

    def __init__(self, machine: Container, server: FaultServer, count: int, size: int, content):
        self.machine = machine
        self.server = server
        self.folder = tempfile.TemporaryDirectory(prefix="hapt-")
        place = pathlib.Path(self.folder.name)
        (place / "mirror").mkdir()
        self.mirror = Mirror(place / "mirror", place / "gpg")
        old = [self.mirror.build(f"haulier-test{n}", "1.0", b"old", installs=f"opt/{n}") for n in range(count)]
        self._install(old)
        self.packages = [self.mirror.build(f"haulier-test{n}", "2.0", content(size, seed=n), installs=f"opt/{n}")
                         for n in range(count)]
        self.publish()
        self._configure()

    def close(self) -> None:
        self.mirror.close()
        self.folder.cleanup()

    def _install(self, packages: list[Package]) -> None:
        folder = self.machine.root / "srv/old"
        folder.mkdir()
        for package in packages:
            (folder / package.path.name).write_bytes(package.content)
        self.machine.run("dpkg", "--install", *[f"/srv/old/{package.path.name}" for package in packages])

    def _configure(self) -> None:
        etc = self.machine.root / "etc/apt"
        for path in [etc / "sources.list", *(etc / "sources.list.d").glob("*")]:
            path.unlink(missing_ok=True)
        (etc / "keyrings").mkdir(exist_ok=True)
        (etc / "keyrings/tests.asc").write_text(self.mirror.key.read_text())
        (etc / "sources.list").write_text(self.mirror.source(self.server.url(""), "/etc/apt/keyrings/tests.asc"))
        (etc / "apt.conf.d/95tests").write_text(CONFIGURATION)

    def publish(self) -> None:
        """Publishes the current lists; the server keeps the packages that it has."""
        self.mirror.publish()
        for path in self.mirror.folder.rglob("*"):
            if path.is_file():
                name = "/" + str(path.relative_to(self.mirror.folder))
                content = path.read_bytes()
                resource = self.server.add(name, content)
                if "/dists/" in name:
                    resource.change(content, f'"{hashlib.sha256(content).hexdigest()}"', None)

    def remote_path(self, package: Package) -> str:
        return f"/pool/{package.path.name}"

    def requests(self) -> list:
        """The requests for packages."""
        return [request for request in self.server.requests if request.path.endswith(".deb")]

    @property
    def archives(self) -> pathlib.Path:
        return self.machine.root / "var/cache/apt/archives"

    def delivered(self) -> bool:
        """Whether all packages are in apt's cache, with the right content."""
        try:
            return all((self.archives / package.stored_as).read_bytes() == package.content for package in self.packages)
        except FileNotFoundError:
            return False

    def versions(self) -> set[str]:
        shown = self.machine.run("dpkg-query", "-W", "-f", "${Version}\n", *[package.name for package in self.packages])
        return set(shown.split())
