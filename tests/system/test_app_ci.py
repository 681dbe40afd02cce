# SPDX-License-Identifier: LGPL-2.1-or-later
"""The CI of an app, from nothing to green in one command: the one in docs/testing-your-app.md."""

import re
import shutil
import subprocess

import pytest

from support.environment import SOURCE


@pytest.fixture(scope="module")
def debian(containers, packages, kit):
    """A Debian without our packages, and with a repository that has them. There is no network."""
    made = containers.folder / "repository"
    made.mkdir()
    for package in packages + kit:
        shutil.copy(package, made)
    index = subprocess.run(["dpkg-scanpackages", "--multiversion", "."], cwd=made, capture_output=True, text=True, check=True)
    (made / "Packages").write_text(index.stdout)
    container = containers.bare().boot()
    shutil.copytree(made, container.root / "srv/repository")
    (container.root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/repository ./\n")
    yield container
    container.power_off()


def command() -> str:
    section = (SOURCE / "docs/testing-your-app.md").read_text().split("\n## In CI\n")[1]
    return re.search(r"(?:^    .*\n)+", section, re.MULTILINE)[0]


def test_the_tests_of_an_app_are_green(debian):
    assert debian.attempt("sh", "-c", "command -v haulier-testbed").returncode != 0
    said = debian.run("sh", "-c", command(), seconds=180)
    assert re.search(r"^=*\s*\d+ passed in", said, re.MULTILINE), said


def test_days_pass_with_the_installed_testbed(debian):
    debian.run("sh", "-euc", "apt-get update && apt-get install --yes haulier-testbed haulier-tools", seconds=180)
    debian.run("haulier-testbed", "--", "sh", "-euc", """
        cd "$HAULIER_TESTBED_DOWNLOADS"
        haulierctl add --start --key later --set NotBefore=+3d "$HAULIER_TESTBED_URL/plain" plain
        haulier-testbed advance 3d
        haulierctl wait --complete later
        test "$(wc -c <plain)" = 1000000""", seconds=120)
