# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl --system: several users, one daemon, which tells users only about their own jobs."""

import os
import pty
import pwd
import shutil
import signal
import subprocess

import pytest
from gi.repository import GLib

from support.bus.system_bus import ANNA, BERT, SystemBus
from support.client.checks import assert_file
from support.client.dbus_client import BUS, MANAGER, NAME, ROOT, Manager
from support.client.haulierctl import (DATA, DONE, JOB_CANCELLED, JOB_FAILED, NO_BUS, NO_SUCH_JOB, REFUSED, Ctl, Events,
                                       Result, wait_told)
from support.daemon.system_stack import SystemStack
from support.environment import PYTHON, patience, program
from support.servers.response_script import Script

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")

ROOT_USER = 0
NOBODY_ELSE = "you have no such job"


class UserCtl(Ctl):
    """haulierctl as a user, from a place where every user may start it."""

    def __init__(self, stack: SystemStack, uid: int):
        super().__init__(stack)
        self.uid = uid
        self.name = pwd.getpwuid(uid).pw_name
        self.program = stack.directory / "haulierctl"
        if not self.program.exists():
            shutil.copy(program("HAULIERCTL"), self.program)

    def begin(self, *words, **changes) -> subprocess.Popen:
        options = dict(user=self.uid, group=self.uid, extra_groups=[], executable=self.program)
        return super().begin("--system", *words, **(options | changes))


@pytest.fixture
def machine(new_stack) -> SystemStack:
    stack = new_stack(kind=SystemStack)
    stack.downloads.chmod(0o1777)  # as /tmp
    return stack


@pytest.fixture
def anna(machine) -> UserCtl:
    return UserCtl(machine, ANNA)


@pytest.fixture
def bert(machine) -> UserCtl:
    return UserCtl(machine, BERT)


@pytest.fixture
def root(machine) -> UserCtl:
    return UserCtl(machine, ROOT_USER)


def make(ctl: UserCtl, *words) -> str:
    """A job of that user's, which rests."""
    return ctl("add", "http://127.0.0.1:9/x", f"f{ctl.uid}", *words).out.strip()


def test_each_user_sees_his_own(anna, bert):
    hers, his = make(anna, "--key", "mine"), make(bert, "--key", "mine")
    assert hers[:8] in anna("list").out and his[:8] not in anna("list").out
    assert [job["Id"] for job in bert("list", "--json").json] == [his]
    assert anna("show", "mine", "--json").json["Id"] == hers
    assert "OWNER" not in anna("list").out


def test_a_long_list_comes_in_pieces(machine, anna, root):
    """The daemon ends a list after a mebibyte."""
    name, bus = "\N{SNOWMAN}" * 256, machine.user(ANNA)
    wishes = [{"Key": GLib.Variant("s", f"{n:04}{name[4:]}")} for n in range(600)]
    calls = []
    for first in range(0, len(wishes), 100):
        calls += [bus.begin(ROOT, MANAGER, "CreateJob", "(ssa{sv})", name, "download", wish)
                  for wish in wishes[first:first + 100]]
        bus.wait(lambda: all(call.done for call in calls), "the jobs to be made", seconds=60)
    ids = [call.answer[1] for call in calls]
    assert 256 <= len(Manager(bus).list()) < len(ids)
    assert sorted(job["Id"] for job in anna("list", "--json").json) == sorted(ids)
    assert len(root("list", "--all-users", "--json").json) == len(ids)


@pytest.mark.parametrize("verb", ["show", "files", "wait", "cancel", "suspend", "take", "complete"])
def test_a_job_of_somebody_else_is_none(anna, bert, verb):
    his = make(bert)
    for name in (his, his[:8], "0" * 32):
        assert "no" in anna(verb, name, code=NO_SUCH_JOB).err
    assert bert("show", his, "--json").json["State"] == "suspended"


def test_a_full_id_says_the_same_of_a_strangers_job_and_of_none(anna, bert):
    his = make(bert)
    assert anna("show", his, code=NO_SUCH_JOB).err == anna("show", "0" * 32, code=NO_SUCH_JOB).err
    assert NOBODY_ELSE in anna("cancel", his, code=NO_SUCH_JOB).err


