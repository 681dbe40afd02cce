# SPDX-License-Identifier: LGPL-2.1-or-later
"""Answers that are no success: each becomes the right state with the right cause, and never a finished file."""

import gzip
import socket
import time

from support.client.checks import assert_file, leftovers
from support.client.dbus_client import UNKNOWN
from support.content import body
from support.environment import patience, stretched
from support.servers.response_script import Script, http_date

DATA = body(400_000)
HALF = 200_000
MANY = {"Scheduler": {"MaxBackgroundJobs": "100"},
        "Transfer": {"ConnectionsPerHost": "100", "StallTimeout": stretched(4), "ConnectTimeout": stretched(4)}}


def job_for(stack, server, name, script=Script(), **options):
    server.add(f"/{name}", DATA, script=script)
    return stack.manager.create(files=[(server.url(f"/{name}"), stack.downloads / name)], Resume=True, **options)


def test_each_bad_answer_has_its_cause_and_its_state(new_stack):
    stack = new_stack(MANY)
    server = stack.fault_server()
    expected = {  # script, state, acceptable names, code
        "400": (Script(status=400), "error", {"http-status"}, 400),
        "401": (Script(status=401), "error", {"http-status"}, 401),
        "403": (Script(status=403), "error", {"http-status"}, 403),
        "404": (Script(status=404), "error", {"http-status"}, 404),
        "408": (Script(status=408), "transient-error", {"http-status"}, 408),
        "410": (Script(status=410), "error", {"http-status"}, 410),
        "429": (Script(status=429), "transient-error", {"http-status"}, 429),
        "500": (Script(status=500), "transient-error", {"http-status"}, 500),
        "501": (Script(status=501), "error", {"http-status"}, 501),
        "503": (Script(status=503), "transient-error", {"http-status"}, 503),
        "304": (Script(status=304), "error", {"http-status"}, 304),
        "short": (Script(lie=1000), "transient-error", {"short-body", "connection-lost"}, None),
        "closed": (Script(send=HALF, then="close"), "transient-error", {"short-body", "connection-lost"}, None),
        "reset": (Script(send=HALF, then="reset"), "transient-error", {"short-body", "connection-lost"}, None),
        "cut-chunks": (Script(chunked=True, send=HALF), "transient-error", {"short-body", "connection-lost"}, None),
        "stalled": (Script(send=HALF, then="stall"), "transient-error", {"timeout"}, None),
    }
    # While other requests are under way, 403 may mean that the server bears fewer of them.
    alone = stack.fault_server()
    jobs = {name: job_for(stack, alone if name == "403" else server, name, row[0]) for name, row in expected.items()}
    faults = []
    for name, (_script, state, names, code) in expected.items():
        job = jobs[name]
        reached = job.wait_state("transient-error", "error", "transferred", unless=())
        error = job.get("Error")
        fine = reached == state and error[1] in names and error[3] and error[4] == 0 and code in (None, error[2])
        if not fine:
            faults.append(f"{name}: {reached} {error}, expected {state} {names} {code}")
        reason = job.get("WaitReason")
        assert reason[0] == ("retry-delay" if reached == "transient-error" else "needs-resume"), (name, reason)
    assert not faults, "\n".join(faults)
    assert not [name for name in leftovers(stack.downloads) if ".haulier-" not in name]
    for job in jobs.values():
        job.cancel()
    assert leftovers(stack.downloads) == []


