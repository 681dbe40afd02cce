# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sources that are alive and useless: with mirrors, a floor of the rate. A file of its own, because it takes the time for
which a source may be slow, and one test, in which all jobs run side by side."""

import pytest

from support.client.checks import assert_file, sha256
from support.content import body
from support.servers.response_script import Script

DATA = body(1 << 20)
OTHER = body(1 << 20, seed=2)
SUM = {"Checksum": f"sha256:{sha256(DATA)}"}
TWO_MINUTES = 120


@pytest.fixture
def stack(field):
    """With a StallTimeout that no drop exceeds."""
    return field(Transfer={"StallTimeout": "10s"})


def add(stack, script=Script(), etag='"one"'):
    server = stack.fault_server()
    return server, server.add("/f", DATA, etag=etag, script=script)


def create(stack, name, first, *mirrors, **options):
    file = (first.url("/f"), stack.downloads / name, options | ({"Mirrors": [m.url("/f") for m in mirrors]} if mirrors else {}))
    return stack.manager.create(name, files=[file], MinimumRetryDelay=5, Resume=True)


def test_field_18_a_mirror_that_drips_is_left(stack):
    """A source that stays below the floor is left for the next one, at the present offset where the version is proved and from
    zero where it differs; without mirrors nothing changes."""
    drips = {
        "a from the start": (Script(rate=1), SUM),
        "sibling without a checksum": (Script(rate=100), {}),
        "sibling after the first half": (Script(rate=50, rate_from=1 << 19), {}),
        "sibling stops and goes": (Script(rate=400, burst=2000), {}),
    }
    jobs, slow = {}, {}
    for name, (script, options) in drips.items():
        slow[name], (fast, _) = add(stack, script)[0], add(stack)
        jobs[name] = (create(stack, name, slow[name], fast, **options), fast)
    last_slow, last_fast = add(stack, Script(rate=1))[0], add(stack)[0]
    third = create(stack, "sibling two drips", slow["a from the start"], last_slow, last_fast, **SUM)
    alone = create(stack, "counter-check alone", add(stack, Script(rate=100))[0])
    slow_all = [add(stack, Script(rate=200))[0] for _ in range(2)]
    all_slow = create(stack, "counter-check all are slow", *slow_all)

    other = stack.fault_server()
    other.add("/f", OTHER, etag='"new"')
    differs = create(stack, "sibling another version", add(stack, Script(rate=50, rate_from=1 << 18), etag='"old"')[0], other)

    for name, (job, _fast) in jobs.items():
        job.wait_state("transferred", seconds=TWO_MINUTES, unless=("error",))
        assert job.get("ErrorCount") <= 1
        job.complete()
        assert_file(stack.downloads / name, DATA)
    assert slow["a from the start"].of("/f")[0].sent < 200
    half = jobs["sibling after the first half"][1]
    assert [r.status for r in half.of("/f")] == [206] and half.of("/f")[0].range_start >= 1 << 19
    assert alone.state == "transferring" and alone.get("ErrorCount") == 0
    assert all_slow.state in ("transferring", "connecting", "transient-error")
    assert sum(len(server.requests) for server in slow_all) <= 8, "a carousel"
    differs.wait_state("transferred", seconds=TWO_MINUTES, unless=("error",))
    differs.complete()
    assert_file(stack.downloads / "sibling another version", OTHER)  # never half of each
    third.wait_state("transferred", seconds=TWO_MINUTES, unless=("error",))
