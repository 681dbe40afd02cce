# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules of the extension, in Node.js with a fake browser."""

import pytest

from support.environment import TESTS
from support.node import run_tests

FILES = sorted((TESTS / "browser/logic").glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name.partition(".")[0])
def test_in_node(file):
    run_tests(file)
