# SPDX-License-Identifier: LGPL-2.1-or-later
"""BandwidthLimit of a job: never exceeded, by whichever protocol and with however many files, and used. A busy machine
makes transfers slower, so what is too much is judged strictly, and what is too little is not."""

import time

import pytest

from support.client.checks import assert_file
from support.client.dbus_client import Job
from support.content import body
from support.environment import patience
from support.servers.certificates import Authority

LIMIT = 1_000_000
SECONDS = 2
# Besides the rate: what a connection brings at once when it is new, and what was saved in a moment of silence.
AT_ONCE = 160 * 1024


def follow(job: Job, limit: int, size: int) -> float:
    """Until everything has moved, which is never more than the limit allows since the beginning; returns the rate."""
    began = time.monotonic()
    job.resume()
    moved = 0
    while moved < size:
        moved = job.get("BytesTransferred")
        seconds = time.monotonic() - began
        assert moved <= 1.05 * limit * seconds + AT_ONCE, f"{moved} bytes in {seconds:.2f} s"
        assert seconds < patience(4 * size / limit), f"{moved} bytes in {seconds:.2f} s"
        job.bus.pause(0.1)
    return moved / (time.monotonic() - began)


@pytest.mark.parametrize("server", ["http", "https", "h2"])
@pytest.mark.parametrize("count", [1, 200])
def test_downloads(new_stack, tmp_path, server, count):
    authority = None if server == "http" else Authority(tmp_path)
    stack = new_stack(env={} if authority is None else {"SSL_CERT_FILE": str(authority.certificate)})
    nginx = stack.nginx(authority=authority, http2=server == "h2")
    size = LIMIT * SECONDS // count
    contents = {f"file-{n}": body(size, seed=n) for n in range(count)}
    files = [(nginx.add(name, content), stack.downloads / name) for name, content in contents.items()]
    job = stack.manager.create(files=files, BandwidthLimit=LIMIT)
    rate = follow(job, LIMIT, size * count)
    print(f"{server}, {count} files: {rate / LIMIT:.3f} of the limit")
    job.wait_state("transferred")
    job.complete()
    for name, content in contents.items():
        assert_file(stack.downloads / name, content)


def test_an_upload(stack):
    nginx = stack.nginx(writable=True)
    content = body(LIMIT * SECONDS)
    source = stack.directory / "source"
    source.write_bytes(content)
    job = stack.manager.create(job_type="upload", files=[(nginx.url("there"), source)], BandwidthLimit=LIMIT)
    rate = follow(job, LIMIT, len(content))
    print(f"upload: {rate / LIMIT:.3f} of the limit")
    job.wait_state("transferred")
    assert_file(nginx.files / "there", content)


def moved_between(job: Job, seconds: float) -> tuple[int, float]:
    """Bytes in at least so many seconds, and at most how many seconds that were."""
    began = time.monotonic()
    before = job.get("BytesTransferred")
    job.bus.pause(seconds)
    after = job.get("BytesTransferred")
    return after - before, time.monotonic() - began


def test_a_change(stack):
    nginx = stack.nginx()
    job = stack.manager.create(files=[(nginx.add("file", body(64 << 20)), stack.downloads / "file")],
                               BandwidthLimit=4 * LIMIT, Resume=True)
    job.wait_bytes(LIMIT)
    job.set("BandwidthLimit", LIMIT // 4)
    job.bus.pause(2)
    moved, seconds = moved_between(job, 4)
    assert moved <= 1.05 * LIMIT / 4 * seconds + AT_ONCE
    before = job.get("BytesTransferred")
    job.set("BandwidthLimit", 4 * LIMIT)
    job.wait_bytes(before + 8 * LIMIT, seconds=30)
    job.set("BandwidthLimit", 0)
    job.wait_state("transferred")
    job.complete()
