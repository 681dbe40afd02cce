# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 of daemon or worker at random moments: nothing is lost, nothing is wrong, little is fetched twice."""

import collections
import os
import random
import signal
import time

from support.client.checks import assert_file, part_files
from support.content import body
from support.environment import patience, stretched
from support.processes import Pidfd

KILLS = 20
FILES = 6
IN_FLIGHT = 2
SIZE = 12 << 20
CHECKPOINT = 256 << 10

# What may lie between nginx and the worker when it dies, counted as sent: nginx' send buffer (64k, doubled by the
# kernel). The receiver keeps up, so that its own buffer is nearly empty.
ON_THE_WAY = 128 << 10


def test_twenty_kills_of_a_job_of_many_files(new_stack):
    seed = int(os.environ.get("HAULIER_TEST_SEED", time.time_ns() % 1_000_000))
    print(f"seed {seed}; repeat with HAULIER_TEST_SEED={seed}")
    chance = random.Random(seed)
    stack = new_stack({
        "Transfer": {"CheckpointBytes": str(CHECKPOINT), "CheckpointInterval": "1h"},
        "Scheduler": {"MaxFilesInFlight": str(IN_FLIGHT)},
    })
    nginx = stack.nginx(rate="2m")
    contents = {f"file-{n}": body(SIZE + n * 1000, seed=n) for n in range(FILES)}
    files = [(nginx.add(name, content), stack.downloads / name) for name, content in contents.items()]
    job = stack.manager.create(files=files, MinimumRetryDelay=5, Resume=True)

    kills = collections.Counter()
    while kills.total() < KILLS and wait_for_progress(stack, job, chance):
        victim = kill_one(stack, chance)
        kills[victim] += 1
    print("killed:", dict(kills))
    assert kills.total() >= KILLS / 2, "all was fetched before enough kills were tried: make the job bigger"
    job.wait_state("transferred", seconds=60)
    assert [properties["Id"] for _, properties in stack.manager.list()] == [job.id]
    assert job.get("FilesTransferred") == FILES
    assert job.complete() == ("complete", FILES, 0)
    for name, content in contents.items():
        assert_file(stack.downloads / name, content)
    assert part_files(stack.downloads) == []

    log = nginx.finished_log()
    for name, content in contents.items():
        requests = [access for access in log if access.uri == f"/{name}"]
        surplus = sum(access.bytes for access in requests) - len(content)
        deaths = len(requests) - 1
        allowed = deaths * (CHECKPOINT + ON_THE_WAY)
        print(f"{name}: {len(requests)} requests, {surplus} bytes twice, {allowed} allowed")
        assert surplus <= allowed
        assert deaths <= kills.total()
    assert sum(access.first_byte > 0 for access in log) >= kills.total() / 2, "transfers must go on, not begin again"


def wait_for_progress(stack, job, chance) -> bool:
    """Mostly kills hit moving data; one in five comes at once, when everything is just starting again. False if all has been
    fetched, which a busy machine may do before all kills were tried."""
    if chance.random() < 0.2:
        return True
    before = job.get("BytesTransferred")
    stack.client.wait(lambda: job.get("BytesTransferred") > before or job.state == "transferred", "progress")
    stack.client.pause(chance.uniform(0, 0.6))
    return job.state != "transferred"


def kill_one(stack, chance) -> str:
    stack.start()
    if chance.random() < 0.5 and stack.worker_pids():
        stack.kill_worker()
        return "worker"
    stack.kill_daemon()
    return "daemon"


def test_a_job_that_is_killed_at_every_step_of_its_end_still_ends_once(new_stack):
    """The daemon dies as soon as Complete is on its way: afterwards the file has its name, or the job is still there."""
    stack = new_stack()
    chance = random.Random(7)
    nginx = stack.nginx()
    content = body(50_000)
    url = nginx.add("file", content)
    for attempt in range(12):
        target = stack.downloads / f"target-{attempt}"
        job = stack.manager.create(files=[(url, target)], Resume=True)
        job.wait_state("transferred")
        answers = []
        stack.client.connection.call(
            "org.haulier.Haulier1", job.path, "org.haulier.Haulier1.Job", "Complete", None, None, 0, -1, None,
            lambda connection, result: answers.append(outcome(connection, result)))
        stack.client.connection.flush_sync(None)
        stack.client.pause(chance.uniform(0, 0.02))  # the moment of death is what is tried here
        stack.kill_daemon()
        stack.client.wait(lambda: answers, "an answer or its absence")

        left = [properties for _, properties in stack.manager.list() if properties["Id"] == job.id]
        if left and left[0]["State"] == "transferred" and left[0]["WaitReason"][0] == "needs-complete":
            assert answers[0] is None, "it was acknowledged, and is not done"
            job.complete()
        else:
            stack.client.wait(lambda: job.id not in [p["Id"] for _, p in stack.manager.list()], "the interrupted end")
        assert_file(target, content)
        assert part_files(stack.downloads) == []


def outcome(connection, result):
    """The answer to an asynchronous call; None when the daemon died first."""
    try:
        return connection.call_finish(result).unpack()
    except Exception as error:  # noqa: BLE001 - GLib.Error, whatever its domain
        assert "NoReply" in str(error) or "disconnected" in str(error), error
        return None


def test_a_worker_that_hangs_in_a_transfer_is_replaced(new_stack):
    """It lives and says nothing: only its silence tells."""
    stack = new_stack({"Daemon": {"WorkerTimeout": stretched(2)}})
    nginx = stack.nginx(rate="2m")
    content = body(8 << 20)
    job = stack.manager.create(files=[(nginx.add("file", content), stack.downloads / "file")], Resume=True)
    job.wait_bytes(1 << 20)
    first = stack.worker_pid()
    with Pidfd(first) as hanging:
        hanging.send(signal.SIGSTOP)
        assert hanging.ended(patience(15)), "the worker was not killed"
    job.wait_state("transferred")
    assert stack.worker_pid() != first and job.get("ErrorCount") == 0
    job.complete()
    assert_file(stack.downloads / "file", content)
