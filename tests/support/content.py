# SPDX-License-Identifier: LGPL-2.1-or-later
"""Content for the files that tests transfer."""

import random


def body(size: int, seed: int = 1) -> bytes:
    """Random bytes that are the same for the same seed; no two blocks are alike."""
    return random.Random(seed).randbytes(size)
