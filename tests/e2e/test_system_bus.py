# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many users, one daemon: who may call what, who hears what, and that nobody learns anything of anybody else."""

import contextlib
import os
import signal
import xml.etree.ElementTree as ElementTree

import pytest
from gi.repository import Gio, GLib

from support.bus.system_bus import ANNA, BERT, CARL, Pending
from support.client.dbus_client import (BUS, JOB, MANAGER, NAME, OPTION_TYPES, PROPERTIES, ROOT, BusError, Job, Manager,
                                        as_file)
from support.content import body
from support.daemon.stack import drain
from support.daemon.system_stack import SystemStack
from support.environment import SOURCE
from support.processes import Pidfd

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")

INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
PEER = "org.freedesktop.DBus.Peer"
DENIED = "AccessDenied"
INTERACTIVE = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"
LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"
UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject"
NO_JOB = "0" * 32

CONTRACT = ElementTree.parse(SOURCE / "dbus" / f"{JOB}.xml").find(f"interface[@name='{JOB}']")
# Something of each type that a call takes.
SOME = {"s": "x", "o": "/x", "u": 0, "t": 0, "b": False, "as": [], "au": [], "a(tt)": [], "a(ssa{sv})": []}


@pytest.fixture
def machine(new_stack) -> SystemStack:
    return new_stack(kind=SystemStack)


def arguments(method) -> tuple:
    types = [a.get("type") for a in method.findall("arg") if a.get("direction") == "in"]
    return ("(" + "".join(types) + ")", *[SOME[t] for t in types])


def every_call() -> list[tuple]:
    """Interface, method, signature and arguments of all that can be asked of a job's object."""
    calls = [(JOB, m.get("name"), *arguments(m)) for m in CONTRACT.findall("method")]
    for p in CONTRACT.findall("property"):
        calls.append((PROPERTIES, "Get", "(ss)", JOB, p.get("name")))
        if p.get("access") == "readwrite":
            value = GLib.Variant(OPTION_TYPES[p.get("name")], SOME[OPTION_TYPES[p.get("name")]])
            calls.append((PROPERTIES, "Set", "(ssv)", JOB, p.get("name"), value))
    calls += [(PROPERTIES, "GetAll", "(s)", JOB), (INTROSPECTABLE, "Introspect", "()"), (PEER, "Ping", "()")]
    assert len(calls) > 90
    return calls


def outcome(bus, path: str, call: tuple) -> tuple:
    """Name and message of the error, or nothing and the answer."""
    try:
        return None, bus.call(NAME, path, *call)
    except BusError as error:
        return error.name, error.message


def refused(call) -> str:
    """Name of the error that the call must end in."""
    with pytest.raises(BusError) as caught:
        call()
    return caught.value.name


def create(bus, **options) -> Job:
    return Manager(bus).create(**options)


def listed(bus) -> set[str]:
    """The jobs that introspection shows."""
    xml = bus.call(NAME, f"{ROOT}/job", INTROSPECTABLE, "Introspect")[0]
    return {node.get("name") for node in ElementTree.fromstring(xml).findall("node")}


def test_the_bus_says_who_the_owner_is(machine):
    for uid in (ANNA, BERT, 0):
        assert create(machine.user(uid)).get("Owner") == uid


@pytest.mark.parametrize("who", ["owner", "another connection of the owner", "root", "administrator"])
def test_every_call_reaches_the_job_of_who_may(machine, who):
    anna = machine.user(ANNA)
    caller = {"owner": anna, "another connection of the owner": machine.user(ANNA), "root": machine.user(0),
              "administrator": machine.user(BERT)}[who]
    polkit = machine.polkit(lambda question: "yes" if question.subject == caller.unique_name else "no")
    for call in every_call():
        error, _ = outcome(caller, create(anna).path, call)
        if who == "administrator" and call[1] == "OpenFile":
            assert error == DENIED
            continue
        assert error not in (DENIED, INTERACTIVE, UNKNOWN_OBJECT), call
    assert len(polkit.questions) == (len(every_call()) if who == "administrator" else 0)