def test_root_lists_and_ends_jobs_of_all(anna, bert, root):
    hers, his = make(anna, "--key", "k"), make(bert, "--key", "k")
    assert root("list").out == ""
    listed = root("list", "--all-users").out.splitlines()
    assert listed[0].split()[:2] == ["ID", "OWNER"]
    assert {tuple(line.split()[:2]) for line in listed[1:]} == {(hers[:8], anna.name), (his[:8], bert.name)}
    assert anna.name in root("show", hers).out, "a whole id needs no option"
    assert "--all-users" not in root("cancel", "k", code=NO_SUCH_JOB).err
    both = root("--all-users", "cancel", "k", code=NO_SUCH_JOB).err
    assert all(word in both for word in (hers[:8], his[:8], anna.name, bert.name))
    root("--all-users", "cancel", his[:8])
    failed = bert("add", "--start", "http://127.0.0.1:9/x", "failed", "--set", "NoProgressTimeout=0").out.strip()
    bert("wait", failed, code=JOB_FAILED)
    assert root("errors", "--json").json == []
    assert [(error["Id"], error["Owner"]) for error in root("--all-users", "errors", "--json").json] == [(failed, BERT)]
    assert f"{failed[:8]}  {bert.name}  error" in root("--all-users", "errors").out
    bert("cancel", failed)
    assert bert("list").out == "" and hers[:8] in anna("list").out


def test_own_jobs_go_before_those_of_others(anna, root):
    hers, own = make(anna, "--key", "same"), make(root, "--key", "same")
    assert root("--all-users", "show", "same", "--json").json["Id"] == own
    root("cancel", "same")
    assert root("--all-users", "show", "same", "--json").json["Id"] == hers


def test_others_are_for_administrators_and_nobody_is_asked_by_mistake(machine, anna, bert):
    his = make(bert)
    polkit = machine.polkit(lambda question: "no" if question.flags else "challenge")
    assert NOBODY_ELSE in anna("cancel", his, code=NO_SUCH_JOB).err
    assert [question.flags for question in polkit.questions] == [0]
    polkit.questions.clear()
    refused = anna("--all-users", "list", code=REFUSED)
    assert "org.haulier.manage-all-jobs" in refused.err and refused.out == ""
    assert [question.flags for question in polkit.questions] == [1]
    polkit.questions.clear()
    refused = anna("--all-users", "--no-ask-password", "cancel", his, code=REFUSED)
    assert "password" in refused.err
    assert {question.flags for question in polkit.questions} == {0}
    assert bert("show", his, "--json").json["State"] == "suspended"


def test_whom_polkit_lets_may_do_it(machine, anna, bert):
    hers, his = make(anna), make(bert, "--key", "his")
    polkit = machine.polkit(lambda question: "yes" if question.flags else "challenge")
    assert [job["Id"] for job in anna("--all-users", "list", "--json").json] == [hers, his]
    assert anna("--all-users", "status", "--json").json["Jobs"] == {"suspended": 2}
    assert anna("--all-users", "errors", "--json").json == []
    anna("--all-users", "set", "his", "Description=x")
    anna("--all-users", "take", "his")
    assert bert("list").out == "" and his[:8] in anna("list").out
    assert polkit.questions


def test_without_polkit_only_root_is_an_administrator(anna, root):
    hers = make(anna)
    assert "administrators" in anna("--all-users", "list", code=REFUSED).err
    root("take", hers)
    assert hers[:8] in root("list").out
    assert NOBODY_ELSE in anna("show", hers, code=NO_SUCH_JOB).err


def test_waiting_ends_with_the_job(anna, root):
    for verb, code in (("cancel", JOB_CANCELLED), ("take", NO_SUCH_JOB)):
        waiting = anna.begin("wait", job := make(anna))
        wait_told(waiting, "suspended")
        root(verb, job)
        result = Result(waiting)
        assert result.code == code and job[:8] in result.err


