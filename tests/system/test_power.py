# SPDX-License-Identifier: LGPL-2.1-or-later
"""The power fails in mid-transfer. After the next boot, jobs go on by themselves, without a client, unless they are held. The
file also tests what keeps the machine from suspending itself."""

import time

import pytest

from support.client.dbus_client import Job, Manager
from support.container.activatable import ActivatableService
from support.container.container_user import ContainerUser, configure_user
from support.container.systemd import Systemd
from support.content import body
from support.environment import patience
from support.servers.response_script import Script

SIZE = 4_000_000
HALF = 2_500_000
# What may be fetched twice: a checkpoint's distance, and what lies in the buffers of both ends.
AT_RISK = (256 << 10) + (256 << 10)
SERVICE = "org.haulier.Test.Updater"


@pytest.fixture(scope="module")
def machine(own_machine):
    return own_machine


def hold(server, path: str) -> bytes:
    """A file that stops in the middle, the first time that it is fetched."""
    content = body(SIZE, seed=len(path))
    resource = server.add(path, content)
    resource.next_scripts(Script(send=HALF, gate=True, then="close"))
    return content


def wait_received(bus, job: Job) -> None:
    """All that was sent. What is checkpointed may be less, by AT_RISK."""
    bus.wait(lambda: job.get("BytesTransferred") >= HALF, f"{HALF} bytes")


def assert_continued(server, path: str) -> None:
    """The second request goes on where the first one was, or nearly."""
    first, second = server.of(path)
    print(f"{path}: cut at {first.sent}, goes on at {second.range_start}: {first.sent - second.range_start} bytes twice")
    assert HALF - AT_RISK <= second.range_start <= HALF


def test_jobs_go_on_after_a_power_cut_and_the_system_service_is_started_and_told(machine, server):
    """Root's job, of which a service is to be told that does not run, and that ends it."""
    service = ActivatableService(machine, SERVICE, "complete")
    content = hold(server, "/system")
    root = ContainerUser(machine, "root")
    job = root.manager.create("update", files=[(server.url("/system"), "/srv/update.img")], NotifyService=(SERVICE, "/client"),
                              Resume=True)
    server.wait_sent("/system", HALF)
    wait_received(root.bus, job)
    last = server.of("/system")[0]

    machine.power_off()
    server.resources["/system"].gate.set()
    server.wait(lambda: last.ended, "the server to see that its client is gone")
    held = server.resources["/system"]
    held.gate.clear()
    held.next_scripts(Script(send=500_000, gate=True, then="finish"))
    machine.boot()

    server.wait_sent("/system", 500_000, times=2)  # nobody has asked for anything yet
    assert_continued(server, "/system")
    systemd = Systemd(machine)
    assert systemd.property(f"{SERVICE}.service", "ActiveState") == "inactive"
    root = ContainerUser(machine, "root")
    held.gate.set()
    root.bus.wait_signal("Called")
    assert root.bus.wait_signal("JobRemoved").args == (job.path, job.id, "complete")
    assert systemd.property(f"{SERVICE}.service", "ActiveState") == "active"
    assert service.calls == [("JobTransferred", job.id)]
    assert service.record("callers") == [str(machine.uid("_haulier"))]
    assert (machine.root / "srv/update.img").read_bytes() == content
    assert list((machine.root / "srv").glob(".haulier-*")) == []


def assert_back_after(machine, server, signal: str) -> None:
    """With nobody calling; its workers end with it, and what they had written counts."""
    name = signal.lower()
    content = hold(server, f"/{name}")
    root = ContainerUser(machine, "root", listens=False)
    job = root.manager.create(files=[(server.url(f"/{name}"), f"/srv/{name}")], Resume=True)
    server.wait_sent(f"/{name}", HALF)
    wait_received(root.bus, job)
    machine.run("systemctl", "kill", "--kill-who=main", f"--signal={signal}", "haulier.service")
    server.wait(lambda: len(server.of(f"/{name}")) == 2, "the job to go on")
    assert_continued(server, f"/{name}")
    server.resources[f"/{name}"].gate.set()
    job = Job(ContainerUser(machine, "root").bus, job.path)
    job.wait_state("transferred")
    job.complete()
    assert (machine.root / f"srv/{name}").read_bytes() == content
    assert Systemd(machine).property("haulier.service", "NRestarts") == 1


def test_a_daemon_that_is_killed_is_back_by_itself(machine, server):
    assert_back_after(machine, server, "KILL")


def test_a_daemon_that_hangs_is_replaced(machine, server):
    """systemd hears nothing of it any more."""
    drop_in = machine.root / "run/systemd/system/haulier.service.d/watchdog.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(f"[Service]\nWatchdogSec={patience(2)}s\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "haulier.service")
    assert_back_after(machine, server, "STOP")
    assert "watchdog" in machine.journal("--boot", "--unit=haulier.service", "--identifier=systemd").lower()
    drop_in.unlink()
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "haulier.service")


def test_what_was_answered_survives_a_cut_at_that_very_moment(machine, server):
    """The reply of CreateJob is the last that happens."""
    server.add("/at-once", body(SIZE), script=Script(send=0, gate=True, then="finish"))
    for _ in range(3):
        alice = ContainerUser(machine, "alice", listens=False)
        before = len(server.of("/at-once"))
        alice.manager.create("answered", files=[(server.url("/at-once"), alice.home / "at-once")], Resume=True)
        machine.power_off()
        machine.boot()
        server.wait(lambda before=before: len(server.of("/at-once")) > before, "the job to go on by itself")
        alice = ContainerUser(machine, "alice")
        (job,) = alice.jobs()
        job.cancel()


