# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon comes when called, leaves when idle, and what it knows outlives it."""

import http.server
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from support.bus.callback import Refuse
from support.chance import fewer
from support.client.checks import assert_file, part_files
from support.client.dbus_client import BUS, JOB, NAME, BusError
from support.content import body
from support.environment import patience
from support.processes import Pidfd
from support.servers.response_script import Script

MEBI = 1 << 20
BIG = body(3 * MEBI)


def stalled_job(stack, **options):
    server = stack.fault_server()
    resource = server.add("/big", BIG)
    resource.next_scripts(Script(send=MEBI, then="stall"))
    job = stack.manager.create(files=[(server.url("/big"), stack.downloads / "big")], Resume=True, **options)
    job.wait_bytes(MEBI)
    return server, job


def test_an_idle_daemon_leaves_and_comes_back_with_its_jobs(new_stack):
    stack = new_stack({"Daemon": {"IdleTimeout": "200ms"}})
    job = stack.manager.create("kept", Description="text", Key="key", NotifyFlags=["error"], MinimumRetryDelay=77)
    before = job.all()
    stack.wait_stopped()
    assert job.all() == before
    assert [p["Id"] for _, p in stack.manager.list()] == [job.id]


def test_a_daemon_at_work_stays(new_stack):
    stack = new_stack({"Daemon": {"IdleTimeout": "100ms"}})
    _server, job = stalled_job(stack)
    pid = stack.daemon_pid()
    stack.client.pause(1)
    assert stack.daemon_pid() == pid
    job.suspend()
    stack.wait_stopped()


class SlowToForget(http.server.BaseHTTPRequestHandler):
    """A tus server that takes nothing, and forgets an upload only when `gate` is open."""
    protocol_version = "HTTP/1.1"
    asked: threading.Event
    gate: threading.Event

    def log_message(self, *_) -> None:
        """Silence."""

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in (headers | {"Tus_Resumable": "1.0.0", "Content_Length": "0"}).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_OPTIONS(self) -> None:
        self.answer(204, Tus_Version="1.0.0", Tus_Extension="creation,termination")

    def do_POST(self) -> None:
        self.answer(201, Location="/files/1")

    def do_PATCH(self) -> None:
        self.gate.wait()

    def do_DELETE(self) -> None:
        self.asked.set()
        self.gate.wait()
        self.answer(204)


