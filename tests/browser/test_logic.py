# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules of the extension, in Node.js with a fake browser."""

import subprocess

import pytest

from support.environment import TESTS, patience

FILES = sorted((TESTS / "browser/logic").glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name.partition(".")[0])
def test_in_node(file):
    done = subprocess.run(["node", "--test", "--test-reporter=tap", file], capture_output=True, text=True, check=False, timeout=patience(30))
    print(done.stdout)
    assert done.returncode == 0 and "# fail 0" in done.stdout
