# SPDX-License-Identifier: LGPL-2.1-or-later
"""A background job over a slow link gives way to a download of somebody else, says so, and comes back. How much it leaves
exactly is measured by tests/bench/yield_bench.py; here the bounds are loose."""

import time

import pytest

from support.bottleneck.bed import FOREGROUND, Bed, Link, rate, why_impossible
from support.environment import patience


@pytest.fixture
def bed():
    if why := why_impossible():
        pytest.skip(why)
    with Bed(Link()) as made:
        yield made


def test_the_foreground_gets_the_link(bed, new_stack):
    with bed.inside("client"):
        stack = new_stack()
        job = stack.manager.create(files=[(bed.url("bg"), stack.downloads / "f")], Resume=True)
        job.wait_bytes(8 << 20)
        job.wait_property("Yields", lambda yields: yields is False, seconds=patience(10))  # a busy machine delays packets, too
        alone_until = time.monotonic()
        alone = rate(bed.delivered()["bg"], alone_until - 1, alone_until)
        foreground = bed.curl("fg", FOREGROUND)
        job.wait_property("Yields", lambda yields: yields is True, seconds=patience(10))
        assert job.get("State") == "transferring"
        begin = time.monotonic()
        job.bus.pause(4)
        shares = {path: rate(bed.delivered()[path], begin, begin + 4) for path in ("bg", "fg")}
        bed.stop(foreground)
        print(f"alone {alone / 1e6:.2f} MB/s, beside a foreground: {shares}")
        assert shares["fg"] >= 0.8 * (shares["fg"] + shares["bg"])
        job.wait_property("Yields", lambda yields: yields is False, seconds=patience(20))
        before = job.get("BytesTransferred")
        job.wait_bytes(before + (8 << 20), seconds=patience(15))
        job.cancel()
