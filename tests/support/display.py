# SPDX-License-Identifier: LGPL-2.1-or-later
"""An X display without a screen, and pictures of it."""

import os
import pathlib
import select
import struct
import zlib

from .environment import patience
from .processes import Child


class Display:
    """Keeps its files in `folder`."""

    def __init__(self, folder: pathlib.Path, env: dict[str, str], size: tuple[int, int]):
        self.folder, self.size = folder, size
        self._last: list[bytes] = []
        listening, announce = os.pipe()
        # Without -noreset, it closes the connections that are being made when its last client leaves.
        self.server = Child(["Xvfb", "-noreset", "-displayfd", str(announce), "-screen", "0", f"{size[0]}x{size[1]}x24", "-fbdir",
                             str(folder), "-nolisten", "tcp"], folder / "xvfb.log", env, pass_fds=(announce,))
        os.close(announce)
        number = ""
        while not number.endswith("\n"):  # it writes the line in two parts
            ready, _, _ = select.select([listening], [], [], patience(15))
            part = os.read(listening, 16).decode() if ready else ""
            assert part, "Xvfb does not start: " + (folder / "xvfb.log").read_text()
            number += part
        os.close(listening)
        self.name = f":{number.strip()}"

    def stop(self) -> None:
        self.server.stop()

    def picture(self) -> list[bytes]:
        """The rows of pixels, each of four bytes."""
        width, height = self.size
        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, row_bytes = header[0] + header[19] * 12, header[12]
        assert header[11] == 32, "XWD of 32 bits a pixel"
        return [data[start + y * row_bytes:start + y * row_bytes + width * 4] for y in range(height)]

    def stands_still(self) -> bool:
        """Something is drawn, and nothing has changed since the last call."""
        before, self._last = self._last, self.picture()
        return before == self._last and any(map(any, self._last))

    def save(self, path: pathlib.Path) -> None:
        """As PNG."""
        raw = b"".join(b"\0" + b"".join(row[i + 2:i + 3] + row[i + 1:i + 2] + row[i:i + 1] for i in range(0, len(row), 4))
                       for row in self.picture())

        def chunk(kind: bytes, content: bytes) -> bytes:
            return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *self.size, 8, 2, 0, 0, 0)) +
                         chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
