# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random tests that can be repeated: the seed is printed, and set with HAULIER_TEST_SEED. HAULIER_TEST_ROUNDS makes them
longer, as tools/campaign does."""

import os
import random
import time

from support.environment import is_sanitized


def seeded() -> random.Random:
    seed = int(os.environ.get("HAULIER_TEST_SEED", time.time_ns() % 1_000_000))
    print(f"seed {seed}; repeat with HAULIER_TEST_SEED={seed}")
    return random.Random(seed)


def rounds(short: int) -> int:
    """How many rounds to run; `short` in tools/test."""
    return int(os.environ.get("HAULIER_TEST_ROUNDS", short))


def fewer(count: int) -> int:
    """A third of them under sanitizers, for what the plain build tries as often as is wanted."""
    return max(1, count // 3) if is_sanitized() else count


def is_campaign() -> bool:
    """Run by tools/campaign, which has time."""
    return "HAULIER_TEST_ROUNDS" in os.environ


def some(everything: list[str] | dict, *representatives: str) -> list[str]:
    """All of them in a campaign, and the representatives in tools/test."""
    return list(everything) if is_campaign() else list(representatives)
