# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hosts that bear few connections, are down, or ask for a rest: a wait belongs to a host, and a failure to a file."""

import time

import pytest

from support.client.file_errors import CONTINUE, wait_file, wait_transferred_file
from support.client.haulierctl import Ctl
from support.content import body
from support.environment import patience
from support.servers.hosts import ClosedPort, RefusingPort, SilentPort, bears
from support.servers.response_script import Script, http_date

SIZE = 300_000
RATE = 600_000
SMALL = body(20_000)


def files_of(stack, server, count, script=Script(rate=RATE), size=SIZE, prefix="f"):
    """So many files of that server, to be given to a job."""
    for n in range(count):
        server.add(f"/{prefix}{n}", body(size, seed=n), script=script)
    return [(server.url(f"/{prefix}{n}"), stack.downloads / f"{prefix}{n}") for n in range(count)]


def create(stack, files, **options):
    return stack.manager.create(files=files, **({"MinimumRetryDelay": 5, "Resume": True} | options))


def assert_complete(stack, job, files, size=SIZE):
    job.wait_state("transferred")
    assert job.complete()[:2] == ("complete", len(files))
    for n, (_, path) in enumerate(files):
        assert path.read_bytes() == body(size, seed=n)


# ---- 2: one connection, and the others are refused ----

