# SPDX-License-Identifier: LGPL-2.1-or-later
"""The liar must lie as announced: the fault server itself, asked by Python's own HTTP client."""

import gzip
import http.client

import pytest

from support.content import body
from support.servers.response_script import Script

DATA = body(300_000)


def ask(server, path="/f", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return connection.getresponse()


def test_a_faultless_file_comes_whole_and_in_ranges(server):
    server.add("/f", DATA)
    whole = ask(server)
    assert (whole.status, whole.read()) == (200, DATA)
    part = ask(server, Range="bytes=1000-")
    assert (part.status, part.read()) == (206, DATA[1000:])
    assert part.headers["Content-Range"] == f"bytes 1000-{len(DATA) - 1}/{len(DATA)}"
    assert ask(server, Range=f"bytes={len(DATA)}-").status == 416
    assert [r.status for r in server.requests] == [200, 206, 416]


def test_if_range_is_honoured_refused_or_ignored(server):
    resource = server.add("/f", DATA)
    current, stale = '"one"', '"other"'
    expected = {"honour": (206, 200), "refuse": (200, 200), "ignore": (206, 206)}
    for how, statuses in expected.items():
        resource.script = Script(if_range=how)
        got = tuple(ask(server, Range="bytes=10-", If_Range=tag).status for tag in (current, stale))
        assert got == statuses, how
    resource.script = Script(if_range="refuse")
    assert ask(server, Range="bytes=10-").status == 206


def test_a_weak_validator_never_satisfies_if_range(server):
    server.add("/f", DATA, etag='W/"one"')
    assert ask(server, Range="bytes=10-", If_Range='W/"one"').status == 200


def test_lies_about_length_ranges_and_tags(server):
    resource = server.add("/f", DATA)
    resource.next_scripts(Script(lie=5), Script(lie=-5), Script(content_range="bytes 0-0/1"))
    with pytest.raises(http.client.IncompleteRead):
        ask(server).read()
    assert len(ask(server).read()) == len(DATA) - 5  # announced; five more bytes were sent
    server.wait_sent("/f", len(DATA), times=2)
    assert ask(server, Range="bytes=7-").headers["Content-Range"] == "bytes 0-0/1"
    resource.script = Script(fresh_etag=True)
    assert ask(server).headers["ETag"] != ask(server).headers["ETag"]


def test_framing_and_encoding(server):
    resource = server.add("/f", DATA)
    resource.next_scripts(Script(chunked=True), Script(length=False), Script(encoding="gzip"))
    chunked, endless, packed = ask(server), ask(server), ask(server)
    assert chunked.headers["Content-Length"] is None and chunked.read() == DATA
    assert endless.headers["Content-Length"] is None and endless.read() == DATA
    assert gzip.decompress(packed.read()) == DATA


def test_cuts_come_after_the_bytes_and_the_gate(server):
    resource = server.add("/f", DATA)
    resource.next_scripts(Script(send=100_000), Script(send=50_000, gate=True, then="finish"))
    with pytest.raises(http.client.IncompleteRead):
        ask(server).read()
    answer = ask(server)
    server.wait_sent("/f", 50_000, times=2)
    resource.change(b"new", '"two"', None)
    resource.gate.set()
    assert answer.read() == DATA
    assert ask(server).read() == b"new"


def test_a_reset_is_a_reset(server):
    server.add("/f", DATA, script=Script(send=0, then="reset"))
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        ask(server).read()
