# SPDX-License-Identifier: LGPL-2.1-or-later
"""Brings files from the staging folder, which belongs to the user of apt's methods, into apt's cache, which belongs to root.

apt does not look at the content of a file in its cache that has the right size. Whatever the owner of the staging folder does,
only content that matches apt's signed lists may therefore get there. So the content is read once and written to a file that
belongs to root from the beginning, and the checksum is that of the bytes that were written. That file is in the cache itself,
where only root can replace it: `partial/` belongs to the user of apt's methods."""

from __future__ import annotations

import collections
import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator

import settings
from archives import Archive

BLOCK = 128 << 10  # fits into the caches of the processor
GROUP_BYTES = 256 << 20  # copies of this size are synced together
COPY = ".haulier-apt."  # how the names of copies begin; apt-get clean deletes them as well
MODE = 0o644


class Busy(Exception):
    """apt uses its cache or its lists, so this has to be done later."""


class Unsafe(Exception):
    """The staged file is not what the lists say."""


class Cache:
    """apt's folder archives/. `lists_lock`: the file that apt locks while it updates its lists."""

    def __init__(self, folder: str, lists_lock: str):
        self.fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.lists_lock = lists_lock
        found = os.fstat(self.fd)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
            raise PermissionError(errno.EPERM, f"'{folder}' can be changed by other users")

    def close(self) -> None:
        os.close(self.fd)

    def check_lists(self) -> None:
        """Raises Busy while an update is replacing the lists."""
        if settings.is_locked(self.lists_lock):
            raise Busy("an update of the lists is in progress")

    def check_unused(self) -> None:
        """Raises Busy if apt holds its lock now. Otherwise nothing could be published, and the copies would be in vain."""
        if settings.is_locked(f"/proc/self/fd/{self.fd}/lock"):
            raise Busy("apt uses its cache")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds apt's own lock, as briefly as possible, because apt fails at once if it cannot get it."""
        fd = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640, dir_fd=self.fd)
        with contextlib.closing(os.fdopen(fd, "rb+")):
            try:
                fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Busy("apt uses its cache") from None
            yield

    def remove_copies(self) -> None:
        """Removes copies that a killed run has left."""
        for name in os.listdir(self.fd):
            if name.startswith(COPY):
                _unlink(name, self.fd)

    def sync(self) -> None:
        if ctypes.CDLL(None, use_errno=True).syncfs(self.fd) != 0:
            raise OSError(ctypes.get_errno(), "apt's cache cannot be synced")


class Staging:
    """The folder of the files that have arrived."""

    def __init__(self, folder: str):
        self.fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)

    def close(self) -> None:
        os.close(self.fd)

    def names(self) -> set[str]:
        """All files except Haulier's temporary files, which Haulier deletes itself."""
        return {name for name in os.listdir(self.fd) if not name.startswith(".")}

    def remove(self, name: str) -> None:
        try:
            _unlink(name, self.fd)
        except (IsADirectoryError, PermissionError):
            print(f"{name!a} is a directory and stays in the staging folder", flush=True)

    def open(self, archive: Archive) -> int:
        """Opens a staged file without waiting and without following links, or raises Unsafe."""
        try:
            fd = os.open(archive.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, dir_fd=self.fd)
        except OSError as error:
            raise Unsafe(f"it cannot be opened: {error.strerror}") from None
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_size != archive.size:
            os.close(fd)
            raise Unsafe("it is not a file of the size in the lists")
        return fd


def _unlink(name: str, folder: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def copied(archive: Archive, source: int, target: int) -> None:
    """Copies the content if it has the right size and checksum; otherwise raises Unsafe."""
    kind, _, expected = archive.checksum.partition(":")
    digest, left = hashlib.new(kind), archive.size
    buffer = memoryview(bytearray(min(BLOCK, left)))
    while left and (count := os.readv(source, [buffer[:left]])):
        block = buffer[:count]
        digest.update(block)
        left -= count
        while block:
            block = block[os.write(target, block):]
    if left or digest.hexdigest() != expected:
        raise Unsafe("its content is not what the lists say")


def _create(name: str, cache: Cache) -> int:
    try:
        _unlink(name, cache.fd)
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=cache.fd)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise Unsafe("its name is too long") from None


def _copy(archive: Archive, staging: Staging, cache: Cache) -> str:
    """Returns the name of the copy."""
    source = staging.open(archive)
    with contextlib.closing(os.fdopen(source, "rb", buffering=0)):
        name = COPY + archive.name
        target = _create(name, cache)
        with contextlib.closing(os.fdopen(target, "wb", buffering=0)):
            try:
                copied(archive, source, target)
            except BaseException:
                _unlink(name, cache.fd)
                raise
            os.fchmod(target, MODE)
            os.posix_fadvise(target, 0, 0, os.POSIX_FADV_DONTNEED)  # the disk writes this copy while the next one is made
    return name


def deliver(wanted: list[Archive], staging: Staging, cache: Cache) -> int:
    """Moves what is staged and wanted into the cache, and deletes what is staged and not wanted. Returns how many files were
    delivered. Raises Busy if apt uses its cache; what was not delivered is still staged then."""
    here = staging.names()
    for name in here - {archive.name for archive in wanted}:
        staging.remove(name)
    cache.remove_copies()
    left = collections.deque(each for each in wanted if each.name in here)
    delivered = 0
    while left:
        delivered += _deliver_group(left, staging, cache)
    return delivered


def _deliver_group(left: collections.deque[Archive], staging: Staging, cache: Cache) -> int:
    """Delivers the first ones of those that are left."""
    cache.check_unused()
    copies: dict[str, str] = {}
    try:
        _copy_group(left, copies, staging, cache)
        cache.sync()
        return _publish(copies, cache, staging)
    finally:
        for copy in copies.values():
            _unlink(copy, cache.fd)


def _copy_group(left: collections.deque[Archive], copies: dict[str, str], staging: Staging, cache: Cache) -> None:
    """On a disk or a quota that becomes full, the group ends early, because there is room again after its delivery."""
    copied_bytes = 0
    while left and copied_bytes < GROUP_BYTES:
        archive = left[0]
        try:
            copies[archive.name] = _copy(archive, staging, cache)
            copied_bytes += archive.size
        except Unsafe as error:
            print(f"{archive.name!a} is not delivered: {error}", flush=True)
            staging.remove(archive.name)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not copies:
                raise
            return
        left.popleft()


def _publish(copies: dict[str, str], cache: Cache, staging: Staging) -> int:
    """apt-get clean may have deleted copies meanwhile. Their files are still staged, and are delivered next time."""
    published = []
    with cache.locked():
        for name, copy in copies.items():
            with contextlib.suppress(FileNotFoundError):
                os.rename(copy, name, src_dir_fd=cache.fd, dst_dir_fd=cache.fd)
                published.append(name)
    os.fsync(cache.fd)
    for name in published:
        staging.remove(name)
    if len(published) < len(copies):
        raise Busy("apt's cache was cleaned meanwhile")
    return len(published)
