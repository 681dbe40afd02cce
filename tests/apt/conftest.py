# SPDX-License-Identifier: LGPL-2.1-or-later
"""An apt with folders of its own, a repository for it, and the system instance of Haulier with workers of their owners."""

import os
import pathlib
import shutil
import sys
import tempfile

import pytest

from support.apt_mirror import Apt, Mirror
from support.environment import SOURCE

sys.path.insert(0, str(SOURCE / "apt"))


@pytest.fixture
def place():
    """A folder that the user of apt's methods can reach."""
    if os.geteuid() != 0:
        pytest.skip("apt's methods have a user of their own, which takes root")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hapt-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def apt(place) -> Apt:
    (place / "apt").mkdir()
    own = Apt(place / "apt")
    own.staging.chmod(0o777)  # services of the private bus lack the privilege to enter the folders of others
    return own


@pytest.fixture
def mirror(place):
    (place / "mirror").mkdir()
    own = Mirror(place / "mirror", place / "gpg")
    yield own
    own.close()
