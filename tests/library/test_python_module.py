# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Python module haulier: what it returns and raises."""

import hashlib
import json
import subprocess

import pytest

from support.bus.fake_daemon import FakeFailingJob
from support.client.checks import assert_file
from support.content import body
from support.daemon.system_stack import SystemStack
from support.environment import PYTHON, patience
from support.library import environment, needs_typelib
from support.processes import Child
from support.servers.response_script import Script

DATA = body(300_000)


@pytest.fixture
def run(stack):
    needs_typelib()

    def run_script(script: str, *arguments):
        """Runs a script with the module, and returns what it assigned to `result`."""
        text = f"import json, sys, haulier\nargv = sys.argv[1:]\n{script}\nprint(json.dumps(result))\n"
        done = subprocess.run([PYTHON, "-c", text, *map(str, arguments)], env=environment(stack), text=True,
                              timeout=patience(40), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr, done.stderr
        return json.loads(done.stdout)

    return run_script


def test_a_download_with_options(stack, run):
    server = stack.fault_server()
    server.add("/f", DATA)
    result = run("""
with haulier.Client() as client:
    job = client.download(argv[0], argv[1], key="k", name="A song", auto_complete=True, priority="high",
                          bandwidth_limit=10_000_000, minimum_retry_delay=9, notify_flags=["transferred"])
    again = client.download(argv[0], argv[1], key="k")
    result = [job.created, again.created, job.id == again.id, job["DisplayName"], job["Priority"], job["BandwidthLimit"],
              job["MinimumRetryDelay"], job["NotifyFlags"], job.wait(), list(job.progress)[:2]]
""", server.url("/f"), stack.downloads / "file")
    assert result == [True, False, True, "A song", "high", 10_000_000, 9, ["transferred"], "complete", [len(DATA)] * 2]
    assert_file(stack.downloads / "file", DATA)


def test_files_have_options_of_their_own(stack, run):
    server = stack.fault_server()
    server.add("/f", DATA)
    result = run("""
client = haulier.Client()
result = []
for digest in ("0" * 64, argv[2]):
    job = client.download([(argv[0], argv[1], {"checksum": "sha256:" + digest, "size": int(argv[3])})])
    try:
        result.append(job.wait() + " " + job.complete())
    except haulier.TransferError as error:
        result.append(error.name)
""", server.url("/f"), stack.downloads / "file", hashlib.sha256(DATA).hexdigest(), len(DATA))
    assert result == ["checksum-mismatch", "transferred complete"]
    assert_file(stack.downloads / "file", DATA)


def test_a_file_is_opened_before_it_has_its_name(stack, run):
    server = stack.fault_server()
    server.add("/f", DATA)
    result = run("""
from gi.repository import GLib
client = haulier.Client()
job = client.download(argv[0], argv[1])
job.wait()
files, loop = [job.open_file()], GLib.MainLoop()

def opened(object, answer):
    files.append(open(object.open_file_finish(answer), "rb"))
    loop.quit()

job.object.open_file(0, None, opened)
loop.run()
try:
    job.open_file(1)
except haulier.Error as error:
    result = [error.name, job.complete()]
result += [len(file.read()) for file in files]
""", server.url("/f"), stack.downloads / "file")
    assert result == ["InvalidArgument", "complete", len(DATA), len(DATA)]


def test_progress_is_told_as_it_happens_and_a_size_that_is_not_known_is_none(stack, run):
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(length=False, rate=100_000))
    result = run("""
job = haulier.Client().download(argv[0], argv[1])
result = [list(progress) for progress in job]
result = [len(result) > 2, any(total is None and done > 0 for done, total, _rate, _left in result), result[-1][0], job.state]
""", server.url("/f"), stack.downloads / "file")
    assert result == [True, True, len(DATA), "transferred"]


def test_a_wait_has_a_limit_and_the_job_can_be_controlled(stack, run):
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(send=1000, then="stall"))
    result = run("""
client = haulier.Client()
job = client.download(argv[0], argv[1], key="slow")
try:
    job.wait(0.3)
except TimeoutError:
    result = ["late"]
job.suspend()
job["Priority"] = "low"
(found,) = client.jobs("slow")
result += [found.id == job.id, found.state, client.job(job.path)["Priority"]]
job.cancel()
result += [client.jobs(), job.wait()]
""", server.url("/f"), stack.downloads / "file")
    assert result == ["late", True, "suspended", "low", [], "cancelled"]


def test_failures_and_refusals_are_exceptions_with_names(stack, run):
    server = stack.fault_server()
    result = run("""
client = haulier.Client()
result = []
job = client.download(argv[0], argv[1])
try:
    job.wait()
except haulier.TransferError as error:
    result += [error.name, str(error) == str(job.failure), job.state]
for refused in (lambda: client.download("ftp://h/f", argv[1]), lambda: client.download(argv[0], argv[1], nonsense=1)):
    try:
        refused()
    except haulier.Error as error:
        result.append(error.name)
""", server.url("/missing"), stack.downloads / "file")
    assert result == ["http-status", True, "error", "NotSupported", "NotSupported"]


@pytest.mark.parametrize("call", ["client.get_job_sync(argv[0], None)", "finished(client.get_job, argv[0])"])
def test_a_change_right_after_the_values_were_read_is_not_missed(stack, run, call):
    daemon = FakeFailingJob(stack.bus.address)
    try:
        assert run(f"""
from gi.repository import GLib
loop = GLib.MainLoop()
client = haulier.Client().object
def finished(begin, path):
    results = []
    begin(path, None, lambda _client, result: (results.append(client.get_job_finish(result)), loop.quit()))
    loop.run()
    return results[0]
job = {call}
job.connect("changed", lambda _job: loop.quit())
GLib.timeout_add_seconds(10, loop.quit)
if job.get_state() != "error":
    loop.run()
result = job.get_state()
""", daemon.PATH) == "error"
    finally:
        daemon.stop()


def test_an_upload(stack, run):
    nginx = stack.nginx(writable=True)
    source = stack.downloads / "source"
    source.write_bytes(DATA)
    result = run('result = haulier.Client().upload(argv[0], argv[1], auto_complete=True).wait()', source,
                 nginx.url("target"))
    assert result == "complete"


def test_on_the_system_bus_the_end_is_told_although_the_daemon_was_killed(new_stack):
    """There signals are sent to subscribers only, and a daemon that was started again has none."""
    needs_typelib()
    stack = new_stack(kind=SystemStack)
    server = stack.fault_server()
    resource = server.add("/f", DATA, script=Script(send=100_000, gate=True, then="finish"))
    script = ("import haulier, sys\njob = haulier.Client(system=True).download(*sys.argv[1:])\nprint('created', flush=True)\n"
              "print(job.wait(), job.complete())")
    log = stack.directory / "client.log"
    child = Child([PYTHON, "-c", script, server.url("/f"), str(stack.downloads / "file")], log, environment(stack))
    stack.stop_at_end(child)
    server.wait_sent("/f", 100_000)
    stack.client.wait(lambda: "created" in log.read_text(), "the client to have its job")
    stack.kill_daemon()
    resource.gate.set()
    stack.client.wait(lambda: "transferred complete" in log.read_text(), "the end")
    assert child.process.wait(patience(10)) == 0
    assert_file(stack.downloads / "file", DATA)