def test_wrong_ranges_are_not_believed(new_stack):
    """A resume is answered by another range than asked for, or by more or less than the range has."""
    stack = new_stack(MANY)
    server = stack.fault_server()
    lies = {
        "other-start": Script(content_range=f"bytes {HALF - 10}-{len(DATA) - 11}/{len(DATA)}"),
        "start-of-file": Script(content_range=f"bytes 0-{HALF - 1}/{len(DATA)}"),
        "other-total": Script(content_range=f"bytes {HALF}-{len(DATA) - 1}/{len(DATA) + 7}"),
        "backwards": Script(content_range=f"bytes {HALF}-{HALF - 1}/{len(DATA)}"),
        "nonsense": Script(content_range="elephants 1-2/3"),
        "huge": Script(content_range="bytes 99999999999999999999999-99999999999999999999999/1"),
        "too-long": Script(extra=1000),
        "too-short": Script(lie=1000),
    }
    jobs = {}
    for name, lie in lies.items():
        resource = server.add(f"/{name}", DATA, script=lie)
        resource.next_scripts(Script(send=HALF, then="stall"))
        jobs[name] = stack.manager.create(files=[(server.url(f"/{name}"), stack.downloads / name)], Resume=True)
        jobs[name].wait_bytes(HALF)
        jobs[name].suspend()
    for name, job in jobs.items():
        job.resume()
    faults = []
    for name, job in jobs.items():
        state = job.wait_state("transient-error", "error", "transferred", unless=())
        if state == "transferred":
            job.complete()
            if (stack.downloads / name).read_bytes() != DATA:
                faults.append(f"{name}: a wrong file")
        else:
            error = job.get("Error")
            print(name, state, error)
            if error[1] not in ("invalid-response", "long-body", "short-body", "connection-lost", "remote-file-changed"):
                faults.append(f"{name}: {error}")
            server.resources[f"/{name}"].script = Script()  # the server comes to its senses
            job.resume()
            job.wait_state("transferred")
            job.complete()
            assert_file(stack.downloads / name, DATA)
    assert not faults, "\n".join(faults)


def test_D_19_bodies_without_a_length_are_fetched_whole(stack):
    server = stack.fault_server()
    jobs = {"chunked": job_for(stack, server, "chunked", Script(chunked=True)),
            "endless": job_for(stack, server, "endless", Script(length=False))}
    for name, job in jobs.items():
        job.wait_state("transferred")
        assert job.get("BytesTotal") == len(DATA)
        job.complete()
        assert_file(stack.downloads / name, DATA)


def test_all_of_an_empty_file_is_here_also_where_the_server_calls_that_no_range(stack):
    server = stack.fault_server()
    server.add("/file", script=Script(status=416, headers={"Content-Range": "bytes */0"}))
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], OnDemand=True)
    job.request_ranges(0, (0, UNKNOWN))
    job.resume()
    job.wait_state("transferred")
    assert job.files()[0]["BytesTotal"] == 0
    job.complete()
    assert_file(stack.downloads / "file", b"")


def test_an_encoding_that_nobody_asked_for_is_stored_as_sent_or_refused(stack):
    """As many servers label .tar.gz files; what must never happen is half of each."""
    server = stack.fault_server()
    job = job_for(stack, server, "packed", Script(encoding="gzip"))
    state = job.wait_state("transferred", "error", "transient-error", unless=())
    assert server.requests[0].headers["accept-encoding"] == "identity"
    if state == "transferred":
        job.complete()
        assert_file(stack.downloads / "packed", gzip.compress(DATA, mtime=0))
    else:
        assert job.get("Error")[1] == "invalid-response"


def test_nobody_listens_and_nobody_is_called_that(stack):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        port = closed.getsockname()[1]
        refused = stack.manager.create(files=[(f"http://127.0.0.1:{port}/f", stack.downloads / "a")], Resume=True)
        nameless = stack.manager.create(files=[("http://nobody.invalid/f", stack.downloads / "b")], Resume=True)
        for job, name in ((refused, "connect-failure"), (nameless, "name-resolution")):
            job.wait_state("transient-error")
            error = job.get("Error")
            assert (error[0], error[1]) == ("transport", name) and error[3]
            job.cancel()
    assert leftovers(stack.downloads) == []


def wait_until_of(job) -> float:
    """When the job will be tried again, in seconds since the epoch."""
    reason, when = job.get("WaitReason")
    assert reason in ("retry-delay", "host")
    return when / 1e6