def test_no_call_reaches_the_job_of_another(machine):
    """And all of them leave it as it was. Whether there is such a job cannot be told from what is answered, nor from
    what polkit is asked."""
    anna, bert = machine.user(ANNA), machine.user(BERT)
    polkit = machine.polkit()
    job = create(anna, Description="private")
    before = job.all()
    for call in every_call():
        there = outcome(bert, job.path, call)
        missing = outcome(bert, f"{ROOT}/job/{NO_JOB}", call)
        assert there[0] == DENIED and job.id in there[1], call
        assert there == (missing[0], missing[1].replace(NO_JOB, job.id)), call
    assert job.all() == before
    assert len(polkit.questions) == 2 * len(every_call())
    assert {(q.subject, q.action, q.details, q.flags) for q in polkit.questions} \
        == {(bert.unique_name, "org.haulier.manage-all-jobs", (), 0)}


def test_an_administrator_learns_that_there_is_no_such_job(machine):
    machine.polkit(lambda _: "yes")
    for uid in (0, BERT):
        assert refused(Job(machine.user(uid), f"{ROOT}/job/{NO_JOB}").suspend) == UNKNOWN_OBJECT


def test_paths_that_are_no_jobs_are_nobodys(machine):
    bert = machine.user(BERT)
    polkit = machine.polkit()
    job = create(machine.user(ANNA))
    for path in (f"{ROOT}/job/x", f"{ROOT}/job/{'A' * 32}", f"{job.path}/x", f"{ROOT}x/job/{job.id}"):
        assert refused(Job(bert, path).suspend) == UNKNOWN_OBJECT
    assert not polkit.questions


def test_everybody_finds_and_counts_their_own(machine):
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    jobs = {bus: {create(bus).id for _ in range(count)} for bus, count in ((anna, 2), (bert, 1), (root, 1))}
    every = set.union(*jobs.values())
    for bus in jobs:
        for job_id in every:  # so that all of them are exported just now
            outcome(root, f"{ROOT}/job/{job_id}", (JOB, "Suspend", "()"))
        sees = every if bus is root else jobs[bus]
        assert {values["Id"] for _, values in Manager(bus).list()} == jobs[bus]
        assert Manager(bus).property("Jobs") == len(sees)
        assert bus.call(NAME, ROOT, PROPERTIES, "GetAll", "(s)", MANAGER)[0]["Jobs"] == len(sees)
        assert listed(bus) == sees
        for job_id in sees:
            assert Manager(bus).get(job_id).id == job_id
        messages = set()
        for job_id in (every - sees) | {NO_JOB}:
            error, message = outcome(bus, ROOT, (MANAGER, "GetJob", "(s)", job_id))
            assert error == "NotFound"
            messages.add(message.replace(job_id, "ID"))
        assert len(messages) == 1


def test_D_31_the_jobs_of_others_are_for_administrators(machine):
    """What BITS refuses to tell of a job is not even that it is there."""
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    ids = {create(anna).id, create(bert).id}
    assert refused(lambda: Manager(bert).get(create(anna, Key="third").id)) == "NotFound"
    create(anna, Key="third").cancel()

    def ids_of_all(bus):
        return {values["Id"] for _, values in Manager(bus).list(AllUsers=True)}
    assert ids_of_all(root) == ids
    assert refused(lambda: ids_of_all(bert)) == DENIED  # there is no polkit
    polkit = machine.polkit(lambda _: "no")
    assert refused(lambda: ids_of_all(bert)) == DENIED
    polkit.judge = lambda _: "yes"
    assert ids_of_all(bert) == ids
    polkit.judge = lambda _: "challenge"
    assert refused(lambda: ids_of_all(bert)) == INTERACTIVE
    assert {values["Owner"] for _, values in Manager(bert).list(AllUsers=False)} == {BERT}


