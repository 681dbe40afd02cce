# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may manage the jobs of others: root, and whom polkit allows it; where polkit is missing, root alone."""

import pathlib

import pytest
from gi.repository import Gio, GLib

from support.client.dbus_client import JOB, MANAGER, NAME, ROOT, BusError, Job
from support.container.rootfs import INSIDE
from support.content import body
from support.environment import PYTHON
from support.servers.response_script import Script

RULE = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.haulier.manage-all-jobs" && subject.user == "carol") return polkit.Result.YES;
    if (action.id == "org.haulier.manage-all-jobs" && subject.user == "bob") return polkit.Result.NO;
    return polkit.Result.NOT_HANDLED;
});
"""
CHALLENGE = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"


@pytest.fixture(scope="module")
def machine(own_machine):
    return own_machine


@pytest.fixture(scope="module", autouse=True)
def rules(machine) -> None:
    """Carol is an administrator of Haulier, bob is expressly none, for others a password would do."""
    path = machine.root / "etc/polkit-1/rules.d/10-haulier-test.rules"
    path.write_text(RULE)
    path.chmod(0o644)
    machine.run("systemctl", "restart", "polkit.service")


@pytest.fixture
def job(alice) -> Job:
    return alice.manager.create("alice's", files=[("http://127.0.0.1:9/file", alice.home / "file")])


def denied(call, *names: str) -> None:
    with pytest.raises(BusError) as caught:
        call()
    assert caught.value.name in names, caught.value


@pytest.mark.parametrize("name", ["carol", "root"])
def test_an_administrator_sees_and_reads_all_jobs(people, alice, job, name):
    somebody = people(name)
    own = somebody.manager.create("own")
    assert {path for path, _ in somebody.manager.list()} == {own.path}
    assert {path for path, _ in somebody.manager.list(AllUsers=True)} == {own.path, job.path}
    theirs = Job(somebody.bus, job.path)
    assert theirs.get("Owner") == alice.uid
    assert theirs.all()["DisplayName"] == "alice's"
    assert theirs.files()[0]["LocalName"] == "/home/alice/file"


@pytest.mark.parametrize("name", ["carol", "root"])
def test_an_administrator_may_cancel_and_the_owner_hears_of_it(people, alice, job, name):
    Job(people(name).bus, job.path).cancel()
    alice.bus.wait_signal("JobRemoved", ROOT)
    assert alice.manager.list() == []


def test_an_administrator_who_subscribes_hears_of_all(people, alice):
    carol, bob = people("carol"), people("bob")
    job = alice.manager.create("alice's")
    carol.bus.wait(lambda: any(s.member == "JobAdded" and s.args[1] == job.id for s in carol.bus.signals), "JobAdded")
    job.cancel()
    carol.bus.wait(lambda: any(s.member == "JobRemoved" and s.args[1] == job.id for s in carol.bus.signals), "JobRemoved")
    bob.manager.list()
    assert not [signal for signal in bob.bus.signals if job.id in str(signal)]


def test_who_is_refused_by_a_rule_may_nothing(people, job):
    bob = people("bob")
    denied(lambda: bob.manager.list(AllUsers=True), "AccessDenied")
    denied(lambda: Job(bob.bus, job.path).cancel(), "AccessDenied")
    denied(lambda: Job(bob.bus, job.path).get("State"), "AccessDenied")
    assert job.state == "suspended"


def test_an_ordinary_user_would_need_a_password(machine, people, job):
    """If the call allows interaction, polkit finds no agent that could ask; otherwise it is not even asked to try."""
    machine.run("useradd", "--create-home", "dave")
    dave = people("dave")
    denied(lambda: dave.manager.list(AllUsers=True), CHALLENGE)
    denied(lambda: Job(dave.bus, job.path).cancel(), CHALLENGE)

    def interactively():
        try:
            dave.bus.connection.call_sync(NAME, job.path, JOB, "Cancel", None, None,
                                          Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION, 10_000, None)
        except GLib.Error as error:
            raise BusError(error) from None
    denied(interactively, "AccessDenied", CHALLENGE)
    assert job.state == "suspended"


def test_an_administrators_password_can_be_typed(machine, alice, job):
    """By polkit's own agent, on alice's terminal, in the name of carol, who is in Debian's group for that. A session it
    must be: polkit asks nobody else."""
    machine.run("usermod", "--append", "--groups=sudo", "carol")
    machine.run("chpasswd", given="carol:sesame\n")

    def type_in(password: str) -> tuple[int, str]:
        done = machine.attempt("systemd-run", "--quiet", "--wait", "--pipe", "--property=PAMName=other", "--property=User=alice",
                               PYTHON, f"/{INSIDE}/tests/support/client/pty_password.py", "haulierctl", "--system", "--all-users", "list",
                               given=password + "\n")
        print(done.stdout, done.stderr)
        assert "carol" in done.stdout, "who is asked for"
        return done.returncode, done.stdout
    status, said = type_in("wrong")
    assert (status, "suspended" in said) == (1, False) and "only administrators may access jobs of other users" in said
    status, said = type_in("sesame")
    assert (status, job.id[:8] in said) == (0, True)
    assert "sesame" not in machine.journal("--boot")


def test_taking_a_job_over_takes_its_secrets_away(people, server, alice):
    """Passwords and headers were alice's; so was the part that her worker has fetched into a folder for all."""
    resource = server.add("/file", body(800_000), script=Script(send=200_000, gate=True, then="finish"))
    target = pathlib.Path("/var/tmp/taken")
    job = alice.manager.create(files=[(server.url("/file"), target)], CustomHeaders=["X-Key: alice"], Resume=True,
                               Credentials=GLib.Variant("a(ssss)", [("server", "basic", "alice", "secret")]))
    server.wait_sent("/file", 200_000)
    asked = len(server.requests)
    resource.gate.set()
    carol = people("carol")
    taken = Job(carol.bus, job.path)
    taken.call("TakeOwnership")
    assert taken.get("Owner") == carol.uid
    denied(lambda: job.get("State"), "AccessDenied", CHALLENGE)
    assert ([path for path, _ in carol.manager.list()], alice.manager.list()) == ([job.path], [])
    assert taken.call("RemoveCredentials", "(ss)", "server", "basic") == (False,)
    if taken.state == "suspended":
        taken.resume()
    taken.wait_state("transferred")
    assert taken.complete() == ("complete", 1, 0)
    assert alice.outside(target).stat().st_uid == carol.uid
    assert not list(alice.outside(target.parent).glob(".haulier-*"))
    for request in server.requests[asked:]:
        assert request.range_start == 0
        assert "x-key" not in request.headers and "authorization" not in request.headers


