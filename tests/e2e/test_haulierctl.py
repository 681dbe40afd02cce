# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl as scripts and people use it: what it prints where, and how it ends."""

import itertools
import os
import pty
import signal

import pytest

from support.bus.notify_service import NotifyService
from support.client.checks import assert_file, leftovers, sha256
from support.client.haulierctl import (DATA, DONE, INTERRUPTED, JOB_CANCELLED, JOB_FAILED, MISUSED, NO_BUS, NO_SUCH_JOB,
                                       REFUSED, Ctl, Events, Result, wait_told)
from support.environment import patience
from support.servers.response_script import Script


def stalled(remote, path="/slow"):
    resource = remote.add(path, DATA, script=Script(send=100_000, gate=True, then="finish"))
    return remote.url(path), resource


def test_get_fetches_a_file_and_prints_where_it_is(stack, ctl, remote):
    result = ctl("get", remote.url("/file.bin"))
    assert result.out == f"{stack.downloads}/file.bin\n"
    assert_file(stack.downloads / "file.bin", DATA)
    assert stack.manager.list() == []
    (stack.downloads / "folder").mkdir()
    assert ctl("get", remote.url("/file.bin"), "folder").out == f"{stack.downloads}/folder/file.bin\n"
    assert ctl("-q", "get", remote.url("/file.bin"), "other.bin", "--sha256", sha256(DATA)).err == ""
    assert leftovers(stack.downloads) == ["file.bin", "folder", "folder/file.bin", "other.bin"]


def test_get_in_json(stack, ctl, remote):
    answer = ctl("get", "--json", remote.url("/file.bin")).json
    assert answer["File"] == str(stack.downloads / "file.bin") and len(answer["Id"]) == 32


def test_get_without_waiting_and_with_a_service(stack, ctl, remote):
    service = NotifyService(stack, behaviour="complete")
    job_id = ctl("get", remote.url("/file.bin"), "--no-wait", "--notify-service", f"{service.name}:/client").out.strip()
    assert stack.client.wait_signal("JobRemoved").args[1:] == (job_id, "complete")
    assert_file(stack.downloads / "file.bin", DATA)


def test_get_fails_in_one_sentence_with_its_own_code(stack, ctl, remote):
    missing = ctl("get", remote.url("/missing"), "x", code=JOB_FAILED)
    assert "404" in missing.err and missing.out == ""
    wrong = ctl("get", remote.url("/file.bin"), "y", "--sha256", sha256(b"other"), code=JOB_FAILED)
    assert "checksum" in wrong.err.lower()
    assert not (stack.downloads / "x").exists() and not (stack.downloads / "y").exists()
    assert "ftp" in ctl("get", "ftp://127.0.0.1/x", code=MISUSED).err
    assert "missing" in ctl("get", remote.url("/file.bin"), "missing/folder/x", code=REFUSED).err


def test_a_job_writes_to_no_pipe_and_no_device(stack, ctl, remote):
    os.mkfifo(stack.downloads / "pipe")
    for place in ("-", "/dev/stdout", "/dev/fd/1"):
        assert "outlives" in ctl("get", remote.url("/file.bin"), place, code=MISUSED).err
    for place in ("pipe", "/dev/null"):
        assert "not a regular file" in ctl("add", remote.url("/file.bin"), place, code=MISUSED).err
    assert stack.manager.list() == []


def test_ctrl_c_leaves_the_job_running_and_says_how_to_come_back(stack, ctl, remote):
    url, resource = stalled(remote)
    process = ctl.begin("get", url, "slow.bin")
    remote.wait_sent("/slow", 100_000)
    (path, properties), = stack.manager.list()
    wait_told(process)
    process.send_signal(signal.SIGINT)
    result = Result(process)
    assert result.code == INTERRUPTED
    assert properties["Id"][:8] in result.err and "haulierctl wait" in result.err
    assert stack.manager.get(properties["Id"]).state in ("connecting", "transferring")
    resource.gate.set()
    ctl("wait", properties["Id"][:8], "--complete")
    assert_file(stack.downloads / "slow.bin", DATA)
    assert path.endswith(properties["Id"])


