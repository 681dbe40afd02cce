# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks that record what is written to them, and images of them as a power cut at any moment would have left them. Needs
root, FUSE and loop devices."""

import collections
import contextlib
import os
import pathlib
import random
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from .environment import patience, program
from .mount_namespace import Mounts
from .processes import Child

WRITE, FLUSH, MARK = range(3)
HEAD = struct.Struct("=IIQQ")  # as in recording_disk.cpp
SECTOR = 512
MAKE = {"ext4": ["mkfs.ext4", "-q", "-F", "-m", "0"], "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"]}
SMALLEST = {"ext4": 96, "xfs": 320, "btrfs": 256}  # MiB; the images are sparse


def run(*command) -> str:
    return subprocess.run([str(word) for word in command], check=True, timeout=60, capture_output=True, text=True).stdout.strip()


def make_image(path: pathlib.Path, kind: str, mebibytes: int = 0) -> pathlib.Path:
    with path.open("wb") as image:
        image.truncate(max(SMALLEST[kind], mebibytes) << 20)
    run(*MAKE[kind], path)
    return path


def copy_image(source: pathlib.Path, target: pathlib.Path) -> None:
    run("cp", "--sparse=always", source, target)


class Unsound(Exception):
    """A file system that cannot be mounted."""


class LoopMount:
    """A file as a disk, mounted in a folder."""

    def __init__(self, mounts: Mounts, image: pathlib.Path, folder: pathlib.Path):
        self.mounts, self.folder = mounts, folder
        self.device = run("losetup", "--find", "--show", image)
        try:
            mounts.device(self.device, folder)
        except subprocess.SubprocessError as error:
            self._detach()
            raise Unsound from error

    def remove(self) -> None:
        """Processes may still have files open there; see is_attached()."""
        self.mounts.unmount(self.folder)
        self._detach()

    def _detach(self) -> None:
        run("losetup", "--detach", self.device)

    def is_attached(self) -> bool:
        return pathlib.Path("/sys/block", pathlib.Path(self.device).name, "loop").exists()


class Recorder:
    """Copies of the images as disks with one record. `disks` are the files to attach loop devices to. `wait` is Bus.wait()."""

    def __init__(self, mounts: Mounts, folder: pathlib.Path, images: list[pathlib.Path], wait: Callable):
        self.mounts = mounts
        self.folder = folder / "recording"
        self.folder.mkdir()
        self.path = folder / "record"
        self.copies = [image.with_suffix(".live") for image in images]
        for image, copy in zip(images, self.copies):
            copy_image(image, copy)
        self.child = Child([program("HAULIER_RECORDING_DISK"), str(self.folder), str(self.path), *map(str, self.copies)],
                           folder / "recording-disk.log", dict(os.environ))
        wait(lambda: self.folder.is_mount() or self.child.process.poll() is not None, "the recording disk")
        assert self.child.process.poll() is None, self.child.log.read_text()
        self.disks = [self.folder / str(number) for number in range(len(images))]
        self.marks = os.open(self.folder / "marks", os.O_WRONLY | os.O_CLOEXEC)

    def mark(self, text: str) -> None:
        """Is in the record behind everything that was written before."""
        os.write(self.marks, text.encode())

    def stop(self) -> "Record":
        os.close(self.marks)
        self.mounts.unmount(self.folder)
        self.child.process.wait(patience(20))
        self.folder.rmdir()
        for copy in self.copies:
            copy.unlink()
        return Record(self.path)


@dataclass
class Entry:
    kind: int
    disk: int
    offset: int
    size: int
    place: int  # of the data in the record


class Record:
    def __init__(self, path: pathlib.Path):
        self.path = path
        self.entries: list[Entry] = []
        with path.open("rb") as file:
            while head := file.read(HEAD.size):
                self.entries.append(Entry(*HEAD.unpack(head), file.tell()))
                if self.entries[-1].kind != FLUSH:
                    file.seek(self.entries[-1].size, os.SEEK_CUR)

    def marks(self) -> list[tuple[int, str]]:
        """Place and text."""
        with self.path.open("rb") as file:
            return [(place, self._data(file, entry).decode()) for place, entry in enumerate(self.entries) if entry.kind == MARK]

    @staticmethod
    def _data(file, entry: Entry) -> bytes:
        file.seek(entry.place)
        return file.read(entry.size)

    def flushes(self) -> dict[int, int]:
        """Place, and the number of writes since the flush before on the same disk."""
        found: dict[int, int] = {}
        writes = collections.Counter()
        for place, entry in enumerate(self.entries):
            if entry.kind == WRITE:
                writes[entry.disk] += 1
            elif entry.kind == FLUSH:
                found[place] = writes.pop(entry.disk, 0)
        return found

    def cut(self, place: int, disk: int, base: pathlib.Path, image: pathlib.Path, chance: random.Random) -> str:
        """Makes `image`: `base` with everything that the disk had flushed before that place, and a random part of what it
        had not. Returns a description."""
        mine = [(number, entry) for number, entry in enumerate(self.entries[:place]) if entry.disk == disk and entry.kind != MARK]
        flushed = max((number for number, entry in mine if entry.kind == FLUSH), default=-1)
        kept = chance.choice([0, 0.1, 0.5, 0.9, 1])
        copy_image(base, image)
        loose = 0
        with self.path.open("rb") as record, image.open("r+b") as file:
            for number, entry in mine:
                if entry.kind == FLUSH:
                    continue
                data = self._data(record, entry)
                if number < flushed:
                    file.seek(entry.offset)
                    file.write(data)
                    continue
                loose += 1
                for offset, piece in pieces_left(chance, kept, data):
                    file.seek(entry.offset + offset)
                    file.write(piece)
        return f"{kept:.0%} of {loose} unflushed writes"


def pieces_left(chance: random.Random, kept: float, data: bytes) -> list[tuple[int, bytes]]:
    """What is on the disk of a write that was not flushed: all, nothing, or, of a fifth of them, some sectors."""
    if kept not in (0, 1) and chance.random() < 0.2:
        return [(start, data[start:start + SECTOR]) for start in range(0, len(data), SECTOR) if chance.random() < kept]
    return [(0, data)] if chance.random() < kept else []


def reason_to_skip(kinds: list[str]) -> str:
    """Why there can be no recording disk here; empty if there can."""
    if os.geteuid() != 0:
        return "a recording disk needs root"
    if not os.environ.get("HAULIER_RECORDING_DISK"):
        return "the recording disk was not built: libfuse3-dev is missing"
    missing = [kind for kind in kinds if not shutil.which(MAKE[kind][0])]
    if missing:
        return f"there is no mkfs for {', '.join(missing)}"
    with contextlib.suppress(OSError):
        os.close(os.open("/dev/fuse", os.O_RDWR))
        os.close(os.open("/dev/loop-control", os.O_RDWR))
        return ""
    return "there is no FUSE, or there are no loop devices"