@pytest.fixture
def slow_to_forget():
    handler = type("Bound", (SlowToForget,), {"asked": threading.Event(), "gate": threading.Event()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.url = f"http://127.0.0.1:{server.server_port}/files"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield handler
    handler.gate.set()
    server.shutdown()
    server.server_close()


def test_a_daemon_leaves_when_the_last_server_has_answered(new_stack, slow_to_forget):
    stack = new_stack({"Daemon": {"IdleTimeout": "200ms"}})
    (stack.downloads / "source").write_bytes(BIG)
    job = stack.manager.create(job_type="upload", files=[(slow_to_forget.url, stack.downloads / "source")], Resume=True)
    job.wait_state("transferring")
    job.cancel()
    assert slow_to_forget.asked.wait(patience(15))
    pid = stack.daemon_pid()
    stack.client.pause(1)
    assert stack.daemon_pid() == pid
    slow_to_forget.gate.set()
    stack.wait_stopped()


def owners(stack) -> list[str]:
    """Who had the daemon's name since forget(), "" for nobody."""
    changes = [s.args for s in stack.client.signals if s.member == "NameOwnerChanged"]
    return [new for name, _old, new in changes if name == NAME]


def starts(stack) -> int:
    return len([owner for owner in owners(stack) if owner])


def losses(stack) -> int:
    return owners(stack).count("")


def assert_all_there(stack, count: int) -> None:
    descriptions = [stack.manager.get(p["Id"]).get("Description") for _, p in stack.manager.list()]
    assert descriptions == [str(number) for number in range(count)]


def test_a_call_in_the_moment_of_leaving_is_not_lost(new_stack):
    """The daemon leaves as soon as it has answered; the next call comes 0 to 3 ms later."""
    stack = new_stack({"Daemon": {"IdleTimeout": "0s"}})
    chance = random.Random(1)
    stack.client.forget()
    attempts = fewer(50)
    for attempt in range(attempts):
        job = stack.manager.create(f"job {attempt}")
        moment = time.monotonic() + chance.uniform(0, 0.003)
        while time.monotonic() < moment:
            pass  # too short for any timer
        job.set("Description", str(attempt))
    assert_all_there(stack, attempts)
    stack.client.wait(lambda: starts(stack) > attempts / 10, "proof that the daemon often left, so that something was tried")


def test_a_call_right_after_the_name_is_gone_is_not_lost(new_stack):
    stack = new_stack({"Daemon": {"IdleTimeout": "20ms"}})
    attempts = fewer(10)
    for attempt in range(attempts):
        stack.client.forget()
        job = stack.manager.create(f"job {attempt}")
        stack.client.wait(lambda: losses(stack), "the name to be free")
        job.set("Description", str(attempt))
    assert_all_there(stack, attempts)


def test_who_waits_for_a_worker_when_the_daemon_leaves_gets_the_answer(new_stack):
    """Under systemd, that is: a daemon that has said that it leaves cannot come back. Another is started by the bus."""
    stack = new_stack({"Daemon": {"IdleTimeout": "0s"}})
    server = stack.fault_server()
    server.add("/file", b"x")
    chance = random.Random(1)
    attempts = fewer(15)
    for attempt in range(attempts):
        stack.client.forget()
        daemon = subprocess.Popen(stack.daemon_command(), env=stack.env | {"NOTIFY_SOCKET": str(stack.directory / "none")},
                                  stderr=subprocess.DEVNULL)
        stack.client.wait(lambda: starts(stack), "the daemon on the bus")
        moment = time.monotonic() + chance.uniform(0, 0.003)
        while time.monotonic() < moment:
            pass  # too short for any timer
        stack.manager.create(str(attempt), files=[(server.url("/file"), stack.downloads / str(attempt))])
        assert daemon.wait(patience(30)) in (os.EX_OK, os.EX_TEMPFAIL)
        stack.wait_stopped()
    assert [p["FilesTotal"] for _, p in stack.manager.list()] == [1] * attempts


def test_a_name_that_is_denied_for_a_moment_is_asked_for_again(new_stack):
    """A bus reads the policy of a package before there is the user that it is about."""
    stack = new_stack()
    config = stack.runtime / "bus.conf"
    allowing = config.read_text()
    config.write_text(allowing.replace('<allow own="*"/>', f'<deny own="{NAME}"/>'))
    stack.client.call(*BUS, "ReloadConfig")
    log = stack.directory / "denied.log"
    with open(log, "wb") as out:
        daemon = subprocess.Popen(stack.daemon_command(), env=stack.env, stderr=out)
    try:
        deadline = time.monotonic() + patience(10)
        while "does not give us our name" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            stack.client.call(*BUS, "GetId")
        config.write_text(allowing)
        stack.client.call(*BUS, "ReloadConfig")
        stack.client.wait(stack.running, "the daemon to have its name")
        daemon.terminate()
        assert daemon.wait(patience(10)) == 0
    finally:
        daemon.kill()
        daemon.wait()


def test_sigterm_saves_what_is_there(new_stack):
    """No checkpoint is due before the signal; after it everything that had come is kept."""
    stack = new_stack({"Transfer": {"CheckpointBytes": "1G", "CheckpointInterval": "1h"}})
    server, job = stalled_job(stack)
    with Pidfd(stack.worker_pid()) as worker:
        stack.signal_daemon(signal.SIGTERM)
        assert worker.ended(patience(15))
    job.wait_state("transferred")
    assert [request.range_start for request in server.of("/big")] == [0, MEBI]
    job.complete()
    assert_file(stack.downloads / "big", BIG)


def test_a_killed_daemon_knows_everything_that_it_had_confirmed(stack):
    server = stack.fault_server()
    server.add("/done", body(1000))
    done = stack.manager.create(files=[(server.url("/done"), stack.downloads / "done")], Resume=True)
    failed = stack.manager.create(files=[(server.url("/none"), stack.downloads / "none")], Resume=True)
    paused = stack.manager.create("paused", Key="k")
    done.wait_state("transferred")
    failed.wait_state("error", unless=())
    before = [job.all() for job in (done, failed, paused)], [job.files() for job in (done, failed)]
    stack.kill_daemon()
    assert ([job.all() for job in (done, failed, paused)], [job.files() for job in (done, failed)]) == before
    failed.cancel()
    stack.kill_daemon()
    assert [p["Id"] for _, p in stack.manager.list()] == [done.id, paused.id]
    assert done.complete() == ("complete", 1, 0)


def test_the_worker_of_a_killed_daemon_does_not_live_on(stack):
    _server, job = stalled_job(stack)
    with Pidfd(stack.worker_pid()) as worker:
        stack.kill_daemon()
        assert worker.ended(patience(10))
    job.wait_state("transferred")


def test_a_killed_worker_is_replaced_and_its_transfers_go_on(new_stack):
    stack = new_stack({"Transfer": {"CheckpointBytes": "64K"}})
    server, job = stalled_job(stack)
    daemon = stack.daemon_pid()
    stack.wait_durable(stack.downloads / "big", MEBI - 64 * 1024)
    stack.kill_worker()
    job.wait_state("transferred")
    assert stack.daemon_pid() == daemon
    assert server.of("/big")[-1].range_start >= MEBI - 64 * 1024
    job.complete()
    assert_file(stack.downloads / "big", BIG)


def test_without_its_bus_the_daemon_ends(stack):
    stalled_job(stack)
    with Pidfd(stack.daemon_pid()) as daemon, Pidfd(stack.worker_pid()) as worker:
        stack.client.close()
        stack.bus.stop()
        assert daemon.ended(patience(10)) and worker.ended(patience(10))


def databases(stack) -> list[str]:
    return sorted(path.name for path in stack.state.iterdir() if not path.name.endswith(("-wal", "-shm")))


def assert_set_aside(stack) -> None:
    assert stack.manager.list() == []
    names = databases(stack)
    assert "haulier.db" in names
    assert [name for name in names if name.startswith("haulier.db.corrupt-")], names
    assert "corrupt" in stack.log.read_text()
    stack.manager.create("life goes on")
    stack.kill_daemon()
    assert len(stack.manager.list()) == 1


def test_a_database_of_nonsense_is_set_aside(stack):
    stack.manager.create("lost")
    stack.signal_daemon(signal.SIGTERM)
    for path in stack.state.glob("haulier.db*"):
        path.write_bytes(b"nonsense " * 1000)
    assert_set_aside(stack)


def test_a_damaged_database_is_set_aside(stack):
    for number in range(60):
        stack.manager.create(f"lost {number}", Description="x" * 1000)
    stack.signal_daemon(signal.SIGTERM)
    database = stack.state / "haulier.db"
    damaged = bytearray(database.read_bytes())
    page = 4096
    assert len(damaged) > 8 * page
    damaged[2 * page:6 * page] = bytes(range(256)) * (4 * page // 256)
    database.write_bytes(damaged)
    assert_set_aside(stack)


def test_a_database_of_the_future_is_set_aside(stack):
    stack.manager.create("lost")
    stack.signal_daemon(signal.SIGTERM)
    with sqlite3.connect(stack.state / "haulier.db") as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    assert stack.manager.list() == []
    assert [name for name in databases(stack) if ".corrupt-" in name]


def test_strange_configuration_is_reported_with_its_line_and_the_daemon_runs(new_stack):
    stack = new_stack({"Daemon": {"Colour": "red"}, "Jobs": {"MaxJobs": "many"}})
    assert stack.manager.list() == []
    log = stack.log.read_text()
    assert "haulier.conf:3" in log and "Colour" in log
    assert "MaxJobs" in log and "many" in log


@pytest.mark.parametrize("answer", [Script(), Script(status=404), Script(status=503), Script(send=1000, then="reset"),
                                    Script(status=302, headers={"Location": "ftp://anna:hunter2@[::1]/?hunter2"})],
                         ids=["fetched", "refused", "busy", "cut off", "led astray"])
def test_secrets_stay_out_of_the_log(stack, answer):
    """Of whatever a client or a server says; also with HAULIER_DEBUG, which every test sets."""
    def refuse(_call):
        raise Refuse("hunter2")
    server = stack.fault_server()
    server.add("/file", BIG, script=answer)
    stack.callback(answer=refuse)
    url = server.url("/file").replace("http://", "http://anna:hunter2@") + "?token=hunter2"
    job = stack.manager.create(
        files=[(url, stack.downloads / "f", {"Mirrors": [server.url("/other?hunter2")]})], Resume=True,
        NotifyObject="/client", CustomHeaders=["X-Secret: hunter2"],
        Credentials=[("server", "digest", "anna", "hunter2"), ("server", "bearer", "", "hunter2"),
                     ("proxy", "basic", "anna", "hunter2")])
    job.wait_state("transferred", "error", "transient-error", unless=())
    for wrong in (lambda: job.add_file("http://hunter2:hunter2@", "/nowhere/f"),
                  lambda: job.add_file("http://127.0.0.1/?hunter2", "/nowhere/f"),
                  lambda: job.set_custom_headers("hunter2"),
                  lambda: job.set_credentials("server", "basic", "hunter2:", "hunter2")):
        with pytest.raises(BusError):
            wrong()
    job.cancel()
    stack.signal_daemon(signal.SIGTERM)
    stack.client.wait(lambda: not stack.running(), "the daemon to end")
    log = stack.log.read_text()
    assert job.id in log and "hunter2" not in log


def test_sigterm_with_calls_unanswered_is_a_clean_end_and_what_was_asked_is_done_later(stack):
    """Complete of many files is under way: the daemon ends with 0, and the next one carries it out."""
    url = stack.nginx().add("f", BIG[:1000])
    daemon = subprocess.Popen(stack.daemon_command(), env=stack.env, stderr=subprocess.DEVNULL)
    try:
        stack.client.wait(stack.running, "the daemon on the bus")
        names = [f"f{number}" for number in range(200)]
        job = stack.manager.create(files=[(url, stack.downloads / name) for name in names], Resume=True)
        job.wait_state("transferred", seconds=40)
        other = stack.connect()
        other.connection.call(NAME, job.path, JOB, "Complete", None, None, 0, -1, None, None)
        other.connection.flush_sync(None)
        job.wait_property("WaitReason", lambda reason: reason[0] != "needs-complete")
        daemon.terminate()
        assert daemon.wait(patience(15)) == 0
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
    stack.client.wait(lambda: not stack.running(), "the bus to notice")
    stack.start()
    stack.client.wait(lambda: not stack.manager.list(), "the job to end")
    for name in names:
        assert_file(stack.downloads / name, BIG[:1000])
    assert not part_files(stack.downloads)


def test_a_job_that_changes_hands_leaves_the_old_owners_worker(stack):
    """The session bus knows one user; the job of another is made in the database."""
    server = stack.fault_server()
    server.add("/file", BIG, script=Script(rate=1 << 18))
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")])
    stack.kill_daemon()
    with sqlite3.connect(stack.state / "haulier.db") as db:
        db.execute("UPDATE jobs SET owner = owner + 1")
    job.resume()
    job.wait_bytes(100_000)
    (old,) = stack.worker_pids()
    job.call("TakeOwnership")
    assert job.get("Owner") == os.getuid()
    stack.client.wait(lambda: len(server.requests) == 2, "the new owner's request")
    server.wait(lambda: server.requests[0].ended, "the end of the old one")
    assert len(stack.worker_pids()) == 2 and old in stack.worker_pids()
    assert server.requests[0].sent < len(BIG)
    assert "range" not in server.requests[1].headers, "what is here is another user's file"