def test_progress_is_drawn_on_a_terminal_and_nowhere_else(stack, ctl, remote):
    url, resource = stalled(remote)
    ours, theirs = pty.openpty()
    process = ctl.begin("get", url, "slow.bin", stderr=theirs)
    os.close(theirs)
    remote.wait_sent("/slow", 100_000)
    resource.gate.set()
    out, _ = process.communicate(timeout=patience(30))
    assert process.returncode == DONE and out.strip().endswith("slow.bin")
    drawn = b""
    try:
        while piece := os.read(ours, 4096):
            drawn += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert b"\r" in drawn and b"kB" in drawn


def test_a_job_by_hand(stack, ctl, remote):
    added = ctl("add", remote.url("/file.bin"), "a", remote.url("/file.bin"), "b", "--name", "two files", "--key", "mine")
    job_id = added.out.strip()
    listed = ctl("list").out
    assert job_id[:8] in listed and "suspended" in listed and "two files" in listed
    for name in (job_id, job_id[:6], "mine"):
        assert ctl("show", "--json", name).json["Id"] == job_id
    ctl("resume", "mine")
    ctl("wait", "mine")
    ctl("suspend", "mine")
    assert stack.manager.get(job_id).state == "transferred"
    answer = ctl("complete", "--json", "mine").json
    assert (answer["Result"], answer["Kept"], answer["Dropped"]) == ("complete", 2, 0)
    assert_file(stack.downloads / "a", DATA)
    assert_file(stack.downloads / "b", DATA)
    assert ctl("list").out == ""


def test_list_says_what_a_job_waits_for(stack, ctl, remote):
    remote.add("/busy", DATA, script=Script(status=503, headers={"Retry-After": "600"}))
    job = stack.manager.get(ctl("get", "--no-wait", remote.url("/busy"), "f").out.strip())
    job.wait_state("transient-error")
    assert "REASON" in ctl("list").out and "waiting for the server, which has asked for a pause: retry in" in ctl("list").out
    assert "waiting for the server, which has asked for a pause: retry in" in ctl("show", job.id).out
    assert "host (waiting for the server, which has asked for a pause) until" in ctl("show", job.id, "--all").out
    ctl("suspend", job.id)
    assert "REASON" not in ctl("list").out


def test_json_says_what_the_bus_says(stack, ctl, remote):
    job = stack.manager.create("näme\x1b[31m", files=[(remote.url("/file.bin"), stack.downloads / "f")], Key="k")
    shown = ctl("show", "--json", job.id).json
    assert shown["DisplayName"] == "näme\x1b[31m"
    assert (shown["State"], shown["FilesTotal"], shown["Key"], shown["BytesTotal"]) == ("suspended", 1, "k", None)
    assert shown["Files"][0]["RemoteName"] == remote.url("/file.bin")
    listed, = ctl("list", "--json").json
    assert listed["Id"] == job.id
    assert ctl("list", "--json", "--state", "error,transferred").json == []
    assert "\x1b" not in ctl("list").out + ctl("show", job.id).out, "no name may play with the terminal"


def test_suspend_resume_cancel_of_several(stack, ctl, remote):
    url, _resource = stalled(remote)
    ids = [ctl("get", "--no-wait", url, f"f{n}").out.strip() for n in range(2)]
    ctl("suspend", *ids)
    assert [stack.manager.get(i).state for i in ids] == ["suspended"] * 2
    ctl("resume", *ids)
    ctl("cancel", *ids)
    assert leftovers(stack.downloads) == []
    assert "no" in ctl("cancel", ids[0], code=NO_SUCH_JOB).err


