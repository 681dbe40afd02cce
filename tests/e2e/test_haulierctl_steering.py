# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl changes and explains jobs: properties, files, pieces, credentials, headers, uploads, errors."""

import json
import os
import pty

from support.client.checks import assert_file
from support.client.haulierctl import (DATA, DONE, INTERRUPTED, JOB_FAILED, MISUSED, NO_SUCH_JOB, REFUSED, Result,
                                       descriptor)
from support.environment import patience
from support.servers.response_script import Script


def with_descriptor(ctl, text: str, *words, **changes):
    """Runs with the number of a descriptor in the place of each "FD"."""
    fd = descriptor(text)
    try:
        return ctl(*[str(fd) if word == "FD" else word for word in words], pass_fds=[fd], **changes)
    finally:
        os.close(fd)


def test_set_takes_every_kind_of_value(stack, ctl):
    job = stack.manager.create()
    ctl("set", job.id, "Priority=foreground", "autocomplete=yes", "BandwidthLimit=2M", "MinimumRetryDelay=2min",
        "MaximumDownloadSize=1Gi", "SecurityFlags=ignore-dates,check-revocation", "NotBefore=2099-01-31T00:00:00Z",
        "DisplayName=another")
    values = job.all()
    assert (values["Priority"], values["AutoComplete"], values["BandwidthLimit"]) == ("foreground", True, 2_000_000)
    assert (values["MinimumRetryDelay"], values["MaximumDownloadSize"]) == (120, 1 << 30)
    assert sorted(values["SecurityFlags"]) == ["check-revocation", "ignore-dates"]
    assert (values["NotBefore"], values["DisplayName"]) == (4_073_500_800_000_000, "another")
    assert ctl("set", "--json", job.id, "Description=x").json == {"Id": job.id, "Set": ["Description"]}
    ctl("set", job.id, "SecurityFlags=", "MaximumDownloadSize=none", "NotBefore=now")
    assert (list(job.get("SecurityFlags")), job.get("NotBefore")) == ([], 0)


def test_single_files_are_completed_and_taken_out(stack, ctl):
    server = stack.fault_server()
    server.add("/0", b"first")
    server.add("/1", b"second", script=Script(send=1, gate=True))
    job = stack.manager.create(files=[(server.url(f"/{n}"), stack.downloads / str(n)) for n in range(2)], Resume=True)
    stack.client.wait(lambda: job.files()[0]["Transferred"], "the first file")
    ctl("complete", job.id, "--file=0", "--file=1", code=REFUSED)
    ctl("complete", job.id, "--file", "0")
    assert_file(stack.downloads / "0", b"first")
    assert ctl("cancel", "--json", job.id, "--file=1").json == {"Id": job.id, "Result": "removed", "Files": [1]}
    job.wait_state("transferred")
    assert [file["State"] for file in job.files()] == ["transferred", "removed"]
    assert "one JOB" in ctl("complete", "--all", "--file=0", code=MISUSED).err


def test_complete_names_the_files_that_it_drops(stack, ctl):
    server = stack.fault_server()
    for name in ("good", "bad", "also-bad"):
        server.add(f"/{name}", b"content", script=Script() if name == "good" else Script(send=1, gate=True))

    def job_with_one_file():
        files = [(server.url(f"/{name}"), stack.downloads / name) for name in ("good", "bad", "also-bad")]
        job = stack.manager.create(files=files, Resume=True)
        stack.client.wait(lambda: job.files()[0]["Transferred"], "the first file")
        return job

    job = job_with_one_file()
    done = ctl("complete", job.id, code=JOB_FAILED)
    assert done.out == f"{job.id[:8]}  partial, 1 kept, 2 dropped\n"
    assert f"without these files: {stack.downloads}/bad, {stack.downloads}/also-bad" in done.err
    assert_file(stack.downloads / "good", b"content")
    jobs = [job_with_one_file(), stack.manager.create(files=[(server.url("/good"), stack.downloads / "other")], Resume=True)]
    jobs[1].wait_state("transferred")
    done = ctl("complete", "--json", *[job.id for job in jobs], code=JOB_FAILED)
    assert [line["Dropped"] for line in map(json.loads, done.out.splitlines())] == [2, 0]
    assert "/also-bad" in done.err


def test_a_file_that_has_arrived_is_printed(stack, ctl):
    server = stack.fault_server()
    content = bytes(range(256)) * 4096
    server.add("/0", content)
    server.add("/1", b"second", script=Script(send=1, gate=True))
    urls = [(server.url(f"/{n}"), stack.downloads / str(n)) for n in range(2)]
    one, two = stack.manager.create(files=urls[:1], Resume=True), stack.manager.create(files=urls, Resume=True)
    one.wait_state("transferred")
    stack.client.wait(lambda: two.files()[0]["Transferred"], "the first file")
    for words in ([one.id], [one.id, "0"], [two.id, "0"]):
        assert ctl("cat", *words, text=False).out == content
    assert "has 2 files" in ctl("cat", two.id, code=MISUSED).err
    assert "not transferred" in ctl("cat", two.id, "1", code=REFUSED).err
    ctl("cat", one.id, "1", code=MISUSED)
    ctl("cat", "--json", one.id, code=MISUSED)
    with open("/dev/full", "wb") as full:
        assert "cannot be written" in ctl("cat", one.id, code=REFUSED, stdout=full).err
    ctl("complete", one.id)
    assert_file(stack.downloads / "0", content)
    ctl("cat", one.id, code=NO_SUCH_JOB)


