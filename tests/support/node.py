# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of modules in JavaScript, in Node.js."""

import pathlib
import subprocess

from .environment import patience


def run_tests(file: pathlib.Path) -> None:
    done = subprocess.run(["node", "--test", "--test-reporter=tap", file], capture_output=True, text=True, check=False, timeout=patience(30))
    print(done.stdout)
    assert done.returncode == 0 and "# fail 0" in done.stdout