def test_an_administrator_waits_for_a_job_of_somebody_else(machine, anna, bert):
    known = set()

    def judge(question):
        """Keeps what it was told once, as with auth_admin_keep."""
        if question.flags:
            known.add(question.subject)
        return "yes" if question.subject in known else "challenge"

    machine.polkit(judge)
    his = make(bert)
    waiting = anna.begin("--all-users", "wait", his)
    wait_told(waiting, "suspended")
    bert("cancel", his)
    assert Result(waiting).code == JOB_CANCELLED


def test_get_goes_on_with_the_next_daemon(machine, anna):
    server = machine.fault_server()
    resource = server.add("/file.bin", DATA, script=Script(send=100_000, gate=True, then="finish"))
    getting = anna.begin("get", server.url("/file.bin"))
    server.wait_sent("/file.bin", 100_000)
    resource.script = Script()
    machine.kill_daemon()
    resource.gate.set()
    result = Result(getting)
    assert (result.code, result.out) == (DONE, f"{machine.downloads}/file.bin\n")
    assert_file(machine.downloads / "file.bin", DATA)
    assert anna("list").out == ""


def test_waiting_goes_on_with_the_next_daemon(machine, anna):
    waiting = anna.begin("wait", job := make(anna))
    wait_told(waiting, "suspended")
    machine.kill_daemon()
    anna("cancel", job)
    assert Result(waiting).code == JOB_CANCELLED


def test_a_job_that_is_forgotten_is_none(machine, anna):
    job = make(anna)
    anna("cancel", job)
    assert anna("show", job, "--json").json["State"] == "cancelled"
    assert "has ended" in anna("resume", job, code=NO_SUCH_JOB).err
    machine.kill_daemon()
    assert NOBODY_ELSE in anna("show", job, code=NO_SUCH_JOB).err
    assert job[:8] in anna("wait", job, code=NO_SUCH_JOB).err


def test_what_strangers_say_in_the_name_of_the_daemon_is_not_heard(machine, anna, bert):
    """The bus keeps strangers' broadcasts away, but not what they send to one connection."""
    job = make(anna)
    waiting = anna.begin("wait", job)
    wait_told(waiting, "suspended")
    liar = machine.user(bert.uid)
    (listener,) = [name for name, pid in liar.of_all(liar.pid_of).items() if pid == waiting.pid]
    removed = (ROOT, MANAGER, "JobRemoved", GLib.Variant("(oss)", (f"{ROOT}/job/{job}", job, "complete")))
    owner = (BUS[1], BUS[2], "NameOwnerChanged", GLib.Variant("(sss)", (NAME, "", liar.unique_name)))
    for lie in (removed, owner, removed):
        liar.connection.emit_signal(listener, *lie)
    liar.call(*BUS, "GetId")
    anna("cancel", job)
    assert Result(waiting).code == JOB_CANCELLED


def test_monitor_hears_own_jobs_and_starts_nothing(machine, anna, bert):
    monitor = anna.begin("--json", "monitor")
    events = Events(monitor)
    his, hers = make(bert), make(anna)
    numbers = iter(range(10_000))

    def change_both():
        for ctl, job in ((bert, his), (anna, hers)):
            ctl("set", job, f"Description={next(numbers)}")

    events.until(lambda event: "Description" in event.get("Changed", {}), change_both)
    machine.kill_daemon()
    events.until(lambda event: event["Event"] == "DaemonLeft")
    events.until(lambda event: "Description" in event.get("Changed", {}), change_both)
    monitor.send_signal(signal.SIGINT)
    Result(monitor)
    assert {event["Id"] for event in events.seen if "Id" in event} == {hers}
    assert [event["Event"] for event in events.seen].count("DaemonLeft") == 1


def test_monitor_of_all_users(anna, bert, root):
    monitor = root.begin("--all-users", "--json", "monitor")
    events = Events(monitor)
    his, hers = make(bert), make(anna)
    for own in (his, hers):
        events.until(lambda event, own=own: event.get("Id") == own,
                     lambda: [ctl("set", job, "Description=x") and ctl("set", job, "Description=y")
                              for ctl, job in ((anna, hers), (bert, his))])
    monitor.send_signal(signal.SIGINT)
    Result(monitor)


