# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real dunst on a display of its own."""

import json
import shutil
import subprocess

from ..display import Display
from ..environment import patience
from ..processes import Child

CONFIG = """[global]
    width = 420
    font = Sans 11
    progress_bar = true
    icon_position = off
    notification_limit = 8
    idle_threshold = 0
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
"""


def missing() -> str:
    absent = [name for name in ("Xvfb", "dunst", "dunstctl") if not shutil.which(name)]
    return f"there is no {' and no '.join(absent)}" if absent else ""


class Dunst:
    def __init__(self, stack):
        self.folder = stack.directory / "dunst"
        self.folder.mkdir()
        self.display = Display(self.folder, stack.env, (640, 480))
        config = self.folder / "dunstrc"
        config.write_text(CONFIG)
        self.env = stack.env | {"DISPLAY": self.display.name}
        self.dunst = Child(["dunst", "-config", str(config)], self.folder / "dunst.log", self.env)
        stack.client.wait(lambda: stack.client.owner("org.freedesktop.Notifications"), "dunst")

    def stop(self) -> None:
        self.dunst.stop()
        self.display.stop()

    def ctl(self, *words: str) -> str:
        return subprocess.run(["dunstctl", *words], env=self.env, capture_output=True, text=True, check=True,
                              timeout=patience(15)).stdout

    def shown(self) -> int:
        return int(self.ctl("count", "displayed"))

    def history(self) -> list[dict[str, str]]:
        """The notices that are not shown any more, the newest first."""
        return [{key: value["data"] for key, value in entry.items()} for entry in json.loads(self.ctl("history"))["data"][0]]