def test_a_key_is_its_owners(machine):
    anna, bert = machine.user(ANNA), machine.user(BERT)
    first = create(anna, Key="same")
    other = create(bert, Key="same")
    assert other.created and other.id != first.id
    assert not create(anna, Key="same").created


def test_each_user_holds_their_own_jobs_and_administrators_those_of_all(machine):
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    for bus in (anna, bert, root):
        Manager(bus)._call("Subscribe")

    def is_held() -> list[bool]:
        return [Manager(bus).property("Held") for bus in (anna, bert, root)]

    def announced(bus) -> list[bool]:
        return [s.args[1]["Held"] for s in bus.signals if s.member == "PropertiesChanged" and "Held" in s.args[1]]
    Manager(anna)._call("Hold", "(t)", 0)
    assert is_held() == [True, False, False]
    assert refused(lambda: Manager(bert)._call("HoldAll", "(t)", 0)) == DENIED
    assert refused(lambda: Manager(bert)._call("ReleaseAll")) == DENIED
    Manager(root)._call("HoldAll", "(t)", 0)
    assert is_held() == [True, True, True]
    Manager(bert)._call("Release")
    assert is_held() == [True, True, True], "that was not Bert's hold"
    machine.polkit(lambda _: "yes")
    Manager(bert)._call("ReleaseAll")
    assert is_held() == [True, False, False]
    Manager(anna)._call("Release")
    assert is_held() == [False] * 3
    anna.wait(lambda: announced(anna) == [True, False], "Anna to hear of her own hold")
    bert.wait(lambda: announced(bert) == [True, False], "Bert to hear of the hold of all")


# ---- polkit ----

def test_a_password_is_asked_for_only_if_the_call_allows_it(machine):
    job = create(machine.user(ANNA))
    theirs = Job(machine.user(BERT), job.path)
    polkit = machine.polkit(lambda question: "yes" if question.flags & 1 else "challenge")
    assert refused(theirs.suspend) == INTERACTIVE
    theirs.bus.interactive = True
    theirs.suspend()
    polkit.judge = lambda _: "challenge"  # nobody is there to be asked
    assert refused(theirs.suspend) == INTERACTIVE
    polkit.judge = lambda _: "no"  # the password was wrong
    assert refused(theirs.suspend) == DENIED


def test_a_yes_is_for_one_call(machine):
    job = create(machine.user(ANNA))
    theirs = Job(machine.user(BERT), job.path)
    polkit = machine.polkit(lambda _: "yes")
    theirs.set("Description", "once")
    polkit.judge = lambda _: "no"
    assert refused(lambda: theirs.set("Description", "twice")) == DENIED
    assert job.get("Description") == "once"


def test_without_polkit_root_is_alone(machine):
    job = create(machine.user(ANNA), Description="private")
    theirs = Job(machine.user(BERT), job.path)
    for _ in range(3):
        assert refused(theirs.cancel) == DENIED
    assert machine.log.read_text().count("there is no polkit") == 1
    Job(machine.user(0), job.path).cancel()


def test_whatever_polkit_does_wrong_is_a_no(machine):
    job = create(machine.user(ANNA))
    bert = machine.user(BERT)
    polkit = machine.polkit(lambda _: "error")
    assert refused(Job(bert, job.path).cancel) == DENIED
    polkit.judge = lambda _: "later"
    call = bert.begin(job.path, JOB, "Cancel")
    polkit.wait_questions(2)
    polkit.stop()
    bert.wait(lambda: call.done, "an answer")
    assert call.error.name == DENIED
    assert job.state == "suspended"


def test_a_polkit_that_thinks_delays_nobody(machine):
    anna, bert, carl = machine.user(ANNA), machine.user(BERT), machine.user(CARL)
    job = create(anna)
    polkit = machine.polkit(lambda _: "later")
    held = bert.begin(job.path, JOB, "Cancel")
    polkit.wait_questions(1)
    for bus in (anna, bert, carl):
        own = create(bus)
        own.set("Description", "meanwhile")
        assert own.get("Description") == "meanwhile"
    job.set("Description", "still here")
    assert not held.done
    polkit.release("yes")
    bert.wait(lambda: held.done, "the answer")
    assert held.error is None and job.state == "cancelled"