REFUSALS = {
    "a 503": Script(status=503),
    "b 429": Script(status=429),
    "c 403": Script(status=403),
    "d close": Script(drop="close"),
    "sibling reset": Script(drop="reset"),
    "sibling 403 with a page": Script(status=403, headers={"Content-Type": "text/html"}, text=b"<html>" + b"busy " * 4000),
    "sibling 503, Retry-After 0": Script(status=503, headers={"Retry-After": "0"}),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_field_02_one_connection_is_enough(stack, refusal):
    """A host that refuses parallel requests is asked for one file at a time: no file is begun twice, and all arrive in about
    the time that one connection needs."""
    server = stack.fault_server()
    bears(server, 1, refusal)
    files = files_of(stack, server, 4)
    begin = time.monotonic()
    job = create(stack, files)
    assert_complete(stack, job, files)
    assert time.monotonic() - begin < patience(4 * SIZE / RATE + 20)
    assert len([r for r in server.requests if r.served]) == 4, "a file was begun twice"
    assert sum(r.sent for r in server.requests) <= 4 * SIZE + SIZE // 3
    assert len(server.requests) <= 4 + 10, "the host is asked too often"


def test_field_02_sibling_two_connections_are_used(stack):
    """A host that bears two connections gets two, not one."""
    server = stack.fault_server()
    bears(server, 2, Script(status=503))
    files = files_of(stack, server, 8)
    job = create(stack, files)
    assert_complete(stack, job, files)
    served = [r for r in server.requests if r.served]
    assert len(served) == 8
    together = [sum(1 for other in served if other.began <= r.began < other.end) for r in served[4:]]
    assert max(together) == 2, "the later files come one by one"


def test_field_02_sibling_another_job_knows_the_limit(stack):
    """What one job has learnt of a host is known to the next one."""
    server = stack.fault_server()
    bears(server, 1, Script(status=503))
    first = files_of(stack, server, 3, prefix="a")
    assert_complete(stack, create(stack, first), first)
    before = len(server.requests)
    second = files_of(stack, server, 3, prefix="b")
    assert_complete(stack, create(stack, second), second)
    refused = [r for r in server.requests[before:] if not r.served]
    assert len(refused) <= 1, "the limit is learnt again"


def test_field_02_sibling_a_403_of_a_file_is_no_limit(stack):
    """A refusal that stays when the request is alone is the file's: error 403, and the others arrive."""
    server = stack.fault_server()
    files = files_of(stack, server, 4)
    server.resources["/f1"].script = Script(status=403)
    job = create(stack, files, **CONTINUE)
    job.wait_state("error", unless=("transferred",))
    assert job.get("Error")[1:3] == ("http-status", 403)
    assert [f["Transferred"] for f in job.files()] == [True, False, True, True]
    assert len(server.of("/f1")) <= 2


# ---- 3: one host is down ----

def test_field_03a_a_host_that_is_down_stops_no_other(stack):
    """A file whose host is down waits alone and has its own error and date; the job is transferring, and the other file
    arrives without interruption."""
    server, down = stack.fault_server(), ClosedPort()
    files = [(down.url("/a"), stack.downloads / "a"), *files_of(stack, server, 1, Script(rate=150_000))]
    job = create(stack, files)
    waiting = wait_file(job, 0, "transient-error")
    assert waiting["Error"][:2] == ("transport", "connect-failure") and waiting["Error"][3]
    assert time.time() < waiting["RetryDate"] / 1e6 < time.time() + 30
    assert job.wait_state("transferring") and len(server.requests) == 1
    assert stack.client.wait_signal("FileTransferred", job.path).args == (1,)
    assert len(server.requests) == 1, "the healthy file was interrupted"
    job.wait_state("transient-error", unless=("transferred", "error"))
    reason, date = job.get("WaitReason")
    assert reason in ("retry-delay", "host") and abs(date - job.files()[0]["RetryDate"]) < 2e6
    server_again = stack.stop_at_end(down.open())
    server_again.add("/a", SMALL)
    job.wait_state("transferred")


def test_field_03b_a_host_that_is_down_hides_no_other(field):
    """Five files of a host that is down come first: the sixth, of a live host, is fetched all the same."""
    stack = field()
    server, down = stack.fault_server(), ClosedPort()
    files = [(down.url(f"/{n}"), stack.downloads / f"d{n}") for n in range(5)]
    job = create(stack, files + files_of(stack, server, 1, Script()))
    wait_transferred_file(job, 5)
    assert len(server.requests) == 1
    job.wait_state("transient-error", unless=("error", "transferred"))
    down.stop()


DOWN = {"connect hangs": SilentPort, "accepts and closes": RefusingPort}


@pytest.mark.parametrize("kind", DOWN.values(), ids=DOWN.keys())
def test_field_03_sibling_a_host_that_does_not_answer_takes_no_slot(field, kind):
    """Connections that hang or end at once keep no file of another host waiting, even if there are more than slots."""
    stack = field(Scheduler={"MaxFilesInFlight": "2"}, Transfer={"ConnectTimeout": "60s"})
    server, silent = stack.fault_server(), kind()
    files = [(f"http://127.0.0.1:{silent.port}/{n}", stack.downloads / f"d{n}") for n in range(6)]
    job = create(stack, files + files_of(stack, server, 4, Script()))
    for n in range(4):
        wait_transferred_file(job, 6 + n)
    assert len(server.requests) == 4
    job.cancel()
    silent.stop()


@pytest.mark.parametrize("bad", [Script(status=503), Script(status=500), Script(send=100, then="reset")],
                         ids=["503", "500", "reset"])
def test_field_03_sibling_one_file_fails_on_a_host_that_is_well(stack, bad):
    """A file that fails for now is asked for at its own growing rhythm, while another of the same host flows."""
    server = stack.fault_server()
    files = files_of(stack, server, 2, Script(rate=6_000))
    server.resources["/f0"].script = bad
    job = create(stack, files)
    wait_file(job, 0, "transient-error")
    server.wait(lambda: len([r for r in server.of("/f0") if r.ended]) >= 3, "the third attempt", 40)
    assert job.state == "transferring"
    assert len(server.of("/f1")) == 1
    asked = [r.began for r in server.of("/f0")]
    assert asked[-1] - asked[-2] > 5.5, "the progress of one file resets the back-off of another"
    job.cancel()


def test_field_03_sibling_a_name_that_is_not_known(stack):
    """A host without an address keeps the others from nothing."""
    server = stack.fault_server()
    files = [("http://nobody.invalid/a", stack.downloads / "a"), *files_of(stack, server, 1)]
    job = create(stack, files)
    wait_transferred_file(job, 1)
    assert wait_file(job, 0, "transient-error")["Error"][1] in ("name-resolution", "network-lost")
    assert len(server.requests) == 1


# ---- 15: Retry-After rests the host ----

def rest_seconds(job) -> float:
    return job.get("WaitReason")[1] / 1e6 - time.time()


def wait_resting(jobs):
    """Waits until each job waits for a date."""
    for job in jobs:
        job.wait_property("WaitReason", lambda reason: reason[0] in ("host", "retry-delay") and reason[1] > 0)


def test_field_15a_a_429_rests_the_host_for_all_jobs(field):
    """After a 429 with Retry-After no other job asks that host before the date; they wait for `host`, with the date."""
    stack = field(Scheduler={"MaxBackgroundJobs": "4"})
    server = stack.fault_server()
    server.rule = lambda request: Script(status=429, headers={"Retry-After": "30"})
    jobs = [create(stack, [(server.url(f"/{n}"), stack.downloads / f"{n}")]) for n in range(30)]
    wait_resting(jobs)
    assert len(server.requests) <= 4
    assert all(15 < rest_seconds(job) < 36 for job in jobs)
    assert any(job.get("WaitReason")[0] == "host" for job in jobs)
    assert "127.0.0.1" in Ctl(stack)("show", jobs[-1].id).out


def test_field_15b_a_403_with_retry_after_is_transient(stack):
    """A 403 that says when to come back is a rate limit: asked again then, not fatal."""
    server = stack.fault_server()
    server.add("/f", SMALL).next_scripts(Script(status=403, headers={"Retry-After": "5"}))
    job = create(stack, [(server.url("/f"), stack.downloads / "f")])
    job.wait_state("transient-error", unless=("error", "transferred"))
    job.wait_state("transferred")
    first, second = (request.began for request in server.requests)
    assert second - first >= 4.9


def resting(stack, status, after):
    """A server that rests after one request, and the job that was refused."""
    server = stack.fault_server()
    server.add("/first", SMALL, script=Script(status=status, headers={"Retry-After": after}))
    server.add("/f", SMALL)
    job = create(stack, [(server.url("/first"), stack.downloads / "first")])
    job.wait_state("transient-error")
    return server, job


def later(stack, server, name="f", **options):
    return create(stack, [(server.url(f"/{name}"), stack.downloads / name)], **options)


RESTS = {"503, seconds": (503, "40"), "503, date": (503, lambda now: http_date(40, now)),
         "429, date": (429, lambda now: http_date(40, now))}


@pytest.mark.parametrize("status, after", RESTS.values(), ids=RESTS.keys())
def test_field_15_sibling_other_forms_of_a_rest(stack, status, after):
    """503 and dates rest the host as well, for a job that comes later; another port is another host."""
    server, _ = resting(stack, status, after)
    job = later(stack, server)
    wait_resting([job])
    assert job.get("WaitReason")[0] == "host" and 20 < rest_seconds(job) < 46
    other = stack.fault_server()
    other.add("/f", SMALL)
    later(stack, other).wait_state("transferred")
    assert server.of("/f") == []


NO_REST = {"500 with Retry-After": Script(status=500, headers={"Retry-After": "40"}), "429 alone": Script(status=429),
           "503 alone": Script(status=503), "403 with Retry-After": Script(status=403, headers={"Retry-After": "40"})}


@pytest.mark.parametrize("script", NO_REST.values(), ids=NO_REST.keys())
def test_field_15_sibling_what_rests_the_file_only(stack, script):
    """Retry-After of other statuses is the file's, and without Retry-After nobody else rests."""
    server = stack.fault_server()
    server.add("/first", SMALL, script=script)
    server.add("/f", SMALL)
    job = create(stack, [(server.url("/first"), stack.downloads / "first")])
    job.wait_state("transient-error", unless=("error", "transferred"))
    later(stack, server).wait_state("transferred")


def test_field_15_sibling_other_jobs_wait_an_hour_at_most(stack):
    """The refused job waits as long as it was told, others of that host at most an hour."""
    server, refused = resting(stack, 503, "20000")
    assert 19_900 < rest_seconds(refused) < 20_100
    job = later(stack, server)
    wait_resting([job])
    assert 3000 < rest_seconds(job) < 3610


@pytest.mark.parametrize("how", ["daemon killed", "worker killed"])
def test_field_15_sibling_the_date_outlives_the_processes(stack, how):
    """The rest of a host is known after the death of the worker and of the daemon."""
    server, refused = resting(stack, 429, "100")
    if how == "daemon killed":
        stack.kill_daemon()
        stack.start()
    elif stack.worker_pids():
        stack.kill_worker()
    job = later(stack, server)
    wait_resting([job, refused])
    assert server.of("/f") == [] and 60 < rest_seconds(job) < 101


def test_field_15_sibling_resume_and_the_foreground_may_ask_once(stack):
    """Resume asks a resting host once, and so does a job in the foreground; the rest stays for all others."""
    server, refused = resting(stack, 503, "100")
    refused.resume()
    server.wait(lambda: len([r for r in server.of("/first") if r.ended]) == 2, "the request of Resume")
    later(stack, server, Priority="foreground").wait_state("transferred")
    assert len(server.of("/first")) == 2


def test_field_15_sibling_files_of_one_job(stack):
    """Within a job, too, the files of a resting host wait and those of other hosts come."""
    server, other = stack.fault_server(), stack.fault_server()
    server.rule = lambda request: Script(status=429, headers={"Retry-After": "60"})
    job = create(stack, files_of(stack, server, 12, prefix="a") + files_of(stack, other, 2, Script(), prefix="b"))
    for n in (12, 13):
        wait_transferred_file(job, n)
    job.wait_state("transient-error", unless=("error", "transferred"))
    assert len(server.requests) <= 4 and rest_seconds(job) > 30
