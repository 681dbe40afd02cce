# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tus server (1.0.0, core and creation) as a rule for the fault server, with limits and deviations of its own."""

import dataclasses
from collections.abc import Callable

from .fault_server import FaultServer, Request
from .response_script import Script

PROTOCOL = {"Tus-Resumable": "1.0.0", "Tus-Version": "1.0.0", "Tus-Extension": "creation,termination"}
TOO_LARGE = Script(status=413, headers={"Connection": "close"}, early=True)


class ScriptedTus:
    """Uploads are created at /files/. `piece`: the longest body that a PATCH may have. `largest`: Tus-Max-Size. `location`:
    what the server says where an upload is; {id} stands for its number."""

    def __init__(self, server: FaultServer, piece: int | None = None, largest: int | None = None,
                 location: str = "/files/{id}"):
        self.server = server
        self.piece = piece
        self.largest = largest
        self.location = location
        self.uploads: dict[str, bytearray] = {}
        self.lengths: dict[str, int] = {}
        self.taken: list[tuple[int, int]] = []  # offset and length of each piece that was taken
        self.delays: list[float] = []  # seconds before the answers to the next pieces
        self.on_piece: Callable[[], None] = lambda: None
        server.rule = self.rule

    def url(self) -> str:
        return self.server.url("/files/")

    def of(self, method: str) -> list[Request]:
        return [request for request in self.server.requests if request.method == method]

    def answer(self, status: int, **headers) -> Script:
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return Script(status=status, headers=PROTOCOL | named, text=b"")

    def rule(self, request: Request) -> Script | None:
        if request.method == "OPTIONS":
            return self.answer(204, **({"Tus_Max_Size": self.largest} if self.largest else {}))
        if request.method == "POST":
            return self.create(request)
        upload = request.path.rpartition("/")[2]
        if upload not in self.uploads:
            return self.answer(404)
        if request.method == "HEAD":
            return self.answer(200, Upload_Offset=len(self.uploads[upload]), Upload_Length=self.lengths[upload])
        if request.method == "DELETE":
            del self.uploads[upload]
            return self.answer(204)
        if self.piece is not None and int(request.headers["content-length"]) > self.piece:
            return TOO_LARGE
        return self.take(request, upload)

    def create(self, request: Request) -> Script:
        size = int(request.headers["upload-length"])
        if self.largest and size > self.largest:
            return self.answer(413)
        upload = f"upload{len(self.lengths)}"  # never that of a deleted one
        self.uploads[upload], self.lengths[upload] = bytearray(), size
        return self.answer(201, Location=self.location.format(id=upload))

    def take(self, request: Request, upload: str) -> Script:
        content = self.uploads[upload]
        offset = int(request.headers["upload-offset"])
        if offset != len(content):
            return self.answer(409)

        def take_piece(piece: bytes) -> None:
            self.taken.append((offset, len(piece)))
            content.extend(piece)
            self.on_piece()
        return dataclasses.replace(self.answer(204, Upload_Offset=offset + int(request.headers["content-length"])),
                                   on_body=take_piece, delay=self.delays.pop(0) if self.delays else 0)