def test_an_answer_for_a_job_that_has_another_owner_by_now_is_void(machine):
    job = create(machine.user(ANNA))
    bert = machine.user(BERT)
    polkit = machine.polkit(lambda _: "later")
    held = bert.begin(job.path, JOB, "Cancel")
    polkit.wait_questions(1)
    Job(machine.user(0), job.path).call("TakeOwnership")
    polkit.judge = lambda _: "no"
    polkit.release("yes")
    bert.wait(lambda: held.done, "the answer")
    assert held.error.name == DENIED and len(polkit.questions) == 2


def test_whoever_leaves_while_polkit_thinks_has_asked_nothing(machine):
    anna = machine.user(ANNA)
    job = create(anna)
    polkit = machine.polkit(lambda _: "later")
    bert = machine.user(BERT)
    bert.begin(job.path, JOB, "Cancel")
    bert.begin(ROOT, MANAGER, "ListJobs", "(a{sv})", {"AllUsers": GLib.Variant("b", True)})
    polkit.wait_questions(2)
    bert.close()
    asked = {question.cancellation_id for question in polkit.questions}
    polkit.wait_for(lambda: set(polkit.cancelled) == asked, "both questions to be taken back")
    polkit.release("yes")
    anna.call(NAME, job.path, PEER, "Ping")
    assert job.state == "suspended"


def test_one_user_cannot_use_up_polkit(machine):
    job = create(machine.user(ANNA))
    bert, carl = machine.user(BERT), machine.user(CARL)
    polkit = machine.polkit(lambda _: "later")
    held = [bert.begin(job.path, JOB, "Cancel") for _ in range(50)]
    bert.wait(lambda: any(call.done for call in held), "refusals")
    polkit.wait_questions(16)
    assert refused(Job(bert, job.path).cancel) == LIMITS
    other = carl.begin(job.path, JOB, "Suspend")
    polkit.wait_questions(17)
    polkit.release("no")
    carl.wait(lambda: other.done and all(call.done for call in held), "all answers")
    assert sorted(call.error.name for call in held) == [DENIED] * 16 + [LIMITS] * 34
    assert other.error.name == DENIED
    polkit.judge = lambda _: "no"
    assert refused(Job(bert, job.path).cancel) == DENIED


# ---- order ----

def test_calls_of_a_new_connection_keep_their_order(machine):
    """The first ones wait until the bus has said whose connection it is."""
    create(machine.user(ANNA))
    bert = machine.user(BERT)
    answered = []
    for code in range(400, 500):
        bert.connection.call(NAME, ROOT, MANAGER, "DescribeError", GLib.Variant("(si)", ("http-status", code)), None,
                             Gio.DBusCallFlags.NONE, -1, None,
                             lambda c, r, code: answered.append((code, c.call_finish(r).unpack()[0])), code)
    bert.wait(lambda: len(answered) == 100, "100 answers")
    assert [code for code, _ in answered] == list(range(400, 500))
    assert all(sentence.startswith(str(code)) for code, sentence in answered)


def test_a_flood_of_calls_without_answers_hurts_nobody(machine):
    anna, bert = machine.user(ANNA), machine.user(BERT)
    job = create(anna)
    for _ in range(2000):
        message = Gio.DBusMessage.new_method_call(NAME, job.path, JOB, "Cancel")
        message.set_flags(Gio.DBusMessageFlags.NO_REPLY_EXPECTED)
        bert.connection.send_message(message, Gio.DBusSendMessageFlags.NONE)
    assert job.state == "suspended"
    bert.wait(lambda: refused(Job(bert, job.path).cancel) == DENIED, "the flood to be over")
    assert job.state == "suspended"


