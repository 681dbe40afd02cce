# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/sysupdate with the real systemd-sysupdate, which is part of Debian 13: an image is fetched through Haulier, verified,
and installed from the directory into which it was fetched."""

import hashlib
import lzma
import os
import pathlib
import shutil
import struct
import subprocess
import uuid
import zlib

import pytest

from support.content import body
from support.environment import EXAMPLES, patience, program
from support.library import needs
from support.processes import Child
from support.servers.response_script import Script
from support.signing_key import SigningKey

TRANSFER = """[Source]
Type=regular-file
Path={folder}/stage
MatchPattern=image_@v.raw.xz
[Target]
Type=regular-file
Path={folder}/installed
MatchPattern=image_@v.raw
InstancesMax=2
"""
IN_PARTITION = """[Source]
Type=regular-file
Path={folder}/stage
MatchPattern=image_@v.raw.xz
[Target]
Type=partition
Path={folder}/disk
MatchPattern=image_@v
MatchPartitionType=root-x86-64
"""
IMAGE = body(300_000)
SECTOR, FIRST, SECTORS = 512, 2048, 8192  # where the first partition is, and the size of each


def disk_with_partitions(names: list[str]) -> bytes:
    """A GPT whose partitions are for a root file system."""
    root = uuid.UUID("4f68bce3-e8cd-4db1-96e7-fbcaf984b709").bytes_le
    end = FIRST + len(names) * SECTORS + 40

    def entry(number: int, name: str) -> bytes:
        first = FIRST + number * SECTORS
        return (root + uuid.uuid4().bytes_le + struct.pack("<QQQ", first, first + SECTORS - 1, 0)
                + name.encode("utf-16-le").ljust(72, b"\0"))

    entries = b"".join(entry(*one) for one in enumerate(names)).ljust(128 * 128, b"\0")
    own = uuid.uuid4().bytes_le

    def header(here: int, other: int, table: int) -> bytes:
        made = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, here, other, 34, end - 34, own, table, 128, 128,
                           zlib.crc32(entries))
        return made[:16] + struct.pack("<I", zlib.crc32(made)) + made[20:]

    disk = bytearray(end * SECTOR)
    disk[446:462] = bytes([0, 0, 2, 0, 0xEE, 255, 255, 255]) + struct.pack("<II", 1, end - 1)
    disk[510:512] = b"\x55\xaa"
    for place, content in ((1, header(1, end - 1, 2)), (2, entries), (end - 33, entries), (end - 1, header(end - 1, 1, end - 33))):
        disk[place * SECTOR:place * SECTOR + len(content)] = content
    return bytes(disk)


def packed(image: bytes) -> bytes:
    return lzma.compress(image)


class Publisher:
    """Images of several versions, and a signed list of their checksums."""

    def __init__(self, stack):
        for tool in ("gpg", "gpgv"):
            needs(tool)
        self.server = stack.fault_server()
        self.key = SigningKey(stack.directory / "keys")
        self.keyring = self.key.home / "public.gpg"
        self.keyring.write_bytes(self.key.public())
        self.files: dict[str, bytes] = {}

    def publish(self, version: str, image: bytes, script: Script | None = None) -> None:
        self.files[f"image_{version}.raw.xz"] = packed(image)
        self.put(f"/image_{version}.raw.xz", packed(image), script)
        sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in self.files.items()).encode()
        self.put("/SHA256SUMS", sums)
        self.put("/SHA256SUMS.gpg", self.key.sign(sums, "--detach-sign"))

    def put(self, path: str, content: bytes, script: Script | None = None) -> None:
        self.server.resources.pop(path, None)
        self.server.add(path, content, script=script or Script())

    def close(self) -> None:
        self.key.close()


@pytest.fixture
def publisher(stack):
    made = Publisher(stack)
    yield made
    made.close()


class Device:
    """What the example does on it, with the daemon of the session."""

    def __init__(self, stack, publisher):
        self.stack, self.publisher, self.folder = stack, publisher, stack.directory / "device"
        for name in ("stage", "installed", "definitions"):
            (self.folder / name).mkdir(parents=True)
        self.define(TRANSFER)
        self.script = self.folder / "stage-update"
        text = (EXAMPLES / "sysupdate/stage-update").read_text()
        assert text.count("haulierctl --system") == 1
        self.script.write_text(text.replace("haulierctl --system", "haulierctl"))
        tools = pathlib.Path(program("HAULIERCTL")).parent
        self.env = stack.env | {"PATH": f"{tools}:{os.environ['PATH']}", "KEYRING": str(publisher.keyring)}
        self.command = ["sh", str(self.script), publisher.server.url("/"), str(self.folder / "stage"), "image_@v.raw.xz"]

    def define(self, transfer: str) -> None:
        (self.folder / "definitions/50-image.transfer").write_text(transfer.format(folder=self.folder))

    def stage(self, code: int = 0) -> str:
        done = subprocess.run(self.command, env=self.env, capture_output=True, text=True, check=False, timeout=patience(60))
        assert done.returncode == code or (code and done.returncode), done.stderr
        return done.stderr

    def staged(self) -> list[str]:
        """What systemd-sysupdate could take for an image."""
        return sorted(path.name for path in (self.folder / "stage").iterdir() if not path.name.startswith(("SHA256SUMS", ".")))

    def update(self) -> None:
        sysupdate = shutil.which("systemd-sysupdate", path=os.environ["PATH"] + ":/usr/lib/systemd")
        if not sysupdate:
            pytest.skip("there is no systemd-sysupdate, which Debian has since version 13")
        done = subprocess.run([sysupdate, f"--definitions={self.folder}/definitions", "--sync=no", "update"], capture_output=True,
                              text=True, check=False, timeout=patience(60))
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def device(stack, publisher):
    return Device(stack, publisher)


def test_the_newest_image_is_fetched_and_installed(device):
    device.publisher.publish("9", body(1000))
    device.publisher.publish("10", IMAGE)
    device.stage()
    assert device.staged() == ["image_10.raw.xz"]
    device.update()
    assert (device.folder / "installed/image_10.raw").read_bytes() == IMAGE
    newer = body(200_000)
    device.publisher.publish("11", newer)
    device.stage()
    device.update()
    assert (device.folder / "installed/image_11.raw").read_bytes() == newer
    assert sorted(path.name for path in (device.folder / "installed").iterdir()) == ["image_10.raw", "image_11.raw"]


def test_an_image_is_installed_into_a_partition(device):
    disk = device.folder / "disk"
    disk.write_bytes(disk_with_partitions(["image_9", "_empty"]))
    device.define(IN_PARTITION)
    device.publisher.publish("10", IMAGE)
    device.stage()
    device.update()
    content = disk.read_bytes()
    place = (FIRST + SECTORS) * SECTOR
    assert content[place:place + len(IMAGE)] == IMAGE
    assert "image_10".encode("utf-16-le") in content[2 * SECTOR:34 * SECTOR]


def test_only_the_newest_image_is_kept_and_none_is_fetched_twice(device):
    (device.folder / "stage/notes.txt").write_text("not an image")
    for version in ("9", "10"):
        device.publisher.publish(version, body(1000))
        device.stage()
        assert device.staged() == [f"image_{version}.raw.xz", "notes.txt"]
    device.stage()
    assert [len(device.publisher.server.of(f"/image_{version}.raw.xz")) for version in ("9", "10")] == [1, 1]


def test_a_run_that_is_interrupted_is_continued(device):
    half = len(packed(IMAGE)) // 2
    device.publisher.publish("1", IMAGE, script=Script(send=half, gate=True, then="finish"))
    server = device.publisher.server
    first = Child(device.command, device.folder / "first.log", device.env)
    server.wait_sent("/image_1.raw.xz", half)
    first.process.kill()
    first.process.wait()
    device.stack.kill_daemon()
    server.resources["/image_1.raw.xz"].gate.set()
    device.stage()
    assert device.staged() == ["image_1.raw.xz"]
    assert (device.folder / "stage/image_1.raw.xz").read_bytes() == packed(IMAGE)
    assert device.stack.manager.list() == []


def test_what_is_not_signed_or_not_in_the_list_is_not_fetched(device):
    assert "404" in device.stage(code=1)
    device.publisher.publish("1", IMAGE)
    device.publisher.put("/SHA256SUMS", hashlib.sha256(b"other").hexdigest().encode() + b"  image_2.raw.xz\n")
    assert "BAD signature" in device.stage(code=1)
    assert device.staged() == []
    device.publisher.publish("1", IMAGE)
    device.publisher.put("/image_1.raw.xz", packed(IMAGE)[:-1] + b"x")
    assert "checksum" in device.stage(code=1)
    assert device.staged() == []
    device.command[-1] = "disk_@v.raw"
    assert "no file with a name such as disk_@v.raw" in device.stage(code=1)
