# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real packages for an upgrade: which files, and a repository and an apt that have them."""

import pathlib
import shutil
import sys

import apt_inst
import apt_pkg

from support.apt_mirror import Apt, Mirror, stanza


def chosen(folder: pathlib.Path, largest: int, count: int) -> list[pathlib.Path]:
    """Files of at most so many bytes, spread evenly over the names."""
    files = sorted(file for file in folder.glob("*.deb") if file.stat().st_size <= largest)
    if not files:
        sys.exit(f"'{folder}' has no such packages")
    return [files[n * len(files) // count] for n in range(count)]


def fields_of(file: pathlib.Path, known: set[str]) -> dict[str, str]:
    """The entry in the lists, with a name that is not known yet."""
    control = apt_pkg.TagSection(apt_inst.DebFile(str(file)).control.extractdata("control"))
    fields = {name: control[name] for name in ("Package", "Version", "Architecture")}
    while fields["Package"] in known:
        fields["Package"] += "-again"
    known.add(fields["Package"])
    return fields


def fill(mirror: Mirror, apt: Apt, files: list[pathlib.Path]) -> int:
    """An older version of each package is installed. Dependencies are left out, so that any choice can be upgraded."""
    entries, bytes_in_all, known = [], 0, set()
    (mirror.folder / "pool").mkdir()
    for file in files:
        fields = fields_of(file, known)
        path = mirror.folder / "pool" / f"{fields['Package']}_{fields['Architecture']}.deb"
        shutil.copy(file, path)
        mirror.add(path, fields)
        bytes_in_all += path.stat().st_size
        entries.append(stanza(fields | {"Status": "install ok installed", "Version": "0~0", "Maintainer": "x <x@example.org>",
                                        "Description": "x"}))
    (apt.folder / "var/lib/dpkg/status").write_text("\n".join(entries))
    mirror.publish()
    return bytes_in_all
