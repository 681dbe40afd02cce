# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules of the page that have nothing to do with a browser, in Node.js."""

import pytest

from support.environment import TESTS
from support.node import run_tests

FILES = sorted((TESTS / "cockpit/logic").glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name.partition(".")[0])
def test_in_node(file):
    run_tests(file)
