# SPDX-License-Identifier: LGPL-2.1-or-later
"""Assertions that many tests share."""

import hashlib
import pathlib

import pytest

from .dbus_client import Bus, BusError


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def holds(path: pathlib.Path, content: bytes) -> bool:
    return path.read_bytes() == content


def assert_file(path: pathlib.Path, content: bytes) -> None:
    assert path.is_file(), f"{path.name} is missing; there are {leftovers(path.parent)}"
    assert sha256(path.read_bytes()) == sha256(content), f"{path.name} has different content ({path.stat().st_size})"


def leftovers(folder: pathlib.Path) -> list[str]:
    """All files and folders in the folder, including hidden ones."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def wait_leftovers(bus: Bus, folder: pathlib.Path, *names: str) -> None:
    """Waits until the folder holds these and nothing else. Workers delete the temporary files of a job after its end was
    announced; only the replies to Cancel and Complete come when that is done."""
    bus.wait(lambda: leftovers(folder) == sorted(names), f"{folder} to hold {sorted(names) or 'nothing'}")


def part_files(folder: pathlib.Path) -> list[str]:
    return [name for name in leftovers(folder) if ".haulier-" in name]


def assert_kept_without_a_request(job, server, target: pathlib.Path, content: bytes) -> None:
    """With Existing "keep": while the target exists, nothing of /file is requested; afterwards it arrives."""
    target.write_text("mine")
    job.resume()
    job.wait_state("error", unless=())
    assert job.get("Error")[:2] == ("local-file", "file-exists")
    assert server.of("/file") == [], "the server was asked for nothing"
    target.unlink()
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(target, content)


def refused(*names: str):
    """Expects the call to fail with one of these errors of Haulier."""
    return pytest.raises(BusError, match=r"^(" + "|".join(names) + r"): .*\S")
