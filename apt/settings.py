# SPDX-License-Identifier: LGPL-2.1-or-later
"""The settings below APT::Haulier in apt.conf, and where apt keeps its files."""

from __future__ import annotations

import fcntl
import os
import stat
import struct

import apt_pkg

USER = "_apt"
NAME, PATH = "org.haulier.Apt1", "/org/haulier/Apt1"  # of the service that delivers
KEY = "haulier-apt:"  # the keys of our jobs begin with it
FLOCK = "hhqqi"  # the fields of struct flock


def is_enabled() -> bool:
    return apt_pkg.config.find_b("APT::Haulier::Enable", True)


def is_full() -> bool:
    return apt_pkg.config.find("APT::Haulier::Upgrade", "full-upgrade") in ("full-upgrade", "dist-upgrade")


def policies() -> dict[str, str]:
    """When our jobs may run, as properties of Haulier's jobs."""
    return {"Priority": apt_pkg.config.find("APT::Haulier::Priority", "low"),
            "NetworkCost": apt_pkg.config.find("APT::Haulier::NetworkCost", "standard"),
            "PowerPolicy": apt_pkg.config.find("APT::Haulier::PowerPolicy", "no-saver")}


def staging_folder() -> str:
    """Where the user of apt's methods lets Haulier put files."""
    return apt_pkg.config.find("APT::Haulier::Directory", "/var/cache/haulier-apt")


def archives_folder() -> str:
    return apt_pkg.config.find_dir("Dir::Cache::archives")


def has_size(folder: str, name: str, size: int) -> bool:
    """Whether there is a regular file of this name and size."""
    try:
        found = os.stat(os.path.join(folder, name), follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == size


def is_locked(path: str) -> bool:
    """Whether another process has apt's lock on this file. It is not taken, because apt fails at once if it cannot get it."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        asked = struct.pack(FLOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
        return struct.unpack(FLOCK, fcntl.fcntl(fd, fcntl.F_GETLK, asked))[0] != fcntl.F_UNLCK
    finally:
        os.close(fd)
