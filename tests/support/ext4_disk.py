# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small ext4 file system that can fail: from then on each access is EIO, until it is mounted again. Needs root."""

import fcntl
import os
import pathlib
import struct
import subprocess

from .mount_namespace import Mounts

EXT4_IOC_SHUTDOWN = 0x8004587D
WITHOUT_LOG = 2


class Ext4Disk:
    def __init__(self, mounts: Mounts, folder: pathlib.Path, mebibytes: int = 32):
        self.mounts, self.folder = mounts, folder
        self.image = folder.with_name(folder.name + ".image")
        with self.image.open("wb") as image:
            image.truncate(mebibytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", str(self.image)], check=True, timeout=60)
        folder.mkdir(exist_ok=True)
        self._attach()
        self.mount()

    def _attach(self) -> None:
        made = subprocess.run(["losetup", "--find", "--show", str(self.image)], check=True, timeout=20, capture_output=True, text=True)
        self.device = made.stdout.strip()

    def detach(self) -> None:
        """As soon as the last process has closed its last file there."""
        subprocess.run(["losetup", "--detach", self.device], check=True, timeout=20)

    def mount(self) -> None:
        self.mounts.device(self.device, self.folder)
        self.folder.chmod(0o700)

    def unmount(self) -> None:
        self.mounts.unmount(self.folder)

    def remove(self) -> None:
        if self.folder.is_mount():
            self.unmount()
        self.detach()

    def fail(self) -> None:
        """As if the disk had been pulled out."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_LOG))
        os.close(descriptor)

    def abort(self) -> None:
        """As after an error in the file system itself: it is read-only from then on."""
        self.mounts.remount(self.folder, "abort")

    def replace(self) -> None:
        """After fail(): the same content on a sound device. Processes may still have files of the old one open."""
        self.unmount()
        self.detach()
        self._attach()
        self.mount()

    def fill(self) -> pathlib.Path:
        """Fills it to the last block; returns the file to delete."""
        path = self.folder / "filler"
        with path.open("wb", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue
        return path