def test_get_joins_the_job_of_its_key_also_with_a_password_in_the_url(stack, ctl, remote):
    url, resource = stalled(remote)
    url = url.replace("://", "://anna:secret@")
    job_id = ctl("get", "--no-wait", url, "f", "--key", "mine").out
    assert ctl("get", "--no-wait", url, "f", "--key", "mine").out == job_id
    assert "something else" in ctl("get", url, "g", "--key", "mine", code=REFUSED).err
    resource.gate.set()
    ctl("get", url, "f", "--key", "mine")
    assert_file(stack.downloads / "f", DATA)


def test_wait_ends_as_the_job_does(stack, ctl, remote):
    url, _resource = stalled(remote)
    cancelled = ctl("get", "--no-wait", url, "c").out.strip()
    waiting = ctl.begin("wait", cancelled)
    wait_told(waiting)
    ctl("cancel", cancelled)
    assert Result(waiting).code == JOB_CANCELLED
    failed = ctl("get", "--no-wait", remote.url("/missing"), "m").out.strip()
    assert "404" in ctl("wait", failed, code=JOB_FAILED).err
    ctl("wait", "0" * 32, code=NO_SUCH_JOB)


def test_wait_survives_the_death_of_the_daemon(stack, ctl, remote):
    url, resource = stalled(remote)
    process = ctl.begin("get", url, "slow.bin")
    remote.wait_sent("/slow", 100_000)
    resource.script = Script()
    stack.kill_daemon()
    resource.gate.set()
    assert Result(process).code == DONE
    assert_file(stack.downloads / "slow.bin", DATA)


def test_monitor_prints_what_happens(stack, ctl, remote):
    process = ctl.begin("monitor", "--json")
    events = Events(process)
    other = stack.manager.create()
    numbers = itertools.count()
    events.until(lambda event: event.get("Id") == other.id, lambda: other.set("Description", str(next(numbers))))
    job = stack.manager.create(files=[(remote.url("/file.bin"), stack.downloads / "f")], Resume=True)
    events.until(lambda event: event["Event"] == "JobTransferred")
    process.send_signal(signal.SIGINT)
    Result(process)
    assert {event["Id"] for event in events.seen if "Id" in event} == {other.id, job.id}
    assert any(event.get("Changed", {}).get("State") == "transferring" for event in events.seen)


@pytest.mark.parametrize("words", [
    [], ["fetch"], ["get"], ["add", "http://127.0.0.1/x"], ["list", "--colour"], ["show"],
    ["get", "http://127.0.0.1/x", "y", "--sha256", "00", "--checksum", "md5:00"],
], ids=" ".join)
def test_misuse_ends_with_2_and_a_hint(ctl, words):
    result = ctl(*words, code=MISUSED)
    assert result.out == "" and len(result.err.splitlines()) <= 3
    assert "help" in result.err or "add takes pairs" in result.err


def test_what_was_probably_meant_is_said(ctl):
    for words, meant in ((["lsit"], "'list'"), (["--systm", "list"], "'--system'"), (["list", "--stat=error"], "'--state'"),
                         (["credentials", "set", "x", "server", "basic", "--usr", "me"], "'--user'"),
                         (["get", "http://127.0.0.1/x", "--no-complet"], "'--no-complete'")):
        assert f"did you mean {meant}" in ctl(*words, code=MISUSED).err


def test_help_and_version(ctl):
    helped = ctl("--help").out
    assert all(word in helped for word in ("get", "add", "list", "show", "wait", "suspend", "resume", "complete", "cancel",
                                           "monitor", "Exit codes"))
    assert ctl("--version").out.startswith("haulierctl ")


def test_without_a_bus_it_says_so(stack):
    env = stack.env | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={stack.directory}/nowhere"}
    assert "bus" in Ctl(stack)("list", env=env, code=NO_BUS).err


def test_a_job_that_is_ambiguous_or_unknown(stack, ctl):
    for number in range(2):
        stack.manager.create("twin", Key=f"twin-{number}")
    assert ctl("show", "twin", code=NO_SUCH_JOB).err
    assert ctl("show", "twin-1", "--json").json["Key"] == "twin-1"
