# SPDX-License-Identifier: LGPL-2.1-or-later
"""One file over several connections and from several mirrors: requests, servers that refuse, and the cost of a kill."""

import random
import time

from support.client.checks import assert_file, part_files, refused, sha256
from support.content import body
from support.servers.response_script import Script

MEBI = 1 << 20
DATA = body(6 * MEBI)
OTHER = body(6 * MEBI, seed=2)
SLOW = Script(rate=2 * MEBI)
SUM = {"Checksum": f"sha256:{sha256(DATA)}"}

KILLS = 8
CHECKPOINT = 256 << 10
ON_THE_WAY = 128 << 10  # as in test_kill.py


def test_connections_share_a_file(stack):
    """Four connections fetch every byte once, except for what is under way where one takes over from another."""
    server = stack.fault_server()
    server.add("/f", DATA, script=SLOW)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f", SUM)], Connections=4, Resume=True)
    server.wait(lambda: len([r for r in server.requests if not r.ended and r.sent]) == 4, "four connections")
    job.wait_state("transferred", seconds=30)
    job.complete()
    assert_file(stack.downloads / "f", DATA)
    requests = server.of("/f")
    assert [r.status for r in requests[:4]] == [200, 206, 206, 206]
    assert len({r.client for r in requests[:4]}) == 4
    assert sum(r.sent for r in requests) <= len(DATA) + len(requests) * (256 << 10), "parts were fetched twice"
    assert job.get("ErrorCount") == 0


def test_the_number_is_kept_and_checked(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")])
    assert job.get("Connections") == 0
    job.set("Connections", 4)
    stack.signal_daemon(15)
    assert job.get("Connections") == 4
    with refused("InvalidArgument"):
        job.set("Connections", 17)
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f", DATA)


def test_a_host_that_refuses_gets_one_connection(stack):
    """The refusal is not an error of the job, and the next file of that host is not split either."""
    server = stack.fault_server()
    resource = server.add("/f", DATA, script=Script(rate=2 * MEBI, send=MEBI, gate=True, then="finish"))
    server.rule = lambda request: Script(status=503) if server.being_served() else None
    for attempt in range(2):
        job = stack.manager.create(files=[(server.url("/f"), stack.downloads / f"f{attempt}")], Connections=2, Resume=True)
        if attempt == 0:
            server.wait(lambda: any(r.status == 503 for r in server.requests), "the refusal")
        server.wait(lambda: any(r.status == 200 and not r.ended and r.sent >= MEBI for r in server.requests), "a part of the file")
        resource.gate.set()
        job.wait_state("transferred", seconds=30)
        assert job.get("ErrorCount") == 0
        job.complete()
        assert_file(stack.downloads / f"f{attempt}", DATA)
        resource.gate.clear()
    assert [r.status for r in server.of("/f")] == [200, 503, 200]


def test_a_server_that_answers_late_is_not_asked_again_and_again(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    server.rule = lambda request: Script(delay=0.7) if request.range else None
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Connections=4, BandwidthLimit=2 * MEBI)
    job.resume()
    job.wait_state("transferred", seconds=60)
    job.complete()
    assert_file(stack.downloads / "f", DATA)
    assert len(server.requests) <= 20


def test_a_file_that_changes_meanwhile_is_not_mixed(stack):
    server = stack.fault_server()
    resource = server.add("/f", DATA, script=SLOW)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Connections=1, Resume=True,
                               MinimumRetryDelay=5)
    server.wait_sent("/f", MEBI)
    job.suspend()
    job.wait_state("suspended")
    job.set("Connections", 4)
    job.resume()
    server.wait(lambda: len(server.requests) >= 4, "parts")
    resource.change(OTHER, '"two"', None)
    stack.kill_worker()
    job.wait_state("transferred", seconds=60)
    job.complete()
    assert_file(stack.downloads / "f", OTHER)


def test_a_mirror_with_other_bytes_costs_no_error(stack):
    """The whole file has a wrong checksum, and is fetched again from one source."""
    first, wrong = stack.fault_server(), stack.fault_server()
    first.add("/f", DATA, script=SLOW)
    wrong.add("/f", OTHER)
    options = SUM | {"Mirrors": [wrong.url("/f")]}
    job = stack.manager.create(files=[(first.url("/f"), stack.downloads / "f", options)], Connections=2, Resume=True)
    wrong.wait(lambda: wrong.requests, "the mirror")
    job.wait_state("transferred", seconds=60)
    assert job.get("ErrorCount") == 0
    job.complete()
    assert_file(stack.downloads / "f", DATA)


def test_a_limit_is_for_all_connections_together(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Connections=4, BandwidthLimit=2 * MEBI)
    begin = time.monotonic()
    job.resume()
    job.wait_state("transferred", seconds=60)
    assert time.monotonic() - begin > 0.8 * len(DATA) / (2 * MEBI)
    job.complete()
    assert_file(stack.downloads / "f", DATA)


def test_kills_cost_a_checkpoint_and_what_is_under_way(new_stack):
    """Daemon and worker are killed repeatedly; only what was not durable is fetched twice."""
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    stack = new_stack({"Transfer": {"CheckpointBytes": str(CHECKPOINT), "CheckpointInterval": "1h"}})
    nginx = stack.nginx(rate="1m")
    content = body(24 * MEBI, seed=5)
    options = {"Checksum": f"sha256:{sha256(content)}"}
    job = stack.manager.create(files=[(nginx.add("file", content), stack.downloads / "file", options)], Connections=4,
                               MinimumRetryDelay=5, Resume=True)
    for _ in range(KILLS):
        before = job.get("BytesTransferred")
        stack.client.wait(lambda: job.get("BytesTransferred") > before, "progress", seconds=15)
        stack.client.pause(chance.uniform(0, 0.4))
        if chance.random() < 0.5 and stack.worker_pids():
            stack.kill_worker()
        else:
            stack.kill_daemon()
        stack.start()
    job.wait_state("transferred", seconds=60)
    job.complete()
    assert_file(stack.downloads / "file", content)
    assert part_files(stack.downloads) == []
    log = nginx.finished_log()
    surplus = sum(access.bytes for access in log) - len(content)
    # A connection is cut where another one takes over, and what is under way to it is lost as in a kill.
    allowed = KILLS * (CHECKPOINT + 4 * ON_THE_WAY) + len(log) * ON_THE_WAY
    print(f"{len(log)} requests, {surplus} bytes twice, {allowed} allowed")
    assert surplus <= allowed
    assert sum(access.first_byte > 0 for access in log) >= KILLS, "it began again from zero"


def test_haulierctl_takes_a_number(stack, ctl):
    server = stack.fault_server()
    server.add("/f", DATA, script=SLOW)
    ctl("get", server.url("/f"), stack.downloads / "f", "--connections", "3")
    assert_file(stack.downloads / "f", DATA)
    assert len({r.client for r in server.of("/f")}) >= 3
    job = ctl("add", server.url("/f"), stack.downloads / "g", "--connections", "2").out.strip()
    assert stack.manager.get(job).get("Connections") == 2
