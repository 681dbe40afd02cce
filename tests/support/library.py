# SPDX-License-Identifier: LGPL-2.1-or-later
"""libhaulier as it was built: how programs find it, its typelib and its Python module."""

import os
import pathlib
import shutil

import pytest

from .environment import SOURCE

FOLDER = pathlib.Path(os.environ.get("HAULIER_LIBRARY", "/nowhere"))


def needs_library() -> None:
    if not FOLDER.is_dir():
        pytest.skip("libhaulier was not built")


def needs_typelib() -> None:
    needs_library()
    if not list(FOLDER.glob("*.typelib")):
        pytest.skip("libhaulier was built without introspection, as it is with sanitizers")


def needs(program: str) -> str:
    path = shutil.which(program)
    if not path:
        pytest.skip(f"there is no {program}")
    return path


def environment(stack) -> dict[str, str]:
    return stack.env | {"LD_LIBRARY_PATH": str(FOLDER), "GI_TYPELIB_PATH": str(FOLDER),
                        "PYTHONPATH": str(SOURCE / "libhaulier" / "python")}
