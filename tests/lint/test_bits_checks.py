# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/bits-checks.md and the tests that it names are in step."""

import re

from support.environment import SOURCE

ROW = re.compile(r"^\| ((?:W-[A-Z]+|D)-\d+) \| (.+?) \| (.+) \|$", re.M)
TEST = re.compile(r"^def test_(W_[A-Z]+|D)_(\d+)(?:_(?:to|and)_(\d+))?_\w+\(", re.M)


def rows_with_tests() -> dict[str, set[str]]:
    """Row → files with a test that has its id."""
    found: dict[str, set[str]] = {}
    for file in (SOURCE / "tests").glob("*/test_*.py"):
        for kind, first, last in TEST.findall(file.read_text()):
            for number in range(int(first), int(last or first) + 1):
                found.setdefault(f"{kind.replace('_', '-')}-{number}", set()).add(str(file.relative_to(SOURCE)))
    return found


def test_every_row_has_its_test_or_a_reason():
    rows = {row: (what, where) for row, what, where in ROW.findall((SOURCE / "docs/bits-checks.md").read_text())}
    assert len([r for r in rows if r.startswith("D-")]) == 40 and len(rows) == 93
    tests = rows_with_tests()
    for row, (what, where) in rows.items():
        if what == "not applicable":
            assert row not in tests and len(where) > 20, row
        else:
            assert set(re.findall(r"`(.+?)`", where)) == tests.get(row), row
    assert set(tests) <= set(rows)
