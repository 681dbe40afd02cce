# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real KDE Plasma on a display of its own."""

import os
import pathlib
import shutil

from ..display import Display
from ..environment import SOURCE
from ..processes import Child

VIEWS = "org.kde.JobViewServer"
# Where the releases of Debian have them.
PROGRAMS = {
    "kactivitymanagerd": ("/usr/lib/*/libexec/kactivitymanagerd", "/usr/libexec/kactivitymanagerd"),
    "kglobalaccel": ("/usr/bin/kglobalaccel5", "/usr/lib/*/libexec/kglobalacceld"),
    "plasmashell": ("/usr/bin/plasmashell",),
}


def path_of(name: str) -> str:
    for pattern in PROGRAMS[name]:
        for path in pathlib.Path("/").glob(pattern[1:]):
            return str(path)
    return ""


def missing() -> str:
    absent = [name for name in PROGRAMS if not path_of(name)] + ([] if shutil.which("Xvfb") else ["Xvfb"])
    return f"there is no {' and no '.join(absent)}" if absent else ""


class Plasma:
    def __init__(self, stack):
        self.client = stack.client
        self.folder = stack.directory / "plasma"
        self.folder.mkdir()
        data = stack.directory / "data"
        for source, place in (("org.haulier.Transfers.desktop", "applications"), ("org.haulier.Transfers.svg", "icons/hicolor/scalable/apps")):
            (data / place).mkdir(parents=True)
            shutil.copy(SOURCE / "desktop" / source, data / place)
        self.display = Display(self.folder, stack.env, (1024, 768))
        env = stack.env | {"DISPLAY": self.display.name, "QT_QUICK_BACKEND": "software", "QT_QPA_PLATFORM": "xcb", "XDG_CURRENT_DESKTOP": "KDE",
                           "KDE_FULL_SESSION": "true", "KDE_SESSION_VERSION": "5", "XDG_DATA_DIRS": f"{data}:/usr/share",
                           "XDG_CONFIG_DIRS": "/etc/xdg", "PATH": os.environ["PATH"]}
        commands = [[path_of("kactivitymanagerd")], [path_of("kglobalaccel")], [path_of("plasmashell"), "--no-respawn"]]
        self.programs = [Child(command, self.folder / f"{pathlib.Path(command[0]).name}.log", env) for command in commands]
        self.client.wait(lambda: self.client.owner(VIEWS), "Plasma", seconds=90)
        self.settle()

    def settle(self) -> None:
        """Waits until what is to be seen does not change for a while."""
        seen = [None, 0]

        def still():
            picture = self.display.picture()
            seen[:] = (picture, seen[1] + 1) if picture == seen[0] else (picture, 0)
            return seen[1] >= 8
        self.client.wait(still, "Plasma to come to rest", seconds=60)

    def stop(self) -> None:
        for program in reversed(self.programs):
            program.process.kill()
            program.process.wait()
        self.display.stop()
