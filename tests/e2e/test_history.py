# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is remembered of jobs that have ended."""

import os
import sqlite3
import time

import pytest

from support.bus.system_bus import ANNA, BERT
from support.client.checks import refused
from support.client.dbus_client import MANAGER, NAME, ROOT, Manager, as_option
from support.content import body
from support.daemon.system_stack import SystemStack


def ended(bus, **criteria) -> list[dict]:
    filters = {name: as_option(name, value) for name, value in criteria.items()}
    listed = bus.call(NAME, ROOT, MANAGER, "ListEndedJobs", "(a{sv})", filters)[0]
    assert all(job_id == facts["Id"] for job_id, facts in listed)
    return [facts for _id, facts in listed]


def forget(bus, **criteria) -> int:
    filters = {name: as_option(name, value) for name, value in criteria.items()}
    return bus.call(NAME, ROOT, MANAGER, "ForgetEndedJobs", "(a{sv})", filters)[0]


def end_some(stack) -> list[str]:
    """One of each result; returns their ids, the newest first."""
    server = stack.fault_server()
    for path in ("/a", "/a?token=secret"):
        server.add(path, body(1_000))
    server.add("/b", body(500))
    whole = stack.manager.create("whole", files=[(server.url("/a?token=secret"), stack.downloads / "a"),
                                                 (server.url("/b"), stack.downloads / "b")], Resume=True)
    whole.wait_state("transferred")
    whole.complete()
    part = stack.manager.create("part", OnFileError="continue", Resume=True,
                                files=[(server.url("/a"), stack.downloads / "c"),
                                       (server.url("/missing?token=secret"), stack.downloads / "d")])
    part.wait_state("error", unless=())
    part.complete()
    cancelled = stack.manager.create(server.url("/a?token=secret"), files=[(server.url("/a"), stack.downloads / "e")])
    cancelled.cancel()
    return [cancelled.id, part.id, whole.id]


def test_jobs_are_remembered_with_what_they_did_and_without_urls(stack):
    begin = time.time() * 1e6
    ids = end_some(stack)
    cancelled, part, whole = ended(stack.client)
    assert [job["Id"] for job in (cancelled, part, whole)] == ids
    assert [job["Result"] for job in (cancelled, part, whole)] == ["cancelled", "partial", "complete"]
    assert (whole["DisplayName"], whole["Type"], whole["Owner"]) == ("whole", "download", os.getuid())
    assert (whole["BytesTransferred"], whole["FilesTotal"], whole["FilesTransferred"]) == (1_500, 2, 2)
    assert whole["Target"] == str(stack.downloads) and whole["Error"] == ("", "", 0, "")
    assert begin - 1e6 < whole["CreationTime"] <= whole["EndTime"] <= part["EndTime"] < time.time() * 1e6 + 1e6
    assert (part["FilesTotal"], part["FilesTransferred"]) == (2, 1)
    assert part["Error"][:3] == ("remote-file", "http-status", 404)
    assert (cancelled["DisplayName"], cancelled["Target"]) == ("e", str(stack.downloads / "e"))
    assert "secret" not in str([cancelled, part, whole]) and "://" not in str([cancelled, part, whole])


def test_history_is_filtered_and_comes_in_pages(stack):
    ids = end_some(stack)
    assert [job["Id"] for job in ended(stack.client, Results=["cancelled", "complete"])] == [ids[0], ids[2]]
    assert ended(stack.client, Results=[]) == []
    assert [job["Id"] for job in ended(stack.client, Offset=1, Limit=1)] == [ids[1]]
    newest = ended(stack.client, Limit=1)[0]
    assert [job["Id"] for job in ended(stack.client, Since=newest["EndTime"])] == [ids[0]]
    assert ended(stack.client, Since=newest["EndTime"] + 1) == []
    assert len(ended(stack.client, AllUsers=True)) == 3
    for bad in ({"Results": ["failed"]}, {"Key": "x"}):
        with refused("NotSupported"):
            ended(stack.client, **bad)
    with refused("InvalidArgument"):
        ended(stack.client, Since=2**63)


def test_the_history_says_whose_jobs_they_were_and_hides_what_was_hidden(stack, ctl):
    stack.manager.create("shown", AppId="org.example.App").cancel()
    stack.manager.create("hidden", Visibility="hidden").cancel()
    shown = ended(stack.client)
    assert [(job["DisplayName"], job["AppId"], job["AppIdSource"], job["Visibility"]) for job in shown] == [
        ("shown", "org.example.App", "client", "full")]
    assert ended(stack.client, Hidden=False) == shown
    stack.kill_daemon()
    both = ended(stack.client, Hidden=True)
    assert [(job["DisplayName"], job["Visibility"]) for job in both] == [("hidden", "hidden"), ("shown", "full")]
    assert [job["DisplayName"] for job in ctl("history", "--json").json] == ["hidden", "shown"]
    with refused("NotSupported"):
        forget(stack.client, Hidden=True)
    assert forget(stack.client) == 2
    assert ended(stack.client, Hidden=True) == []


def test_history_survives_a_kill_and_is_forgotten_on_request(stack):
    ids = end_some(stack)
    stack.kill_daemon()
    assert [job["Id"] for job in ended(stack.client)] == ids
    assert forget(stack.client, Results=["partial"]) == 1
    assert [job["Id"] for job in ended(stack.client)] == [ids[0], ids[2]]
    with refused("NotSupported"):
        forget(stack.client, Limit=1)
    assert forget(stack.client) == 2
    assert forget(stack.client) == 0
    stack.kill_daemon()
    assert ended(stack.client) == []


def test_nothing_is_remembered_if_the_administrator_says_so(new_stack):
    stack = new_stack({"History": {"Keep": "0"}})
    stack.manager.create().cancel()
    assert ended(stack.client) == []
    with sqlite3.connect(f"file:{stack.state}/haulier.db?mode=ro", uri=True) as database:
        assert database.execute("SELECT count(*) FROM ended_jobs").fetchone() == (0,)


def test_only_so_many_are_remembered(new_stack):
    stack = new_stack({"History": {"MaxEntries": "2"}})
    jobs = [stack.manager.create() for _ in range(4)]
    for job in jobs:
        job.cancel()
    assert [job["Id"] for job in ended(stack.client)] == [jobs[3].id, jobs[2].id]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")
def test_each_user_has_a_history_of_their_own(new_stack):
    machine = new_stack(kind=SystemStack)
    anna, bert, root = machine.user(ANNA), machine.user(BERT), machine.user(0)
    job = Manager(anna).create("of anna")
    job.cancel()
    Manager(bert).create("of bert").cancel()
    Manager(anna).create("shown", Visibility="result").cancel()
    assert [j["DisplayName"] for j in ended(anna)] == ["shown"], "the others are hidden, as usual on this bus"
    assert [j["DisplayName"] for j in ended(anna, Hidden=True)] == ["shown", "of anna"]
    assert ended(root, Hidden=True) == []
    assert [(j["DisplayName"], j["Owner"]) for j in ended(root, AllUsers=True, Hidden=True)] == [
        ("shown", ANNA), ("of bert", BERT), ("of anna", ANNA)]
    for call in (ended, forget):
        with refused("AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"):
            call(anna, AllUsers=True)
    assert forget(anna) == 2
    assert forget(root, AllUsers=True) == 1
