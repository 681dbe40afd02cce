# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that send without end, or next to nothing: each is given up with an error that names it, and costs no other job
its rate and the worker no memory. tools/campaign tries all behaviours beside a neighbour."""

import pathlib
import time

import pytest

from support.chance import is_campaign, some
from support.client.checks import assert_file, leftovers
from support.content import body
from support.environment import most_memory, patience, stretched
from support.servers.certificates import Authority
from support.servers.hostile_server import HTTP2, HostileServer
from support.servers.response_script import Script

MEBI = 1 << 20
CONFIG = {"Scheduler": {"MaxBackgroundJobs": "100"},
          "Transfer": {"StallTimeout": stretched(4), "CheckpointBytes": "64K", "CheckpointInterval": "200ms",
                       "ConnectionsPerHost": "100"}}
MOST_MEMORY = most_memory(40 * MEBI)
# A mebibyte of a hostile answer costs little, and the budget for what is not content is 16 of them.
MOST_SENT = 200 * MEBI

ENDS = {
    "endless_head": "invalid-response",
    "long_header": "invalid-response",
    "interim_responses": "invalid-response",
    "slow_head": "timeout",
    "slow_interim_responses": "timeout",
    "endless_trailer": "invalid-response",
    "slow_trailer": "timeout",
    "chunk_extension": "invalid-response",
    "bad_chunk": "invalid-response",
    "error": "http-status",
    "silence": "timeout",
}


def fetch(stack, url, name, **options):
    return stack.manager.create(files=[(url, stack.downloads / name)], Resume=True, **options)


def memory(pid: int) -> int:
    """The most that the process has had resident so far, in bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


@pytest.fixture
def stack(new_stack):
    return new_stack(CONFIG)


@pytest.fixture
def hostile(stack):
    return stack.stop_at_end(HostileServer())


@pytest.fixture
def http2(new_stack, tmp_path):
    authority = Authority(tmp_path)
    stack = new_stack(CONFIG, env={"SSL_CERT_FILE": str(authority.certificate)})
    return stack, stack.stop_at_end(HostileServer(authority))


def test_each_behaviour_ends_with_its_cause(stack, hostile):
    """All at once: none is fatal, none is called internal, and none takes much."""
    jobs = {name: fetch(stack, hostile.url(name), name) for name in ENDS}
    faults = []
    for name, cause in ENDS.items():
        state = jobs[name].wait_state("transient-error", "error", "transferred", unless=())
        error = jobs[name].get("Error")
        if (state, error[1]) != ("transient-error", cause) or not error[3]:
            faults.append(f"{name}: {state} {error}, expected {cause}")
    assert not faults, "\n".join(faults)
    assert memory(stack.worker_pid()) < MOST_MEMORY
    assert max(hostile.sent.values()) < MOST_SENT, hostile.sent


@pytest.mark.parametrize("name", ["redirect", "slow_redirect"])
def test_the_content_of_a_redirect_does_not_hold_it_up(stack, hostile, name):
    job = fetch(stack, hostile.url(name), "f")
    job.wait_state("transferred", unless=("error", "transient-error"))
    job.complete()
    assert_file(stack.downloads / "f", b"good")


def test_an_answer_of_one_byte_per_request_is_given_up(stack, hostile):
    """The server is asked some dozen times, and not a million."""
    files = [(hostile.url("crumbs"), stack.downloads / "f", {"Ranges": [(0, 500_000)]})]
    job = stack.manager.create(files=files, Resume=True)
    job.wait_state("transient-error", unless=("error",))
    assert job.get("Error")[1] == "invalid-response"
    assert hostile.requests["crumbs"] < 200


@pytest.mark.parametrize("behaviour", some(HTTP2, "empty_data", "unknown_frames"))
def test_an_http2_server_that_floods_is_asked_over_http_1_1(http2, behaviour):
    """It is asked once over HTTP/2. Here it is harmless over HTTP/1.1."""
    stack, hostile = http2
    hostile.http2_behaviour = behaviour
    job = fetch(stack, hostile.url("f"), "f")
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert hostile.protocols["h2"] == 1
    job.cancel()
    assert leftovers(stack.downloads) == []


def test_cancel_is_answered_during_a_flood(http2):
    stack, hostile = http2
    job = fetch(stack, hostile.url("f"), "f")
    stack.client.wait(lambda: hostile.sent["empty_data"] > 0, "the flood")
    began = time.monotonic()
    job.cancel()
    assert time.monotonic() - began < patience(10)


# ---- the neighbour ----

RATE = 512 << 10
SECONDS = 4
# Beside other tests on a busy machine, the short run shows only that the neighbour goes on.
LEAST = 0.8 if is_campaign() else 0.4


def neighbour(stack):
    """A job whose server sends at a steady rate, and how much of it has come."""
    server = stack.fault_server()
    server.add("/n", body(20 * MEBI), script=Script(rate=RATE))
    job = fetch(stack, server.url("/n"), "n", Priority="foreground")
    job.wait_bytes(RATE // 2)
    return server


def rate_of(server) -> float:
    """Bytes a second that the server gets rid of."""
    begin, sent = time.monotonic(), server.of("/n")[0].sent
    server.stopping.wait(SECONDS)
    return (server.of("/n")[0].sent - sent) / (time.monotonic() - begin)


def share_beside(server, alone: float) -> float:
    """The best of some measurements: a busy machine may hold up one of them, and a worker that is flooded holds up all."""
    best = 0.0
    for _ in range(1 if is_campaign() else 3):
        best = max(best, rate_of(server) / alone)
        if best > LEAST:
            break
    return best


HEAVY = ["endless_head", "interim_responses", "endless_trailer", "chunk_extension", "tiny_chunks", "redirect", "error"]


@pytest.mark.parametrize("name", some(HEAVY, "tiny_chunks"))
def test_the_neighbour_keeps_its_rate(stack, hostile, name):
    server = neighbour(stack)
    alone = rate_of(server)
    fetch(stack, hostile.url(name), name)
    stack.client.wait(lambda: hostile.sent[name] > 0, "the answer")
    share = share_beside(server, alone)
    used = memory(stack.worker_pid())
    print(f"{name}: {share:.2f} of the rate, {used / MEBI:.0f} MiB")
    assert share > LEAST
    assert used < MOST_MEMORY


@pytest.mark.parametrize("behaviour", some(HTTP2, "empty_data"))
def test_the_neighbour_keeps_its_rate_beside_http2(http2, behaviour):
    stack, hostile = http2
    hostile.http2_behaviour = behaviour
    server = neighbour(stack)
    alone = rate_of(server)
    fetch(stack, hostile.url("f"), "f")
    stack.client.wait(lambda: hostile.sent[behaviour] > 0, "the answer")
    share = share_beside(server, alone)
    used = memory(stack.worker_pid())
    print(f"{behaviour}: {share:.2f} of the rate, {used / MEBI:.0f} MiB")
    assert share > LEAST
    assert used < MOST_MEMORY


# ---- slow mirrors ----

def test_a_source_that_drips_gives_way_to_a_mirror(stack):
    """The mirror takes over at the present offset."""
    content = body(200_000)
    slow, fast = stack.fault_server(), stack.fault_server()
    slow.add("/f", content, script=Script(rate=20))
    fast.add("/f", content)
    job = stack.manager.create(files=[(slow.url("/f"), stack.downloads / "f", {"Mirrors": [fast.url("/f")]})], Resume=True)
    job.wait_state("transferred", unless=("error",), seconds=30)
    assert slow.of("/f")[0].sent < 2000
    job.complete()
    assert_file(stack.downloads / "f", content)
