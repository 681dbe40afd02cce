# SPDX-License-Identifier: LGPL-2.1-or-later
"""libhaulier from C: find or make, wait across restarts of the daemon, callbacks, services, errors."""

import re
import signal
import subprocess

import pytest

from support.client.checks import assert_file, leftovers
from support.client.dbus_client import Job
from support.content import body
from support.environment import SOURCE, patience, program
from support.library import FOLDER, environment, needs_library
from support.processes import Child
from support.servers.response_script import Script

DATA = body(400_000)
KEYED = "org.haulier.example.Key"


@pytest.fixture(autouse=True)
def library():
    needs_library()


def client(stack, *words) -> subprocess.CompletedProcess:
    return subprocess.run([program("HAULIER_LIBRARY_CLIENT"), *map(str, words)], env=environment(stack), text=True,
                          timeout=patience(30), capture_output=True, check=False)


def in_background(stack, *words) -> Child:
    log = stack.directory / "library-client.log"
    child = Child([program("HAULIER_LIBRARY_CLIENT"), *map(str, words)], log, environment(stack))
    stack._closing.callback(child.stop)
    return child


def held(stack, server):
    """A file of which a part comes, and the rest when its gate is set."""
    return server.add("/f", DATA, script=Script(send=100_000, gate=True, then="finish"))


@pytest.mark.parametrize("verb", ["fetch", "async"])
def test_a_file_is_fetched_and_completed(stack, verb):
    server = stack.fault_server()
    server.add("/f", DATA)
    done = client(stack, verb, KEYED, server.url("/f"), stack.downloads / "file")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("created ") and lines[1].startswith("transferred") and lines[2] == "complete"
    if verb == "fetch":
        assert lines[1] == f"transferred {len(DATA)} of {len(DATA)}"
    assert_file(stack.downloads / "file", DATA)


@pytest.mark.parametrize("verb", ["fetch", "async"])
def test_the_job_of_an_earlier_run_is_found_by_its_key(stack, verb):
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "file")], Key=KEYED, Resume=True)
    done = client(stack, verb, KEYED, server.url("/other"), stack.downloads / "other")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[0] == f"found {job.id}"
    assert_file(stack.downloads / "file", DATA)


@pytest.mark.parametrize("verb", ["fetch", "async"])
def test_the_end_is_waited_for_when_the_daemon_is_killed_meanwhile(stack, verb):
    server = stack.fault_server()
    resource = held(stack, server)
    child = in_background(stack, verb, KEYED, server.url("/f"), stack.downloads / "file")
    stack.client.wait(lambda: "created" in child.log.read_text(), "the job")
    ((path, _properties),) = stack.manager.list(Key=KEYED)
    Job(stack.client, path).wait_state("transferring")
    stack.kill_daemon()
    resource.gate.set()
    stack.client.wait(lambda: "complete" in child.log.read_text(), "the end")
    assert child.process.wait(patience(10)) == 0
    assert_file(stack.downloads / "file", DATA)


def test_a_job_that_ended_while_the_daemon_was_away_is_in_the_history(stack):
    server = stack.fault_server()
    resource = held(stack, server)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "file")], Resume=True)
    child = in_background(stack, "wait", job.path)
    stack.client.wait(lambda: "waiting" in child.log.read_text(), "the client to wait")
    child.process.send_signal(signal.SIGSTOP)
    job.cancel()
    stack.signal_daemon(15)
    child.process.send_signal(signal.SIGCONT)
    resource.gate.set()
    stack.client.wait(lambda: "cancelled" in child.log.read_text(), "the end")
    assert child.process.wait(patience(10)) == 0


def test_a_job_that_completes_itself_is_waited_for_until_it_has(stack):
    server = stack.fault_server()
    resource = held(stack, server)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "file")], Resume=True, AutoComplete=True)
    child = in_background(stack, "wait", job.path)
    stack.client.wait(lambda: "waiting" in child.log.read_text(), "the client to wait")
    resource.gate.set()
    assert child.process.wait(patience(20)) == 0
    assert child.log.read_text().splitlines()[-1] == "complete"


def test_a_wait_can_be_cancelled_and_the_job_goes_on(stack):
    server = stack.fault_server()
    held(stack, server).gate.clear()
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "file")], Resume=True)
    done = client(stack, "impatient", job.path)
    assert done.returncode == 1 and done.stdout.startswith("g-io-error-quark 19:"), done.stdout + done.stderr
    assert job.state in ("queued", "connecting", "transferring")


