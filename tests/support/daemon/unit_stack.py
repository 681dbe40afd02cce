# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system instance with workers that are started by a systemd, as when it is installed."""

import os
import pathlib
from collections.abc import Callable

from ..bus.fake_systemd import FakeSystemd
from .system_stack import SystemStack


class UnitStack(SystemStack):
    def daemon_command(self) -> list[str]:
        return [word for word in super().daemon_command() if not word.startswith("--worker=")]

    def systemd(self, judge: Callable[[str], str] = lambda _: "done") -> FakeSystemd:
        return self.stop_at_end(FakeSystemd(self, judge))

    @property
    def worker_socket(self) -> pathlib.Path:
        return self.runtime / "worker.socket"

    def folder_of(self, uid: int) -> pathlib.Path:
        folder = self.directory / f"files-of-{uid}"
        folder.mkdir()
        os.chown(folder, uid, uid)
        return folder