def test_set_says_what_is_wrong(stack, ctl):
    job = stack.manager.create()
    assert "'Priority'" in ctl("set", job.id, "Prio=low", code=MISUSED).err
    assert "such as" in ctl("set", job.id, "BandwidthLimit=fast", "Description=x", code=MISUSED).err
    assert job.get("Description") == "", "nothing is set when one word makes no sense"
    assert "foreground" in ctl("set", job.id, "Priority=extreme", code=MISUSED).err
    job.call("Cancel")
    ctl("set", job.id, "Priority=low", code=NO_SUCH_JOB)


def test_show_has_what_is_remarkable_and_what_weakens_security(stack, ctl):
    job = stack.manager.create(Priority="low", SecurityFlags=["ignore-unknown-ca"])
    shown = ctl("show", job.id).out
    assert "low" in shown and "ignore-unknown-ca" in shown
    assert "ProxyMode" not in shown and "ProxyMode" in ctl("show", "--all", job.id).out
    plain = stack.manager.create()
    assert "SecurityFlags" not in ctl("show", plain.id).out and "SecurityFlags:" in ctl("show", "--all", plain.id).out
    assert "ProxyMode" in ctl("show", "--json", plain.id).json


def test_options_of_add_become_properties_of_the_job(stack, ctl, remote):
    job_id = ctl("add", remote.url("/file.bin"), "f", "--priority", "high", "--header", "X-Why: backup", "--mirror",
                 remote.url("/other"), "--range", "0:10", "--range", "100:", "--set", "PowerPolicy=ac-only").out.strip()
    shown = ctl("show", "--json", job_id).json
    assert (shown["Priority"], shown["PowerPolicy"], shown["CustomHeaders"]) == ("high", "ac-only", ["X-Why: backup"])
    assert shown["Files"][0]["Mirrors"] == [remote.url("/other")]
    assert shown["Files"][0]["Ranges"] == [{"Offset": 0, "Length": 10}, {"Offset": 100, "Length": None}]
    ctl("add", remote.url("/file.bin"), "g", remote.url("/file.bin"), "h", "--range", "0:10", code=MISUSED)


def test_pieces_are_laid_end_to_end(stack, ctl, remote):
    ctl("get", remote.url("/file.bin"), "pieces", "--range", "1000:10", "--range", "0:5")
    assert_file(stack.downloads / "pieces", DATA[1000:1010] + DATA[:5])


def test_errors_explains_what_files_shows_and_rename_repairs(stack, ctl, remote):
    ctl("get", remote.url("/missing"), "f", "--key", "mine", code=JOB_FAILED)
    explained = ctl("errors").out
    assert "http-status" in explained and "404: the server has no such file" in explained
    entry, = ctl("errors", "--json", "mine").json
    assert entry["Error"]["Code"] == 404 and entry["Meaning"].startswith("404")
    assert remote.url("/missing") in ctl("files", "mine").out
    assert ctl("rename", "mine", "--prefix", remote.url("/miss"), remote.url("/nowhere/miss")).out == "1 changed\n"
    ctl("rename", "mine", "0", remote.url("/file.bin"))
    assert ctl("files", "--json", "mine").json[0]["RemoteName"] == remote.url("/file.bin")
    ctl("rename", "mine", "first", remote.url("/file.bin"), code=MISUSED)
    ctl("rename", "mine", "7", remote.url("/file.bin"), code=MISUSED)
    ctl("resume", "mine")
    ctl("wait", "mine")
    assert ctl("errors").out == ""


def test_validate_gives_the_clients_verdict(stack, ctl, remote):
    job_id = ctl("get", "--no-wait", "--no-complete", remote.url("/file.bin"), "f").out.strip()
    ctl("wait", job_id)
    ctl("validate", job_id, "0", "no")
    assert stack.manager.get(job_id).get("Error")[1] == "validation-failed"
    ctl("resume", job_id)
    ctl("wait", job_id)
    ctl("validate", job_id, "0", "yes")
    ctl("validate", job_id, "0", "perhaps", code=MISUSED)
    assert "transferred" in ctl("files", job_id).out
    ctl("complete", job_id)
    assert_file(stack.downloads / "f", DATA)


