# SPDX-License-Identifier: LGPL-2.1-or-later
"""What meson tells the tests through environment variables: where the programs are, and how far to stretch deadlines."""

import os
import pathlib

SOURCE = pathlib.Path(os.environ.get("HAULIER_SOURCE", pathlib.Path(__file__).parents[2]))
TESTS = SOURCE / "tests"
EXAMPLES = SOURCE / "examples"

PYTHON = "/usr/bin/python3"  # the distribution's own: gi and dbus are its packages


def program(variable: str) -> str:
    """Path of a program under test, from the environment variable that meson sets."""
    path = os.environ.get(variable)
    if not path:
        raise RuntimeError(f"{variable} is not set: run the tests with meson, or set it to the built program")
    return os.path.abspath(path)


def patience(seconds: float) -> float:
    """A deadline, stretched for slow builds (sanitizers, valgrind) by HAULIER_TEST_SLOW."""
    return seconds * float(os.environ.get("HAULIER_TEST_SLOW", "1"))


def stretched(seconds: float) -> str:
    """A time-out for Haulier's configuration, stretched likewise."""
    return f"{round(patience(seconds) * 1000)}ms"


def is_sanitized() -> bool:
    """Whether the programs under test were built with sanitizers."""
    return os.environ.get("HAULIER_TEST_SANITIZED") == "yes"


def most_memory(count: int) -> int:
    """A limit in bytes, larger for AddressSanitizer, which keeps a quarter of a gigabyte of freed memory."""
    return count * (16 if is_sanitized() else 1)
