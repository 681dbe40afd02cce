# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/fwupd with the real fwupd, and a remote whose metadata is signed with a key of the test's own."""

import gzip
import os
import subprocess

import pytest

from support.environment import EXAMPLES, PYTHON, patience
from support.library import environment, needs, needs_typelib
from support.processes import Child

FWUPD = "/usr/libexec/fwupd/fwupd"
METADATA = b'<?xml version="1.0" encoding="utf-8"?>\n<components origin="test" version="0.9"></components>\n'
REMOTE = """[fwupd Remote]
Enabled=true
Title=Test
MetadataURI={uri}
ApprovalRequired=false
"""


def run(*command, **options) -> subprocess.CompletedProcess:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=patience(60), **options)


class Fwupd:
    """fwupd with directories of its own, and a server with signed metadata."""

    def __init__(self, stack):
        self.stack, self.folder = stack, stack.directory / "fwupd"
        for name in ("etc/fwupd/remotes.d", "etc/pki/fwupd-metadata", "etc/pki/fwupd", "var", "server"):
            (self.folder / name).mkdir(parents=True)
        metadata, signature = self.folder / "server/metadata.xml.gz", self.folder / "server/metadata.xml.gz.jcat"
        metadata.write_bytes(gzip.compress(METADATA))
        key, self.certificate = self.folder / "key.pem", self.folder / "etc/pki/fwupd-metadata/test.pem"
        self._must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
                   "keyUsage=digitalSignature", "-keyout", key, "-out", self.certificate)
        self._must("jcat-tool", "--basename", "--kind=sha256", "self-sign", signature, metadata)
        self._must("jcat-tool", "--basename", "sign", signature, metadata, self.certificate, key)
        self.server = stack.fault_server()
        for file in (metadata, signature):
            self.server.add(f"/{file.name}", file.read_bytes())
        (self.folder / "etc/fwupd/fwupd.conf").write_text("[fwupd]\n")
        (self.folder / "etc/fwupd/remotes.d/test.conf").write_text(REMOTE.format(uri=self.server.url(f"/{metadata.name}")))
        self.env = environment(stack) | {"CACHE_DIRECTORY": str(self.folder / "cache")}
        (self.folder / "sys").mkdir()  # without the devices of this machine
        directories = {"FWUPD_SYSCONFDIR": str(self.folder / "etc"), "FWUPD_LOCALSTATEDIR": str(self.folder / "var"),
                       "FWUPD_SYSFSDIR": str(self.folder / "sys")}
        stack.stop_at_end(Child([FWUPD], stack.directory / "fwupd.log", stack.env | directories))
        stack.client.wait(lambda: stack.client.owner("org.freedesktop.fwupd"), "fwupd", 30)

    @staticmethod
    def _must(*command) -> None:
        done = run(*command)
        assert done.returncode == 0, done.stdout + done.stderr

    def refresh(self) -> subprocess.CompletedProcess:
        return run(PYTHON, EXAMPLES / "fwupd/refresh.py", "test", env=self.env)

    def stored(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "var").glob("**/metadata/test/*"))


@pytest.fixture
def fwupd(stack):
    needs_typelib()
    for tool in ("jcat-tool", "openssl"):
        needs(tool)
    if not os.access(FWUPD, os.X_OK) or os.geteuid() != 0:
        pytest.skip("fwupd is not installed, or this is not root")
    return Fwupd(stack)


def test_fwupd_takes_metadata_that_haulier_has_fetched(fwupd):
    done = fwupd.refresh()
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(fwupd.stored()) == 2
    assert not fwupd.stack.manager.list() and not list((fwupd.folder / "cache").iterdir())


def test_fwupd_refuses_metadata_that_was_changed(fwupd):
    fwupd.server.add("/metadata.xml.gz", b"").change(gzip.compress(METADATA + b"\n"), '"two"', None)
    done = fwupd.refresh()
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert not fwupd.stored()
