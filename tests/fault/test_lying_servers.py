# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers whose answers are drawn at random, over HTTP/1.1 and HTTP/2: each job ends in a named way, a checksum is never
betrayed, the worker stays small and alive, and the neighbour keeps its rate."""

import pathlib
import time

import pytest

from support.chance import fewer, is_campaign, rounds, seeded
from support.client.checks import assert_file, sha256
from support.content import body
from support.environment import most_memory, stretched
from support.servers.certificates import Authority
from support.servers.lying_server import CONTENT, LyingServer
from support.servers.response_script import Script

MEBI = 1 << 20
RATE = 256 << 10
AT_ONCE = 8
MOST_MEMORY = most_memory(40 * MEBI)
CONFIG = {"Scheduler": {"MaxBackgroundJobs": "100"},
          "Transfer": {"StallTimeout": stretched(1), "ConnectTimeout": stretched(5), "CheckpointBytes": "16K",
                       "CheckpointInterval": "100ms", "ConnectionsPerHost": "100"}}


def memory(pid: int) -> int:
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) * 1024


@pytest.fixture
def stack(new_stack, tmp_path):
    authority = Authority(tmp_path)
    stack = new_stack(CONFIG, env={"SSL_CERT_FILE": str(authority.certificate)})
    stack.authority = authority
    return stack


class Neighbour:
    """A job whose server is honest and sends at a steady rate."""

    def __init__(self, stack, seconds: float):
        self.server = stack.fault_server()
        self.server.add("/n", body(MEBI) * int(seconds * RATE / MEBI + 2), script=Script(rate=RATE))
        self.job = stack.manager.create(files=[(self.server.url("/n"), stack.downloads / "n")], Resume=True, Priority="foreground")
        self.job.wait_bytes(RATE // 2)
        self.began, self.sent = time.monotonic(), self.server.of("/n")[0].sent

    def share(self) -> float:
        """Of its rate since the beginning."""
        assert len(self.server.requests) == 1, "the neighbour was interrupted"
        return (self.server.of("/n")[0].sent - self.sent) / (time.monotonic() - self.began) / RATE


def draw_options(chance, seed) -> dict:
    options = {}
    if chance.random() < 0.7:
        options["Checksum"] = "sha256:" + sha256(CONTENT)
    if chance.random() < 0.2:
        options["Ranges"] = [(0, 1000), (5000, 10_000)]
        options.pop("Checksum", None)
    return options


def check_end(stack, seed, job, options) -> str:
    """How the job ended, after a first try and perhaps further ones."""
    state = job.wait_state("transient-error", "error", "transferred", unless=(), seconds=40)
    context, cause, _code, message, _index = job.get("Error")
    if state == "transferred":
        assert job.complete()[0] == "complete"
        path = stack.downloads / str(seed)
        if "Checksum" in options:
            assert_file(path, CONTENT)
        path.unlink()
        return "transferred"
    assert cause and cause not in ("internal", "worker-lost") and message, f"seed {seed}: {state} {context} {cause} {message}"
    assert message.isprintable(), f"seed {seed}: {message!r}"
    job.cancel()
    return cause


@pytest.mark.parametrize("protocol", ["http/1.1", "http/2"])
def test_lies(stack, protocol):
    chance = seeded()
    left = rounds(fewer(48))
    server = stack.stop_at_end(LyingServer(stack.authority if protocol == "http/2" else None))
    neighbour = Neighbour(stack, 60 + left * 3)
    worker = stack.worker_pid()
    ends: dict[str, int] = {}
    while left > 0:
        jobs = {}
        for _ in range(min(left, AT_ONCE)):
            seed = chance.randrange(1 << 30)
            options = draw_options(chance, seed)
            files = [(server.url(seed), stack.downloads / str(seed), options)]
            jobs[seed] = stack.manager.create(files=files, Resume=True, MinimumRetryDelay=600), options
        left -= len(jobs)
        for seed, (job, options) in jobs.items():
            end = check_end(stack, seed, job, options)
            ends[end] = ends.get(end, 0) + 1
    share, used = neighbour.share(), memory(worker)
    print(f"{protocol}: {ends}; neighbour {share:.2f} of its rate, worker {used / MEBI:.0f} MiB")
    assert stack.worker_pid() == worker
    # Other tests run at the same time as the short run.
    assert share > (0.8 if is_campaign() else 0.4)
    assert used < MOST_MEMORY
