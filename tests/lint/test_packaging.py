# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the Debian packaging says agrees with the rest of the tree."""

import re
import subprocess

import pytest

from support.environment import SOURCE

DEBIAN = SOURCE / "packaging" / "debian"
SCRIPTS = {"bash": [SOURCE / "packaging" / "configure", *(SOURCE / "tools").glob("[a-z]*"), SOURCE / "tools/lib/common.sh"],
           "sh": [*DEBIAN.glob("*.p*inst"), *DEBIAN.glob("*.p*rm"), *(SOURCE / "examples" / "shell").glob("*.sh"),
                  *(path for path in (DEBIAN / "tests").iterdir() if path.name != "control")]}


def test_the_changelog_has_the_version_of_the_tree():
    version = re.search(r"^  version: '([^']+)'", (SOURCE / "meson.build").read_text(), flags=re.M)[1]
    assert (DEBIAN / "changelog").read_text().startswith(f"haulier ({version}) ")


def test_tools_deps_installs_what_a_build_of_the_packages_needs():
    field = re.search(r"^Build-Depends:\n((?: .*\n)+)", (DEBIAN / "control").read_text(), flags=re.M)[1]
    needed = {tuple(re.findall(r"(?:^|\| )([a-z0-9][a-z0-9+.-]+)", line.strip())) for line in field.splitlines()}
    assert ("systemd-dev", "systemd") in needed and ("scdoc",) in needed
    listed = set(re.findall(r"^(?:build|package)\s+(\S+)", (SOURCE / "tools" / "deps").read_text(), flags=re.M))
    # debhelper itself, and a part of gobject-introspection.
    by_others = {"debhelper-compat", "dh-sequence-gir", "dh-sequence-installsysusers"}
    assert not [names for names in needed if not listed.intersection(names) and not by_others.intersection(names)]


def test_every_override_of_lintian_has_its_reason():
    for path in DEBIAN.glob("*.lintian-overrides"):
        blocks = path.read_text().strip().split("\n\n")
        assert all(block.startswith("# ") for block in blocks), path.name


@pytest.mark.parametrize("shell", SCRIPTS)
def test_scripts_can_be_parsed(shell):
    scripts = [path for path in SCRIPTS[shell] if path.is_file()]
    assert len(scripts) >= 4
    for script in scripts:
        subprocess.run([shell, "-n", script], check=True)
