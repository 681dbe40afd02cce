# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the fault server responds to one request: correctly by default; each field is one deviation."""

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass, field


def http_date(seconds_from_now: float = 0, now: float | None = None) -> str:
    return email.utils.formatdate((time.time() if now is None else now) + seconds_from_now, usegmt=True)


@dataclass(frozen=True)
class Script:
    # A response without the file: a redirect, an error, a page.
    status: int = 0
    headers: dict[str, str | Callable[[float], str]] = field(default_factory=dict)  # functions get the server's time
    text: bytes | None = None    # the body of that response

    # Before the response.
    drop: str = ""               # "close" or "reset": the connection ends without a response
    early: bool = False          # answers before it has read the body of the request, and closes
    on_body: Callable[[bytes], None] | None = None  # called with the body of the request when it has been read
    delay: float = 0             # seconds between the request, with its body, and the response

    # Ranges and validators.
    ranges: bool = True          # False: a 200 with the whole file for every Range
    if_range: str = "honour"     # "refuse": 200 even if it matches; "ignore": 206 even if it does not
    fresh_etag: bool = False     # another ETag for the same bytes in every response
    content_range: str = ""      # sent instead of the correct one

    # Body.
    lie: int = 0                 # added to the correct Content-Length: > 0 makes the body too short, < 0 too long
    extra: int = 0               # so many bytes more than Content-Range says; Content-Length includes them
    length: bool = True          # False: no Content-Length, the end of the connection ends the body
    chunked: bool = False
    encoding: str = ""           # "gzip", whether the client accepts it or not
    rate: int = 0                # bytes a second ...
    burst: int = 0               # ... in pieces of so many bytes, instead of eight a second ...
    rate_from: int = 0           # ... from this byte of the body on
    send: int | None = None      # stop after so many bytes of the body, and then ...
    gate: bool = False           # ... wait for Resource.gate, and then ...
    then: str = "close"          # ... "close", "reset", "stall" (send nothing more) or "finish"


# What the command line offers; one path each.
PRESETS = {
    "plain": Script(),
    "slow": Script(rate=1 << 20),
    "200-to-correct-if-range": Script(if_range="refuse"),
    "206-to-stale-if-range": Script(if_range="ignore"),
    "fresh-etag": Script(fresh_etag=True),
    "no-ranges": Script(ranges=False),
    "wrong-content-range": Script(content_range="bytes 0-0/1"),
    "short-body": Script(lie=1000),
    "long-body": Script(lie=-1000),
    "long-range": Script(extra=1000),
    "no-length": Script(length=False),
    "chunked": Script(chunked=True),
    "gzip": Script(encoding="gzip"),
    "close": Script(send=100_000, then="close"),
    "reset": Script(send=100_000, then="reset"),
    "stall": Script(send=100_000, then="stall"),
    "404": Script(status=404),
    "429-seconds": Script(status=429, headers={"Retry-After": "7"}),
    "503-date": Script(status=503, headers={"Retry-After": lambda now: http_date(20, now)}),
    "redirect": Script(status=302, headers={"Location": "/plain"}),
    "redirect-loop": Script(status=302, headers={"Location": "/redirect-loop"}),
    "redirect-ftp": Script(status=302, headers={"Location": "ftp://127.0.0.1/file"}),
}