def test_users_take_turns(machine):
    """Bert makes many costly calls on many connections and waits for none of them; root, who calls last, waits for a few of
    Bert's calls and not for all. The daemon continues when all have called."""
    root, bert = machine.user(0), machine.user(BERT)
    for number in range(60):
        Manager(bert).create("x" * 200, Key=f"{number}" + "k" * 200)
    crowd = [machine.user(BERT) for _ in range(20)]
    for bus in (root, *crowd):
        Manager(bus).property("Version")
    with Pidfd(machine.daemon_pid()) as daemon:
        daemon.send(signal.SIGSTOP)
        calls = [bus.begin(ROOT, MANAGER, "ListJobs", "(a{sv})", {}) for _ in range(10) for bus in crowd]
        for bus in crowd:
            bus.connection.flush_sync(None)
            bus.call(*BUS, "GetId")  # behind all of its calls
        mine = root.begin(ROOT, PROPERTIES, "Get", "(ss)", MANAGER, "Jobs")
        root.call(*BUS, "GetId")
        daemon.send(signal.SIGCONT)
    root.wait(lambda: mine.done, "the answer to root")
    before = sum(call.done for call in calls)
    root.wait(lambda: all(call.done for call in calls), "all answers", seconds=60)
    assert {call.error.name for call in calls if call.error} <= {LIMITS}
    carried_out = sum(call.error is None for call in calls)
    assert carried_out > len(calls) / 2
    print(f"root was answered after {before} of {len(calls)} calls")
    assert before < len(calls) / 2  # in the order of arrival root would be the last


# ---- what one user may have under way ----

