# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/rauc with the real RAUC: the bus starts the service when a bundle has arrived; the service has RAUC install it."""

import os
import pathlib
import subprocess

import pytest

from support.client.checks import wait_leftovers
from support.content import body
from support.environment import EXAMPLES, PYTHON, patience
from support.library import environment, needs, needs_typelib
from support.processes import Child
from support.servers.response_script import Script

NAME = "org.haulier.example.RaucUpdate"
SCRIPT = EXAMPLES / "rauc/rauc_update.py"
IMAGE = body(1_000_000)
SYSTEM = """[system]
compatible=Haulier test
bootloader=noop
bundle-formats=plain
mountprefix={folder}/mount
[keyring]
path={folder}/cert.pem
[slot.rootfs.0]
device={folder}/a
type=raw
bootname=A
[slot.rootfs.1]
device={folder}/b
type=raw
bootname=B
"""
MANIFEST = """[update]
compatible=Haulier test
version=2
[bundle]
format=plain
[image.rootfs]
filename=rootfs.img
"""


def run(*command) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=patience(60))
    assert done.returncode == 0, done.stdout + done.stderr


class Device:
    """A device with two slots, of which A has been booted, and a bundle for it."""

    def __init__(self, stack):
        self.stack, self.folder = stack, stack.directory / "device"
        (self.folder / "content").mkdir(parents=True)
        (self.folder / "mount").mkdir()
        for slot in ("a", "b"):
            (self.folder / slot).write_bytes(bytes(len(IMAGE)))
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-keyout",
            self.folder / "key.pem", "-out", self.folder / "cert.pem")
        (self.folder / "content/rootfs.img").write_bytes(IMAGE)
        (self.folder / "content/manifest.raucm").write_text(MANIFEST)
        (self.folder / "system.conf").write_text(SYSTEM.format(folder=self.folder))
        self.bundle = self.folder / "update.raucb"
        run("rauc", "bundle", f"--cert={self.folder}/cert.pem", f"--key={self.folder}/key.pem", self.folder / "content",
            self.bundle)
        self.env = environment(stack) | {"RAUC_UPDATE_BUNDLE": str(self.folder / "fetched/update.raucb")}
        words = [f"{name}={self.env[name]}" for name in ("LD_LIBRARY_PATH", "GI_TYPELIB_PATH", "PYTHONPATH", "RAUC_UPDATE_BUNDLE")]
        self.log = stack.bus.add_service(NAME, ["/usr/bin/env", *words, PYTHON, str(SCRIPT)])
        self.rauc = stack.stop_at_end(Child(
            ["rauc", "service", f"--conf={self.folder}/system.conf", f"--mount={self.folder}/mount", "--override-boot-slot=A"],
            stack.directory / "rauc.log", stack.env))
        stack.client.wait(lambda: stack.client.owner("de.pengutronix.rauc"), "RAUC")

    def fetch(self, url: str) -> None:
        done = subprocess.run([PYTHON, SCRIPT, url], env=self.env, capture_output=True, text=True, check=False,
                              timeout=patience(30))
        assert done.returncode == 0, done.stderr

    def wait_log(self, text: str) -> None:
        self.stack.client.wait(lambda: self.log.exists() and text in self.log.read_text(), f"the service to say '{text}'", 40)

    def slot_b(self) -> bytes:
        return pathlib.Path(self.folder / "b").read_bytes()


@pytest.fixture
def device(stack):
    needs_typelib()
    for tool in ("rauc", "mksquashfs", "openssl"):
        needs(tool)
    if os.geteuid() != 0:
        pytest.skip("RAUC needs root")
    return Device(stack)


def test_a_bundle_is_installed_by_the_service_that_the_bus_starts(device):
    server = device.stack.fault_server()
    content = device.bundle.read_bytes()
    resource = server.add("/update.raucb", content, script=Script(send=len(content) // 2, gate=True, then="finish"))
    device.fetch(server.url("/update.raucb"))
    server.wait_sent("/update.raucb", len(content) // 2)
    device.stack.kill_daemon()
    device.stack.start()
    resource.gate.set()
    device.wait_log("the update is installed")
    assert device.slot_b() == IMAGE
    device.stack.client.wait(lambda: not device.stack.manager.list(), "the end of the job")
    wait_leftovers(device.stack.client, device.folder / "fetched")


def test_a_bundle_with_a_wrong_signature_is_not_installed(device):
    server = device.stack.fault_server()
    content = bytearray(device.bundle.read_bytes())
    content[1000] ^= 1
    server.add("/update.raucb", bytes(content))
    device.fetch(server.url("/update.raucb"))
    device.wait_log("the update was not installed: ")
    assert device.slot_b() == bytes(len(IMAGE))
    device.stack.client.wait(lambda: not device.stack.manager.list(), "the end of the job")


def test_a_bundle_whose_installation_was_interrupted_is_installed_by_the_next_call(device):
    """The job has no service, as if Haulier had already told it."""
    server = device.stack.fault_server()
    server.add("/update.raucb", device.bundle.read_bytes())
    (device.folder / "fetched").mkdir(mode=0o700)
    job = device.stack.manager.create(files=[(server.url("/update.raucb"), device.folder / "fetched/update.raucb")], Resume=True,
                                      Key="rauc-update")
    job.wait_state("transferred")
    device.fetch(server.url("/update.raucb"))
    assert device.slot_b() == IMAGE
    assert not device.stack.manager.list()
    assert len(server.requests) == 1