@pytest.mark.parametrize("way", ["/home/alice/file", "/var/tmp/alice/file"])
def test_a_job_in_another_users_folder_cannot_be_taken_over(people, server, alice, way):
    """Whoever took it could be led anywhere by who owns the folder, root most of all."""
    server.add("/file", b"content")
    alice.run("mkdir", "-p", "/var/tmp/alice")
    job = alice.manager.create(files=[(server.url("/file"), way)])
    for name in ("carol", "root"):
        denied(lambda name=name: Job(people(name).bus, job.path).call("TakeOwnership"), "LocalFile")
    alice.run("rm", "-r", "/var/tmp/alice")
    alice.run("ln", "-s", "/etc", "/var/tmp/alice")
    denied(lambda: Job(people("root").bus, job.path).call("TakeOwnership"), "LocalFile")
    alice.run("rm", "/var/tmp/alice")
    assert job.get("Owner") == alice.uid


def test_without_polkit_only_root_is_an_administrator_and_it_is_said_what_workers_need(machine, people, alice, job):
    """Gone altogether, as on a small server: a transfer cannot begin, for nobody lets the daemon start a worker. Comes
    last: the others need it."""
    machine.run("dpkg", "--remove", "--force-depends", "polkitd")
    carol, root = people("carol"), people("root")
    denied(lambda: carol.manager.list(AllUsers=True), "AccessDenied")
    denied(lambda: Job(carol.bus, job.path).cancel(), "AccessDenied")
    assert [path for path, _ in root.manager.list(AllUsers=True)] == [job.path]
    assert Job(root.bus, job.path).get("Owner") == alice.uid

    machine.run("systemctl", "stop", f"haulier-worker@{alice.uid}.service")
    with pytest.raises(BusError) as caught:
        alice.manager.create(files=[("http://127.0.0.1:9/file", alice.home / "other")])
    print(caught.value)
    assert "polkit" in caught.value.message
    job.resume()
    job.wait_state("transient-error", "error", unless=())
    print(job.get("Error"))
    assert "polkit" in job.get("Error")[3]
    alice.bus.wait(lambda: "polkit" in machine.journal("--boot", "--unit=haulier.service"), "the journal to say so")