@contextlib.contextmanager
def stopped(pid: int):
    """It does nothing for a while; calls wait for it."""
    with Pidfd(pid) as process:
        process.send(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send(signal.SIGCONT)


def add_files(bus, job: Job, *files) -> Pending:
    return bus.begin(job.path, JOB, "AddFiles", "(a(ssa{sv}))", [as_file(file) for file in files])


def settled(bus, calls: list[Pending]) -> list[str]:
    """What has become of calls by the time that another one, made after them, is answered."""
    with contextlib.suppress(BusError):
        bus.call(NAME, ROOT, PEER, "Ping")
    drain()
    return [(call.error.name if call.error else "done") if call.done else "waits" for call in calls]


def test_calls_that_wait_for_a_worker_are_limited(new_stack):
    """Whoever stops a worker of their own stops nobody else."""
    machine = new_stack({"Daemon": {"MaxCallsPerUser": "8"}}, kind=SystemStack)
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    job = create(anna)
    job.add_file("http://127.0.0.1:1/first", machine.downloads / "first")
    with stopped(machine.worker_pid()):
        calls = [add_files(anna, job, (f"http://127.0.0.1:1/{n}", machine.downloads / f"{n}")) for n in range(20)]
        assert settled(anna, calls) == ["waits"] * 8 + [LIMITS] * 12
        other = machine.user(ANNA)
        assert refused(lambda: Manager(other).list()) == LIMITS, "another connection is the same user"
        assert create(bert).state == "suspended"
        exempt = [add_files(root, job, (f"http://127.0.0.1:1/r{n}", machine.downloads / f"r{n}")) for n in range(20)]
        assert settled(root, exempt) == ["waits"] * 20
    anna.wait(lambda: all(call.done for call in calls + exempt), "all answers")
    assert not any(call.error for call in calls[:8] + exempt)
    assert job.get("FilesTotal") == 29


def test_what_waits_for_a_worker_takes_up_room(new_stack):
    """Each file counts 512 bytes and its names. What was asked for counts before it is decided, and no longer than that."""
    machine = new_stack({"Jobs": {"MaxTextPerUser": "64K"}}, kind=SystemStack)
    anna = machine.user(ANNA)
    job = create(anna)
    job.add_file("http://127.0.0.1:1/first", machine.downloads / "first")
    with stopped(machine.worker_pid()):
        wrong = [("http://127.0.0.1:1/" + "x" * 7000, "/nowhere/f")] * 4
        calls = [add_files(anna, job, *wrong) for _ in range(5)]
        new = anna.begin(ROOT, MANAGER, "CreateJob", "(ssa{sv})", "x", "download",
                         {"Files": GLib.Variant("a(ssa{sv})", [as_file(file) for file in wrong])})
        assert settled(anna, [*calls, new]) == ["waits"] * 2 + ["TooLarge"] * 4
    anna.wait(lambda: all(call.done for call in calls), "all answers")
    assert {call.error.name for call in calls[:2]} == {"LocalFile"}
    job.add_files([("http://127.0.0.1:1/" + "x" * 7000, machine.downloads / f"{n}") for n in range(7)])


def test_what_calls_bring_is_limited(new_stack):
    """By MaxTextPerUser; small calls are let through beyond that."""
    machine = new_stack({"Jobs": {"MaxTextPerUser": "2M"}}, kind=SystemStack)
    anna = machine.user(ANNA)
    Manager(anna).property("Version")
    machine.polkit(lambda _: "later")
    heavy = {"AllUsers": GLib.Variant("b", True), "Key": GLib.Variant("s", "x" * (1 << 20))}
    calls = [anna.begin(ROOT, MANAGER, "ListJobs", "(a{sv})", heavy) for _ in range(4)]
    assert settled(anna, calls) == ["waits"] * 2 + [LIMITS] * 2
    assert create(anna).state == "suspended"


def test_a_list_of_files_fits_into_a_message(machine):
    """The bus takes messages of 32 MiB, and throws out whoever sends a larger one."""
    anna = machine.user(ANNA)
    job = create(anna)
    before = anna.owner(NAME)
    url = "http://127.0.0.1:1/" + "x" * 7900
    options = {"Mirrors": GLib.Variant("as", [url] * 3)}
    count = 850  # all in all 34 MB, of which the URL that is used is said twice
    for first in range(0, count, 170):
        files = [(f"{url}{n}", f"{machine.downloads}/{n}", options) for n in range(first, first + 170)]
        anna.call(NAME, job.path, JOB, "AddFiles", "(a(ssa{sv}))", files, seconds=60)
    indices: list[int] = []
    pages = 0
    while page := job.files(len(indices)):
        indices += [file["Index"] for file in page]
        pages += 1
    assert indices == list(range(count))
    assert 4 < pages < 40
    assert [file["Index"] for file in job.files(5, 3)] == [5, 6, 7]
    assert anna.owner(NAME) == before


# ---- signals ----

def subscribe(*buses) -> None:
    for bus in buses:
        Manager(bus)._call("Subscribe")


def about(bus) -> list[str]:
    """What was heard, in words: members, with the names of the properties that changed."""
    words = []
    for signal in bus.heard():
        changed = sorted(signal.args[1]) if signal.member == "PropertiesChanged" else []
        words.append(" ".join([signal.member, *changed]))
    return words


def test_signals_go_to_those_who_may_see_the_job_and_subscribed(machine):
    anna, quiet, former, bert = machine.user(ANNA), machine.user(ANNA), machine.user(ANNA), machine.user(BERT)
    root, admin = machine.user(0), machine.user(CARL)
    machine.polkit(lambda question: "yes" if question.subject == admin.unique_name else "no")
    subscribe(anna, former, bert, root, admin)
    Manager(former)._call("Unsubscribe")
    own = create(bert)
    others = [bus.heard() for bus in (bert, root, admin)]
    job = create(quiet)
    job.set("Description", "private")
    job.cancel()

    added, counted, changed, *rest = anna.heard()
    assert (added.member, added.args) == ("JobAdded", (job.path, job.id))
    assert counted.args == (MANAGER, {"Jobs": 1}, [])
    assert (changed.path, changed.args) == (job.path, (JOB, {"Description": "private"}, []))
    removed = next(s for s in rest if s.member == "JobRemoved")
    assert removed.args == (job.path, job.id, "cancelled")

    assert quiet.heard() == former.heard() == []
    assert bert.heard() == others[0] and {s.path for s in bert.heard()} <= {ROOT, own.path}
    for bus, before in ((root, others[1]), (admin, others[2])):
        heard = bus.heard()[len(before):]
        assert [s.member for s in heard] == [s.member for s in anna.heard()]
        assert heard[1].args == (MANAGER, {"Jobs": 2}, [])


def test_a_whole_transfer_is_heard_by_its_owner_alone(machine):
    anna, bert = machine.user(ANNA), machine.user(BERT)
    subscribe(anna, bert)
    server = machine.fault_server()
    server.add("/f", body(300_000))
    machine.downloads.chmod(0o777)
    job = create(anna, files=[(server.url("/f"), machine.downloads / "f")], Resume=True)
    anna.wait_signal("JobTransferred")
    job.complete()
    missing = create(anna, files=[(server.url("/none"), machine.downloads / "g")], Resume=True)
    anna.wait_signal("JobError", ROOT)
    missing.cancel()
    members = {signal.member for signal in anna.heard()}
    assert members == {"JobAdded", "PropertiesChanged", "FileTransferred", "Transferred", "JobTransferred", "JobRemoved",
                       "Failed", "JobError"}
    assert bert.heard() == []


def test_a_file_that_its_owner_may_not_write_or_read_is_fetched_again_and_published(machine):
    anna = machine.user(ANNA)
    server = machine.fault_server()
    server.add("/f", body(3_000))
    machine.downloads.chmod(0o777)
    modes = {"f": 0o444, "g": 0o200}
    job = create(anna, files=[(server.url("/f"), machine.downloads / name, {"Mode": mode}) for name, mode in modes.items()],
                 Resume=True)
    job.wait_state("transferred")
    for index in range(2):
        job.set_validation(index, False)
    job.resume()
    job.wait_state("transferred")
    assert job.complete() == ("complete", 2, 0)
    assert {name: (machine.downloads / name).stat().st_mode & 0o777 for name in modes} == modes


def test_a_subscriber_who_left_is_forgotten(machine):
    anna = machine.user(ANNA)
    subscribe(anna)
    gone = machine.user(ANNA)
    subscribe(gone)
    gone.close()
    create(anna)
    assert about(anna) == ["JobAdded", "PropertiesChanged Jobs"]


def test_nobody_can_say_that_another_has_left(machine):
    """A signal that looks like the bus' own, sent to the daemon alone: the bus lets it pass."""
    anna, bert = machine.user(ANNA), machine.user(BERT)
    subscribe(anna)
    heard_as = bert.call(*BUS, "GetNameOwner", "(s)", NAME)[0]
    bert.connection.emit_signal(heard_as, BUS[1], BUS[2], "NameOwnerChanged",
                                GLib.Variant("(sss)", (anna.unique_name, anna.unique_name, "")))
    Manager(bert).property("Version")
    create(machine.user(ANNA))
    assert about(anna) == ["JobAdded", "PropertiesChanged Jobs"]


def test_D_32_a_job_that_is_taken_loses_what_was_its_owners(machine):
    machine.bus.add_service("org.example.App", ["/bin/false"])
    anna, root = machine.user(ANNA), machine.user(0)
    job = create(anna)
    job.set_credentials("server", "basic", "anna", "secret")
    job.set_custom_headers("X-Key: secret")
    job.notify_service("org.example.App")
    mine = Job(root, job.path)
    mine.call("TakeOwnership")
    assert mine.get("Owner") == 0
    assert mine.get("CustomHeaders") == [] and mine.get("NotifyService") == ("", "/")
    assert mine.call("RemoveCredentials", "(ss)", "server", "basic") == (False,)
    mine.call("TakeOwnership")
    assert refused(lambda: job.get("Owner")) == DENIED


def test_a_job_that_is_taken_leaves_its_owner(machine):
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    polkit = machine.polkit(lambda question: "yes" if question.flags & 1 else "no")
    job = create(anna)
    subscribe(anna, bert, root)
    bert.interactive = True
    Job(bert, job.path).call("TakeOwnership")
    job.bus.interactive = False
    assert refused(job.suspend) == DENIED
    mine = Job(bert, job.path)
    bert.interactive = False
    polkit.stop()
    mine.set("Description", "private")
    assert mine.get("Owner") == BERT

    assert [(s.member, s.args[-1]) for s in anna.heard() if s.member == "JobRemoved"] == [("JobRemoved", "taken")]
    assert about(anna) == ["JobRemoved", "PropertiesChanged Jobs"]
    assert about(bert)[:2] == ["JobAdded", "PropertiesChanged Jobs"]
    assert "PropertiesChanged Description" in about(bert)
    assert "JobRemoved" not in about(root) and "JobAdded" not in about(root)
    owner = next(s for s in root.heard() if s.member == "PropertiesChanged" and "Owner" in s.args[1])
    assert owner.args[1]["Owner"] == BERT


def test_subscribers_hear_of_their_own_before_polkit_has_answered(machine):
    anna = machine.user(ANNA)
    polkit = machine.polkit(lambda _: "later")
    asked = anna.begin(ROOT, MANAGER, "Subscribe")
    polkit.wait_questions(1)
    create(anna)
    create(machine.user(BERT))
    assert about(anna) == ["JobAdded", "PropertiesChanged Jobs"] and not asked.done
    polkit.release("yes")
    anna.wait(lambda: asked.done, "Subscribe to be answered")
    create(machine.user(BERT))
    assert about(anna)[2:] == ["JobAdded", "PropertiesChanged Jobs"]
    assert polkit.questions[0].flags == 0


# ---- the daemon's life ----

def test_a_subscriber_keeps_the_daemon_and_a_stranger_does_not(new_stack):
    machine = new_stack({"Daemon": {"IdleTimeout": "1s"}}, kind=SystemStack)
    anna = machine.user(ANNA)
    subscribe(anna)
    started = machine.daemon_pid()
    machine.client.pause(3)
    assert machine.daemon_pid() == started
    Manager(anna)._call("Unsubscribe")
    machine.wait_stopped()


def test_jobs_keep_their_owners_over_a_restart(machine):
    job = create(machine.user(ANNA))
    machine.signal_daemon(15)
    assert refused(Job(machine.user(BERT), job.path).cancel) == DENIED
    assert Job(machine.user(ANNA), job.path).get("Owner") == ANNA


def test_activity_is_that_of_the_caller_alone(machine):
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    for bus in (anna, bert, root):
        bus.call(NAME, ROOT, MANAGER, "Subscribe")
    file = ("http://127.0.0.1:9/f", machine.downloads / "f", {"Size": 5_000})
    job = create(anna, files=[file], Resume=True, NotBefore=2**60)
    assert Manager(anna).property("Activity") == (0, 0, 0, 0, 0), "jobs are hidden here unless their client says otherwise"
    job.set("Visibility", "full")
    assert Manager(anna).property("Activity") == (5_000, 0, 0, 0, 0)
    assert Manager(bert).property("Activity") == Manager(root).property("Activity") == (0, 0, 0, 0, 0)

    def announced(bus):
        return [s.args[1]["Activity"] for s in bus.signals if s.member == "PropertiesChanged" and "Activity" in s.args[1]]
    anna.wait(lambda: announced(anna) == [(5_000, 0, 0, 0, 0)], "the activity")
    job.cancel()
    anna.wait(lambda: announced(anna) == [(5_000, 0, 0, 0, 0), (0, 0, 0, 0, 0)], "no activity any more")
    assert announced(bert) == announced(root) == []
