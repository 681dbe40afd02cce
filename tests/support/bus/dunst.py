# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real dunst on a display of its own, and pictures of that."""

import json
import os
import pathlib
import select
import shutil
import struct
import subprocess
import zlib

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
SIZE = (640, 480)


def missing() -> str:
    absent = [name for name in ("Xvfb", "dunst", "dunstctl") if not shutil.which(name)]
    return f"there is no {' and no '.join(absent)}" if absent else ""


class Dunst:
    def __init__(self, stack):
        self.folder = stack.directory / "dunst"
        self.folder.mkdir()
        listening, announce = os.pipe()
        screen = f"{SIZE[0]}x{SIZE[1]}x24"
        self.display = Child(["Xvfb", "-displayfd", str(announce), "-screen", "0", screen, "-fbdir", str(self.folder), "-nolisten",
                              "tcp"], self.folder / "xvfb.log", stack.env, pass_fds=(announce,))
        os.close(announce)
        number = ""
        while not number.endswith("\n"):  # it writes the line in two parts
            ready, _, _ = select.select([listening], [], [], patience(15))
            part = os.read(listening, 16).decode() if ready else ""
            assert part, "Xvfb does not start: " + (self.folder / "xvfb.log").read_text()
            number += part
        os.close(listening)
        config = self.folder / "dunstrc"
        config.write_text(CONFIG)
        self.env = stack.env | {"DISPLAY": f":{number.strip()}"}
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

    def picture(self) -> tuple[list[bytes], int]:
        """The rows of pixels, each of four bytes, and how many pixels are not the background."""
        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, row_bytes, colours = header[0] + header[19] * 12, header[12], header[19]
        assert colours is not None and header[11] == 32, "XWD of 32 bits a pixel"
        rows = [data[start + y * row_bytes:start + y * row_bytes + SIZE[0] * 4] for y in range(SIZE[1])]
        return rows, sum(row[i:i + 3] != b"\0\0\0" for row in rows for i in range(0, len(row), 4))

    def save(self, path: pathlib.Path) -> None:
        """As PNG."""
        rows, _ = self.picture()
        raw = b"".join(b"\0" + b"".join(row[i + 2:i + 3] + row[i + 1:i + 2] + row[i:i + 1] for i in range(0, len(row), 4))
                       for row in rows)

        def chunk(kind: bytes, content: bytes) -> bytes:
            return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *SIZE, 8, 2, 0, 0, 0)) +
                         chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