def test_retry_after_is_obeyed_in_seconds_and_as_a_date_within_limits(new_stack):
    stack = new_stack(MANY | {"Retry": {"MaximumRetryAfter": "10min"}})
    waits = {
        "seconds": (Script(status=503, headers={"Retry-After": "120"}), 120),
        "date": (Script(status=429, headers={"Retry-After": lambda now: http_date(300, now)}), 300),
        "too-much": (Script(status=503, headers={"Retry-After": "86400"}), 600),
        "less-than-our-own": (Script(status=503, headers={"Retry-After": "1"}), 60),
        "in-the-past": (Script(status=503, headers={"Retry-After": lambda now: http_date(-300, now)}), 60),
        "nonsense": (Script(status=503, headers={"Retry-After": "soon"}), 60),
        "none": (Script(status=503), 60),
        "redirected-away": (Script(status=500, headers={"Retry-After": "120"}), 120),
    }
    # A server that asks for a rest is not asked by other jobs.
    servers = {name: stack.fault_server() for name in waits}
    jobs = {name: job_for(stack, servers[name], name, script) for name, (script, _) in waits.items()}
    for name, job in jobs.items():
        job.wait_state("transient-error")
        wanted = waits[name][1]
        left = wait_until_of(job) - time.time()
        assert wanted - 15 <= left <= wanted + 5, (name, left)
        assert len(servers[name].of(f"/{name}")) == 1


def test_a_job_tries_again_by_itself_after_its_delay(stack):
    server = stack.fault_server()
    resource = server.add("/f", DATA)
    resource.next_scripts(Script(status=503), Script(status=500))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], MinimumRetryDelay=5, Resume=True)
    job.wait_state("transferred", seconds=40)
    first, second, third = [request.began for request in server.requests]
    assert 5 <= second - first < 5 + patience(4)
    assert 7.4 <= third - second < 10 + patience(4), "doubled, less at most a quarter"
    assert job.get("ErrorCount") >= 1
    assert job.get("Error")[:2] == ("", "")


def test_resume_does_not_wait_for_the_delay(stack):
    server = stack.fault_server()
    server.add("/f", DATA).next_scripts(Script(status=503, headers={"Retry-After": "3600"}))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transient-error")
    job.resume()
    job.wait_state("transferred")


def test_the_delay_goes_on_after_a_kill(stack):
    server = stack.fault_server()
    server.add("/f", script=Script(status=503, headers={"Retry-After": "100"}))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transient-error")
    before = job.all()
    stack.kill_daemon()
    stack.start()
    after = job.all()
    assert abs(after["WaitReason"][1] - before["WaitReason"][1]) < 5e6
    assert (after["State"], after["Error"], after["ErrorCount"]) == (before["State"], before["Error"], before["ErrorCount"])


def test_without_patience_the_first_failure_is_the_last(stack):
    server = stack.fault_server()
    job = job_for(stack, server, "f", Script(status=503), NoProgressTimeout=0)
    job.wait_state("error", unless=())
    assert job.get("Error")[1] == "http-status"
    waiting = job_for(stack, server, "g", Script(status=503))
    waiting.wait_state("transient-error")
    waiting.set("NoProgressTimeout", 0)  # BITS 3.2: at once
    waiting.wait_state("error", unless=())
    assert waiting.get("Error")[1] in ("no-progress", "http-status")


def test_one_bad_file_stops_the_job_and_a_new_try_does_not_fetch_the_good_ones_again(stack):
    server = stack.fault_server()
    good = [f"good-{n}" for n in range(3)]
    for name in good:
        server.add(f"/{name}", DATA)
    bad = server.add("/bad", DATA, script=Script(status=404))
    names = good + ["bad"]
    job = stack.manager.create(files=[(server.url(f"/{n}"), stack.downloads / n) for n in names], Resume=True)
    job.wait_state("error", unless=())
    assert job.get("Error")[4] == 3
    bad.script = Script()
    done = [file["Index"] for file in job.files() if file["Transferred"]]
    job.resume()
    job.wait_state("transferred")
    assert all(len([r for r in server.of(f"/{names[i]}") if r.status == 200]) == 1 for i in done)
    assert job.complete() == ("complete", 4, 0)
    for name in names:
        assert_file(stack.downloads / name, DATA)