def test_status_says_which_daemon_it_is(anna, root):
    make(anna)
    answer = anna("status", "--json").json
    assert (answer["Instance"], answer["Jobs"]) == ("system", {"suspended": 1})
    assert answer["Network"] in ("online", "offline") and "download" in answer["Features"]
    shown = anna("status").out
    assert "of the machine" in shown and "1 suspended" in shown
    assert root("status", "--json").json["Jobs"] == {}
    assert "machine (unix:path=" in anna("-v", "list").err


def test_a_service_of_the_session_is_said_with_a_word_before_it(machine, anna):
    job = make(anna, "--notify-service", "session:org.example.App:/here")
    assert anna("show", job, "--json").json["NotifyService"] == {"Name": "session:org.example.App", "Path": "/here"}


def test_a_service_that_is_not_installed(machine, anna, tmp_path):
    bus = SystemBus(machine.directory, machine.env)
    try:
        env = machine.env | {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        assert "package haulier" in anna("list", env=env, code=NO_BUS).err
    finally:
        bus.stop()


def test_without_a_bus_it_says_so(machine, anna):
    env = machine.env | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    assert "system bus cannot be reached" in anna("list", env=env, code=NO_BUS).err
    session = Result(subprocess.Popen([anna.program, "list"], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    assert session.code == NO_BUS and "--system" in session.err


# What pkttyagent does, as far as haulierctl can tell: it says that it is there, and stays until it is ended.
AGENT = f"""#!{PYTHON}
import os, signal, sys
note = open(os.environ["AGENT_LOG"], "a")
print(*sys.argv[1:], file=note)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.close(int(sys.argv[sys.argv.index("--notify-fd") + 1]))
signal.sigwait([signal.SIGTERM])
print("ended", file=note)
"""


class Terminal:
    """Runs haulierctl on a terminal of its own, with a pkttyagent that notes what is done with it."""

    def __init__(self, machine):
        self.folder = machine.directory / "bin"
        self.folder.mkdir()
        agent = self.folder / "pkttyagent"
        agent.write_text(AGENT)
        agent.chmod(0o755)
        self.log = machine.directory / "agent.log"
        self.log.touch()
        self.log.chmod(0o666)
        self.env = machine.env | {"PATH": f"{self.folder}:{machine.env['PATH']}", "AGENT_LOG": str(self.log)}

    def run(self, ctl: UserCtl, *words, **changes) -> tuple[int, int, list[str]]:
        """Exit code, process id, and what the agent noted."""
        ours, theirs = pty.openpty()
        process = ctl.begin(*words, **(dict(env=self.env, stdin=theirs, stdout=theirs, stderr=theirs) | changes))
        os.close(theirs)
        process.communicate(timeout=patience(30))
        os.close(ours)
        noted = self.log.read_text().splitlines()
        self.log.write_text("")
        return process.returncode, process.pid, noted


def test_a_password_is_asked_for_on_a_terminal_alone(machine, anna, root):
    make(anna)
    machine.polkit(lambda question: "yes" if question.flags else "no")
    terminal = Terminal(machine)
    code, pid, noted = terminal.run(anna, "--all-users", "list")
    assert code == DONE and noted[1:] == ["ended"], noted
    words = noted[0].split()
    assert words[:2] == ["--process", str(pid)] and "--fallback" in words and "--notify-fd" in words
    assert terminal.run(anna, "list")[2] == []
    assert terminal.run(anna, "--all-users", "--no-ask-password", "list")[0::2] == (REFUSED, [])
    assert terminal.run(anna, "--all-users", "list", stdout=subprocess.PIPE)[0::2] == (DONE, [])
    assert terminal.run(anna, "--all-users", "list", stdin=subprocess.DEVNULL)[0::2] == (DONE, [])
    assert terminal.run(root, "--all-users", "list")[0::2] == (DONE, [])
    (terminal.folder / "pkttyagent").unlink()
    terminal.env["PATH"] = str(terminal.folder)
    assert terminal.run(anna, "--all-users", "list")[0::2] == (DONE, []), "it is not needed where a desktop asks"
