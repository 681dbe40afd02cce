# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the fault server answers one request: faultless by default, each field one departure."""

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass, field


def http_date(seconds_from_now: float = 0) -> str:
    return email.utils.formatdate(time.time() + seconds_from_now, usegmt=True)


@dataclass(frozen=True)
class Manner:
    # An answer without the file: a redirect, an error.
    status: int = 0
    headers: dict[str, str | Callable[[], str]] = field(default_factory=dict)

    # Ranges and validators.
    ranges: bool = True          # False: 200 and everything to every Range
    if_range: str = "honour"     # "refuse": 200 even to a correct one; "ignore": 206 even to a stale one
    fresh_etag: bool = False     # another ETag for the same bytes in every answer
    content_range: str = ""      # said instead of the true one

    # Body.
    lie: int = 0                 # added to the true Content-Length: > 0 makes the body short, < 0 long
    extra: int = 0               # a range has so many bytes more than it says, and Content-Length counts them
    length: bool = True          # False: no Content-Length, the end of the connection ends the body
    chunked: bool = False
    encoding: str = ""           # "gzip", asked for or not
    rate: int = 0                # bytes a second
    send: int | None = None      # stop after so many bytes of the body, and then ...
    gate: bool = False           # ... wait for Resource.gate, and then ...
    then: str = "close"          # ... "close", "reset", "stall" (say nothing more) or "finish"


# The command line's examples; a path each.
PRESETS = {
    "plain": Manner(),
    "slow": Manner(rate=1 << 20),
    "200-to-correct-if-range": Manner(if_range="refuse"),
    "206-to-stale-if-range": Manner(if_range="ignore"),
    "fresh-etag": Manner(fresh_etag=True),
    "no-ranges": Manner(ranges=False),
    "wrong-content-range": Manner(content_range="bytes 0-0/1"),
    "short-body": Manner(lie=1000),
    "long-body": Manner(lie=-1000),
    "long-range": Manner(extra=1000),
    "no-length": Manner(length=False),
    "chunked": Manner(chunked=True),
    "gzip": Manner(encoding="gzip"),
    "close": Manner(send=100_000, then="close"),
    "reset": Manner(send=100_000, then="reset"),
    "stall": Manner(send=100_000, then="stall"),
    "404": Manner(status=404),
    "429-seconds": Manner(status=429, headers={"Retry-After": "7"}),
    "503-date": Manner(status=503, headers={"Retry-After": lambda: http_date(20)}),
    "redirect": Manner(status=302, headers={"Location": "/plain"}),
    "redirect-loop": Manner(status=302, headers={"Location": "/redirect-loop"}),
    "redirect-ftp": Manner(status=302, headers={"Location": "ftp://127.0.0.1/file"}),
}
