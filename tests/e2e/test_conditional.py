# SPDX-License-Identifier: LGPL-2.1-or-later
"""IfModifiedSince and IfNoneMatch: files that are fetched only if they have changed."""

import os

from support.client.checks import assert_file, part_files, refused
from support.content import body
from support.servers.response_script import Script

CONTENT = body(50_000)
NEWER = body(60_000, seed=2)
WRONG = {"Checksum": "sha256:" + "0" * 64, "Size": 7}


def fetch(stack, url, target, options, **job_options):
    return stack.manager.create(files=[(url, target, options)], Resume=True, **job_options)


def first_version(stack, nginx) -> tuple[str, dict]:
    """Fetches the file, and returns its URL and what ListFiles says of it."""
    url = nginx.add("index", CONTENT)
    job = fetch(stack, url, stack.downloads / "index", {})
    job.wait_state("transferred")
    job.complete()
    return url, job.files()[0]


def test_what_has_not_changed_is_not_fetched(stack):
    nginx = stack.nginx()
    url, known = first_version(stack, nginx)
    target = stack.downloads / "index"
    before = target.stat()
    job = fetch(stack, url, target, {"IfNoneMatch": known["ETag"]} | WRONG)
    job.wait_state("transferred")
    file = job.files()[0]
    assert (file["NotModified"], file["Transferred"], file["Completed"], file["State"]) == (True, True, True, "transferred")
    assert file["ETag"] == known["ETag"] and (file["BytesTotal"], job.get("BytesTotal")) == (0, 0)
    assert job.complete() == ("complete", 1, 0)
    assert os.path.samestat(target.stat(), before) and target.stat().st_mtime_ns == before.st_mtime_ns
    assert [access.status for access in nginx.finished_log()] == [200, 304]
    assert part_files(stack.downloads) == []


def test_by_its_date(stack):
    nginx = stack.nginx()
    url, _known = first_version(stack, nginx)
    date = int((stack.downloads / "index").stat().st_mtime) * 1_000_000
    job = fetch(stack, url, stack.downloads / "index", {"IfModifiedSince": date + 999_999})
    job.wait_state("transferred")
    assert job.files()[0]["NotModified"]
    older = fetch(stack, url, stack.downloads / "other", {"IfModifiedSince": date - 1_000_000})
    older.wait_state("transferred")
    assert not older.files()[0]["NotModified"]
    older.complete()
    assert_file(stack.downloads / "other", CONTENT)


def test_what_has_changed_replaces_the_file(stack):
    nginx = stack.nginx()
    url, known = first_version(stack, nginx)
    nginx.add("index", NEWER)
    job = fetch(stack, url, stack.downloads / "index", {"IfNoneMatch": known["ETag"]})
    job.wait_state("transferred")
    assert not job.files()[0]["NotModified"]
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "index", NEWER)


def test_a_job_of_both_kinds_ends_as_usual(stack):
    nginx = stack.nginx()
    url, known = first_version(stack, nginx)
    callback = stack.callback()
    files = [(url, stack.downloads / "index", {"IfNoneMatch": known["ETag"]}),
             (nginx.add("new", NEWER), stack.downloads / "new")]
    stack.manager.create(files=files, PublishFiles="each", AutoComplete=True, NotifyObject=callback.path,
                         NotifyFlags=["transferred", "file-transferred"], Resume=True)
    callback.wait("JobTransferred")
    told = {call.args[2]: call.args[4] for call in callback.calls if call.method == "FileTransferred"}
    assert told == {0: str(stack.downloads / "index"), 1: str(stack.downloads / "new")}
    assert_file(stack.downloads / "new", NEWER)


def test_a_part_is_continued_without_conditions(stack):
    server = stack.fault_server()
    server.add("/file", CONTENT).next_scripts(Script(send=20_000, then="close"))
    job = fetch(stack, server.url("/file"), stack.downloads / "file", {"IfNoneMatch": '"old"', "IfModifiedSince": 10**15},
                MinimumRetryDelay=5)
    job.wait_state("transferred")
    first, second = server.of("/file")
    assert (first.headers["if-none-match"], first.range) == ('"old"', "")
    assert first.headers["if-modified-since"] == "Sun, 09 Sep 2001 01:46:40 GMT"
    assert second.range == "bytes=20000-" and "if-none-match" not in second.headers
    assert "if-modified-since" not in second.headers
    job.complete()
    assert_file(stack.downloads / "file", CONTENT)


def test_it_is_known_after_a_crash(stack):
    nginx = stack.nginx()
    url, known = first_version(stack, nginx)
    job = fetch(stack, url, stack.downloads / "index", {"IfNoneMatch": known["ETag"]})
    job.wait_state("transferred")
    stack.kill_daemon()
    assert job.files()[0]["NotModified"] and job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "index", CONTENT)
    assert part_files(stack.downloads) == []


def test_bad_conditions_are_refused(stack):
    url = "http://127.0.0.1/x"
    for options, name in (({"IfNoneMatch": "abc"}, "InvalidArgument"), ({"IfModifiedSince": 2**63}, "InvalidArgument"),
                          ({"IfNoneMatch": '"a"', "Ranges": [(0, 1)]}, "InvalidArgument"),
                          ({"IfNoneMatch": '"' + "x" * 1024 + '"'}, "StringTooLong")):
        with refused(name):
            stack.manager.create(files=[(url, stack.downloads / "x", options)])
    with refused("NotSupported"):
        stack.manager.create(files=[(url, stack.downloads / "x", {"IfNoneMatch": '"a"'})], OnDemand=True)