def test_held_jobs_are_what_they_were_after_a_power_cut(machine, server):
    content = hold(server, "/held")
    server.add("/failing", body(1000), script=Script(status=503))
    alice = ContainerUser(machine, "alice", listens=False)

    def create(path: str, name: str, **options) -> Job:
        return alice.manager.create(name, files=[(server.url(path), alice.home / name)], **options)
    jobs = [create("/held", "running", Resume=True),
            create("/held", "suspended"),
            create("/failing", "retrying", MinimumRetryDelay=3600, Resume=True),
            create("/held", "waiting", NotBefore=time.time_ns() // 1000 + 3600 * 1_000_000, Resume=True)]
    server.wait_sent("/held", HALF)
    wait_received(alice.bus, jobs[0])
    jobs[2].wait_state("transient-error")

    def states() -> list[tuple[str, str]]:
        return [(job.state, job.get("WaitReason")[0]) for job in jobs]
    held = [("queued", "held"), ("suspended", "suspended"), ("transient-error", "held"), ("queued", "held")]
    alice.manager._call("Hold", "(t)", 0)
    alice.bus.wait(lambda: states() == held, "the jobs to be held")
    server.resources["/held"].gate.set()

    machine.power_off()
    machine.boot()
    alice = ContainerUser(machine, "alice", listens=False)
    jobs = [Job(alice.bus, job.path) for job in jobs]
    assert alice.manager.property("Held") is True
    assert states() == held
    requests = len(server.of("/held"))
    assert requests == 1, "nothing moves"
    alice.manager._call("Release")
    jobs[0].wait_state("transferred")
    assert HALF - AT_RISK <= server.of("/held")[1].range_start <= HALF
    assert states()[1:] == [("suspended", "suspended"), ("transient-error", "retry-delay"), ("queued", "not-before")]
    assert jobs[0].complete() == ("complete", 1, 0)
    assert alice.outside(alice.home / "running").read_bytes() == content
    alice.leave()


def test_only_foreground_jobs_of_active_users_keep_the_machine_awake(machine, server):
    hold(server, "/foreground")
    hold(server, "/background")
    alice = ContainerUser(machine, "alice", listens=False)

    def inhibitors() -> list[str]:
        return [line for line in machine.run("systemd-inhibit", "--list", "--no-legend").splitlines() if "Haulier" in line]

    def start(path: str, priority: str) -> Job:
        job = alice.manager.create(files=[(server.url(path), f"{alice.home}{path}")], Priority=priority, Resume=True)
        server.wait_sent(path, HALF)
        return job
    foreground = start("/foreground", "foreground")
    assert inhibitors() == [], "she has no session"
    machine.run("systemd-run", "--unit=alice-session", "--property=PAMName=login", "--property=User=alice",
                "--setenv=XDG_SESSION_CLASS=user", "--setenv=XDG_SESSION_TYPE=tty", "sleep", "infinity")
    alice.bus.wait(inhibitors, "the machine to be kept awake")
    (inhibitor,) = inhibitors()
    assert inhibitor.split()[-1] == "block" and " idle " in inhibitor and "sleep" not in inhibitor
    foreground.cancel()
    start("/background", "normal")
    alice.bus.wait(lambda: not inhibitors(), "the end of that", seconds=20)
    machine.run("systemctl", "stop", "alice-session.service")
    for path in ("/foreground", "/background"):
        server.resources[path].gate.set()
    alice.leave()


def test_jobs_that_wait_for_somebody_do_not_start_the_daemon(machine, server):
    server.add("/file", b"content")
    alice = ContainerUser(machine, "alice")
    waiting = alice.manager.create("suspended", files=[(server.url("/file"), alice.home / "f1")])
    arrived = alice.manager.create("transferred", files=[(server.url("/file"), alice.home / "f2")], Resume=True)
    arrived.wait_state("transferred")
    alice.bus.close()
    machine.run("systemctl", "stop", "haulier.service")
    assert not (machine.root / "var/lib/haulier/pending").exists()
    machine.power_off()
    machine.boot()
    systemd = Systemd(machine)
    assert systemd.property("haulier.path", "ActiveState") == "active"
    assert systemd.property("haulier.service", "ActiveEnterTimestamp") == 0, "nobody has called"
    alice = ContainerUser(machine, "alice")
    assert {job.id: job.state for job in alice.jobs()} == {waiting.id: "suspended", arrived.id: "transferred"}
    alice.leave()


def test_the_users_instance_goes_on_after_a_power_cut_where_she_lingers(machine, server):
    """Her daemon on her session bus, started by the path unit of her systemd."""
    machine.run("loginctl", "enable-linger", "alice")
    machine.run("systemctl", "start", f"user@{machine.uid('alice')}.service")
    configure_user(machine, "alice")
    session = machine.connect_to_session_bus("alice")
    content = hold(server, "/session")
    job = Manager(session).create(files=[(server.url("/session"), "/home/alice/mine")], Resume=True)
    server.wait_sent("/session", HALF)
    wait_received(session, job)

    machine.power_off()
    server.resources["/session"].gate.set()
    machine.boot()
    server.wait_sent("/session", SIZE - HALF, times=2)
    assert_continued(server, "/session")
    session = machine.connect_to_session_bus("alice")
    job = Job(session, job.path)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    mine = machine.root / "home/alice/mine"
    assert mine.read_bytes() == content
    assert mine.stat().st_uid == machine.uid("alice")