def test_ranges_asks_for_pieces_and_says_what_is_here(stack, ctl, remote):
    job_id = ctl("add", "--on-demand", remote.url("/file.bin"), "f").out.strip()
    ctl("ranges", job_id, "0", "1k:100", "0:10")
    ctl("resume", job_id)
    stack.manager.get(job_id).wait_state("suspended")
    assert ctl("ranges", job_id, "0").out == "0:10\n1000:100\n"
    assert ctl("ranges", "--json", job_id, "0").json[0] == {"Offset": 0, "Length": 10}
    ctl("ranges", job_id, "0", "--from", "200k")
    ctl("resume", job_id)
    ctl("wait", job_id, "--complete")
    assert_file(stack.downloads / "f", DATA)
    ctl("ranges", job_id, "0", "ten", code=MISUSED)


def stored(stack) -> bytes:
    return b"".join(path.read_bytes() for path in stack.state.rglob("haulier.db*"))


def test_a_password_comes_from_a_descriptor_or_from_standard_input(stack, ctl):
    job = stack.manager.create()
    with_descriptor(ctl, "through the pipe\nnot this", "credentials", "set", job.id, "server", "basic", "--user", "joe",
                    "--password-fd", "FD")
    assert b"through the pipe" in stored(stack) and b"not this" not in stored(stack)
    ctl("credentials", "set", job.id, "server", "bearer", stdin=descriptor("a-token\n"))
    assert b"a-token" in stored(stack)
    assert ctl("credentials", "remove", "--json", job.id, "server", "basic").json["Removed"] is True
    assert "none" in ctl("credentials", "remove", job.id, "server", "basic").err
    assert "basic" in ctl("credentials", "set", job.id, "server", "kerberos", stdin=descriptor("x\n"), code=MISUSED).err


def prompted(ctl, typed: bytes, *words) -> tuple[int, str]:
    """Answers the first question on a terminal; the exit code, and all that the terminal showed."""
    ours, theirs = pty.openpty()
    process = ctl.begin(*words, stdin=theirs, stdout=theirs, stderr=theirs, text=False,
                        start_new_session=True, preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)))
    os.close(theirs)
    shown = b""
    while b": " not in shown:
        shown += os.read(ours, 4096)
    os.write(ours, typed)
    process.wait(timeout=patience(30))
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # the other end is closed: all has been read
    os.close(ours)
    return process.returncode, shown.decode()


def test_a_password_is_asked_for_and_not_shown(stack, ctl):
    job = stack.manager.create()
    words = ["credentials", "set", job.id, "server", "basic", "--user", "joe"]
    code, shown = prompted(ctl, b"typed in the dark\n", *words)
    assert code == DONE and "Password of joe" in shown and "dark" not in shown
    assert b"typed in the dark" in stored(stack)
    code, shown = prompted(ctl, b"\x03", *words)
    assert code == INTERRUPTED and "nothing was changed" in shown


def test_headers_are_set_shown_hidden_and_cleared(stack, ctl):
    job = stack.manager.create()
    with_descriptor(ctl, "X-From-Fd: 2\r\n\n", "headers", job.id, "X-One: 1", "--from-fd", "FD")
    assert ctl("headers", job.id).out == "X-One: 1\nX-From-Fd: 2\n"
    ctl("headers", job.id, "--clear")
    assert ctl("headers", "--json", job.id).json == []
    with_descriptor(ctl, "X-Secret: s\n", "headers", job.id, "--write-only", "--from-fd", "FD")
    assert ctl("headers", job.id).out == ""
    ctl("headers", job.id, "Host: elsewhere", code=MISUSED)
    ctl("headers", job.id, "--write-only", code=MISUSED)


def test_upload_sends_a_file_and_keeps_the_reply(stack, ctl):
    server = stack.nginx(writable=True, server="location /form { client_max_body_size 1m; return 200 'thank you'; }")
    (stack.downloads / "source").write_bytes(DATA)
    assert ctl("upload", "source", server.url("there")).out == server.url("there") + "\n"
    assert (server.files / "there").read_bytes() == DATA
    answer = ctl("upload", "--json", "source", server.url("form"), "--reply", "answer").json
    assert (answer["Result"], answer["ReplyFile"]) == ("complete", str(stack.downloads / "answer"))
    assert_file(stack.downloads / "answer", b"thank you")
    job_id = ctl("upload", "--no-wait", "source", server.url("form"), "--reply", "again").out.strip()
    ctl("wait", job_id)
    assert ctl("reply", job_id).out == "thank you"
    assert ctl("reply", "--json", job_id).json == {"Id": job_id, "Size": 9, "Text": "thank you"}
    ctl("upload", "missing", server.url("there"), code=REFUSED)


def test_take_makes_the_caller_the_owner(stack, ctl):
    job = stack.manager.create()
    assert ctl("take", "--json", job.id).json == {"Id": job.id, "Result": "taken"}
    assert job.get("Owner") == os.getuid()
    assert Result(ctl.begin("take", "0" * 32)).code == NO_SUCH_JOB