@pytest.mark.parametrize("verb", ["fetch", "async"])
def test_a_failed_job_is_an_error_of_the_domain_of_transfers(stack, verb):
    server = stack.fault_server()
    done = client(stack, verb, KEYED, server.url("/missing"), stack.downloads / "file")
    assert done.returncode == 1
    assert re.search(r"^haulier-transfer-error-quark 1: .*404", done.stdout, flags=re.M), done.stdout + done.stderr


@pytest.mark.parametrize("verb", ["fetch", "async"])
def test_a_refused_call_is_an_error_of_the_domain_of_calls(stack, verb):
    done = client(stack, verb, KEYED, "ftp://127.0.0.1/f", stack.downloads / "file")
    assert done.returncode == 1
    assert done.stdout.startswith("haulier-error-quark 7: ") and "GDBus.Error" not in done.stdout


def test_a_callback_object_is_called_and_completes_the_job(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    done = client(stack, "stay", KEYED, server.url("/f"), stack.downloads / "file")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().endswith(": complete")
    assert_file(stack.downloads / "file", DATA)


def test_a_callback_object_is_asked_for_another_link(stack):
    server = stack.fault_server()
    server.add("/old", DATA, script=Script(status=403))
    server.add("/fresh", DATA)
    old, fresh = server.url("/old"), server.url("/fresh")
    done = client(stack, "renew", KEYED, old, stack.downloads / "file", fresh)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[0] == f"file 0: {old} has expired" and done.stdout.strip().endswith(": complete")
    assert_file(stack.downloads / "file", DATA)
    # Without an answer the failure is as it was.
    failed = client(stack, "renew", KEYED, old, stack.downloads / "other", "")
    assert failed.returncode == 1 and "403" in failed.stdout, failed.stdout + failed.stderr


def test_a_callback_object_is_registered_with_the_job_that_is_found(stack):
    server = stack.fault_server()
    job = stack.manager.create(files=[(server.url("/missing"), stack.downloads / "file")], Key=KEYED, Resume=True)
    job.wait_state("error")
    done = client(stack, "stay", KEYED, server.url("/missing"), stack.downloads / "file")
    assert done.returncode == 1
    assert f"job {job.id} failed: " in done.stdout and "(http-status)" in done.stdout


def test_a_service_is_started_completes_the_job_and_leaves(stack):
    name, path = "org.haulier.example.Library", "/org/haulier/example/Library"
    log = stack.bus.add_service(name, ["/usr/bin/env", f"LD_LIBRARY_PATH={FOLDER}", program("HAULIER_LIBRARY_CLIENT"),
                                       "service", name, path])
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "file")], NotifyService=(name, path), Resume=True)
    assert stack.client.wait_signal("JobRemoved").args[1:] == (job.id, "complete")
    stack.client.wait(lambda: f"job {job.id}: complete" in log.read_text(), "the service's own words")
    stack.client.wait(lambda: not stack.client.owner(name), "the service to leave")
    assert_file(stack.downloads / "file", DATA)


def test_jobs_are_listed(stack):
    server = stack.fault_server()
    jobs = [stack.manager.create(files=[(server.url("/f"), stack.downloads / f"file{i}")]) for i in range(260)]
    done = client(stack, "list")
    assert done.stdout.splitlines() == [f"{job.id} suspended" for job in jobs], done.stderr
    for job in jobs[:3]:
        job.cancel()
    assert leftovers(stack.downloads) == []


def test_the_library_exports_what_its_headers_declare():
    """And nothing else: the list of symbols is the ABI."""
    declared = set()
    for header in [*(SOURCE / "libhaulier").glob("haulier-*.h"), *FOLDER.glob("haulier-*.h")]:
        if header.name != "haulier-private.h":
            declared |= set(re.findall(r"\b(haulier_\w+)\(", header.read_text()))
            declared |= {f"haulier_{kind.lower()}_get_type" for kind in re.findall(r"HAULIER, (\w+), GObject", header.read_text())}
    listed = subprocess.run(["nm", "-D", "--defined-only", FOLDER / "libhaulier.so.0"], text=True, capture_output=True,
                            check=True)
    exported = {line.split()[-1].partition("@")[0] for line in listed.stdout.splitlines() if " T " in line}
    assert exported == declared
    listed_for_debian = (SOURCE / "packaging/debian/libhaulier0.symbols").read_text()
    assert set(re.findall(r"^ (haulier_\w+)@HAULIER_0 ", listed_for_debian, flags=re.M)) == declared
