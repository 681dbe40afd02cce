# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mounts that only the test's own thread and the processes that it starts see."""

import os
import pathlib
import subprocess

from .network_namespace import LIBC, raise_errno

CLONE_NEWNS = 0x00020000


class Mounts:
    """A mount namespace. Needs root."""

    def __init__(self):
        self._home = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        self._folder = os.getcwd()
        if LIBC.unshare(CLONE_NEWNS) != 0:
            os.close(self._home)
            raise_errno("no mount namespace")
        self._mount("--make-rprivate", "/")

    @staticmethod
    def _mount(*words) -> None:
        subprocess.run(["mount", *map(str, words)], check=True, timeout=20)

    def tmpfs(self, folder: pathlib.Path, *options: str) -> None:
        self._mount("-t", "tmpfs", *(("-o", ",".join(options)) if options else ()), "none", folder)

    def remount(self, folder: pathlib.Path, *options: str) -> None:
        self._mount("-o", ",".join(["remount", *options]), folder)

    def device(self, device: str, folder: pathlib.Path) -> None:
        self._mount(device, folder)

    def bind(self, source: pathlib.Path, target: pathlib.Path) -> None:
        self._mount("--rbind", source, target)

    @staticmethod
    def unmount(folder: pathlib.Path) -> None:
        """Also works if a process has a file open there, which that process keeps."""
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=20)

    def leave(self) -> None:
        LIBC.setns(self._home, CLONE_NEWNS)
        os.close(self._home)
        os.chdir(self._folder)
