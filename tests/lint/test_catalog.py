# SPDX-License-Identifier: LGPL-2.1-or-later
"""The message catalogue is complete in itself, and systemd can read it. A unit test of the daemon compares it with what is
logged."""

import re
import shutil
import subprocess

import pytest

from support.environment import SOURCE

CATALOG = SOURCE / "systemd/haulier.catalog"


def entries() -> dict[str, tuple[list[str], str]]:
    """Id → headers and text."""
    parts = re.split(r"^-- ([0-9a-f]{32})$", CATALOG.read_text(), flags=re.M)
    return {message: (head.strip().split("\n"), text.strip())
            for message, body in zip(parts[1::2], parts[2::2]) for head, _, text in [body.partition("\n\n")]}


@pytest.mark.parametrize("message", entries())
def test_each_text_is_whole(message):
    head, text = entries()[message]
    names = [line.partition(":")[0] for line in head]
    assert names[:2] == ["Subject", "Defined-By"] and set(names[2:]) == {"Documentation"}
    assert text.endswith(".") and max(map(len, text.split("\n"))) < 90
    for page, section in re.findall(r"^Documentation: man:([\w.-]+)\((\d)\)$", "\n".join(head), re.M):
        assert (SOURCE / f"docs/man/{page}.{section}.scd").exists(), page


def test_systemd_can_read_the_catalogue(tmp_path):
    if not shutil.which("journalctl"):
        pytest.skip("there is no journalctl")
    for folder in ("usr/lib/systemd/catalog", "var/lib/systemd/catalog"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(CATALOG, tmp_path / "usr/lib/systemd/catalog")
    journalctl = ["journalctl", f"--root={tmp_path}"]
    done = subprocess.run([*journalctl, "--update-catalog"], capture_output=True, text=True, check=True)
    assert not done.stderr
    listed = subprocess.run([*journalctl, "--list-catalog"], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in listed.splitlines()} == set(entries())
