# SPDX-License-Identifier: LGPL-2.1-or-later
"""The clock of a testbed: a file that the daemon and its workers share, with a library that shows them another time."""

import ctypes
import datetime
import os
import pathlib
import re
import sys
import time

LIBRARY = "HAULIER_TESTBED_CLOCK_LIBRARY"
FILE = "HAULIER_TESTBED_CLOCK"
SIZE = 16  # of the file: see pushed_clock.c
LONGEST = datetime.timedelta(days=100 * 365)
UNITS = {"s": "seconds", "sec": "seconds", "min": "minutes", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
NANOSECOND = 1_000_000_000

os.environ.setdefault(LIBRARY, "/usr/libexec/haulier-testbed/pushed_clock.so")


def library() -> str:
    return os.path.abspath(os.environ[LIBRARY])


def span(text: str) -> datetime.timedelta:
    """A time such as 3h, 2d12h or "90 min"."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]+)", text)
    if not parts or re.sub(r"(\d+(?:\.\d+)?)\s*([a-z]+)|\s", "", text) or any(unit not in UNITS for _, unit in parts):
        raise ValueError(f"'{text}' is not a time such as 90s, 15min, 3h or 2d12h")
    return sum((datetime.timedelta(**{UNITS[unit]: float(number)}) for number, unit in parts), datetime.timedelta())


class PushedClock:
    """`path`: the file, which is made if it does not exist."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        if not path.exists():
            path.write_bytes(bytes(SIZE))

    def environment(self) -> dict[str, str]:
        """For programs that find the clock; those that show its time also need the library in LD_PRELOAD."""
        return {FILE: str(self.path), LIBRARY: library()}

    def ahead(self) -> float:
        """Seconds."""
        return int.from_bytes(self.path.read_bytes()[:8], sys.byteorder, signed=True) / NANOSECOND

    def time(self) -> float:
        """The date that the daemon sees, in seconds since the epoch."""
        return time.time() + self.ahead()

    def advance(self, by: datetime.timedelta) -> None:
        if by <= datetime.timedelta() or by.total_seconds() + self.ahead() > LONGEST.total_seconds():
            raise ValueError("the clock can only be pushed forward, and by at most 100 years in all")
        push = ctypes.CDLL(library()).haulier_testbed_push
        push.argtypes, push.restype = (ctypes.c_char_p, ctypes.c_int64), ctypes.c_int64
        if push(os.fsencode(self.path), by // datetime.timedelta(microseconds=1) * 1000) < 0:
            raise OSError(f"the clock of the testbed, {self.path}, cannot be written")
