# SPDX-License-Identifier: LGPL-2.1-or-later
"""One file of many cannot be had: OnFileError says whether the others go on."""

import pytest
from gi.repository import GLib

from support.client.checks import assert_file, part_files, sha256
from support.client.file_errors import CONTINUE, NO_ERROR
from support.client.haulierctl import JOB_FAILED, Ctl
from support.content import body
from support.servers.response_script import Script

SIZE = 100_000


def offer(stack, count, gone=(), options=None):
    """A server with so many files, of which some are gone, and the files for a job."""
    server = stack.fault_server()
    for n in range(count):
        server.add(f"/{n}", body(SIZE, seed=n), script=Script(status=404) if n in gone else Script())
    return server, [(server.url(f"/{n}"), stack.downloads / str(n), (options or {}).get(n, {})) for n in range(count)]


def failed_job(stack, files, **options):
    job = stack.manager.create(files=files, Resume=True, **(CONTINUE | options))
    job.wait_state("error", unless=("transferred",))
    return job


def states(job) -> list[str]:
    return [file["State"] for file in job.files()]


def assert_names(stack, present) -> None:
    assert sorted(int(p.name) for p in stack.downloads.iterdir()) == sorted(present)
    for n in present:
        assert_file(stack.downloads / str(n), body(SIZE, seed=n))


def test_field_16_one_file_of_many_is_gone(field):
    """With `continue` the others are fetched; then the job is in `error` with a sentence that counts, the file has its error,
    and `haulierctl complete` keeps the rest."""
    stack = field(Scheduler={"MaxFilesInFlight": "1"})
    _server, files = offer(stack, 20, gone={2})
    job = failed_job(stack, files)
    assert job.get("FilesTransferred") == 19 and job.get("FilesFailed") == 1
    listed = job.files()
    assert listed[2]["State"] == "error" and listed[2]["Error"][:3] == ("remote-file", "http-status", 404)
    assert {f["State"] for f in listed if f["Index"] != 2} == {"transferred"}
    assert all(f["Error"] == NO_ERROR and f["RetryDate"] == 0 for f in listed if f["Index"] != 2)
    context, name, code, sentence, index = job.get("Error")
    assert (context, name, code, index) == ("remote-file", "http-status", 404, 2)
    assert "1" in sentence and "20" in sentence
    Ctl(stack)("complete", job.id, code=JOB_FAILED)
    assert_names(stack, set(range(20)) - {2})


def test_field_16_sibling_stop_is_the_default_and_stops(field):
    """Without a word, as in BITS, the first file that fails for good puts the job in `error` and the others halt."""
    stack = field(Scheduler={"MaxFilesInFlight": "1"})
    server, files = offer(stack, 6, gone={1})
    job = stack.manager.create(files=files, Resume=True)
    job.wait_state("error", unless=("transferred",))
    assert job.get("Error")[1:3] == ("http-status", 404) and job.get("Error")[4] == 1
    assert {r.path for r in server.requests} == {"/0", "/1"}
    assert job.get("OnFileError") == "stop" and job.get("FilesFailed") == 1
    assert states(job)[:3] == ["transferred", "error", "queued"]


def test_field_16_sibling_every_way_to_fail_is_the_files(stack):
    """A wrong checksum, a wrong size and a folder that is gone are errors of a file like any other."""
    options = {1: {"Checksum": "sha256:" + sha256(b"other")}, 2: {"Size": 7}}
    _server, files = offer(stack, 6, options=options)
    folder = stack.downloads / "folder"
    folder.mkdir()
    files[3] = (files[3][0], folder / "3", {})
    job = stack.manager.create(files=files, **CONTINUE)
    folder.rmdir()
    job.resume()
    job.wait_state("error", unless=("transferred",))
    assert states(job) == ["transferred", "error", "error", "error", "transferred", "transferred"]
    assert [f["Error"][1] for f in job.files()[1:4]] == ["checksum-mismatch", "size-mismatch", "local-file"]
    assert job.get("FilesFailed") == 3 and "3" in job.get("Error")[3]
    assert job.complete() == ("partial", 3, 3)
    assert_names(stack, {0, 4, 5})


def test_field_16_sibling_resume_tries_the_failed_files_again(stack):
    """Resume from `error` asks for the failed files, and for no other, again; then the job is transferred."""
    server, files = offer(stack, 8, gone={3, 5})
    job = failed_job(stack, files)
    for n in (3, 5):
        server.resources[f"/{n}"].script = Script()
    job.resume()
    job.wait_state("transferred")
    assert job.get("FilesFailed") == 0 and job.get("Error")[:2] == ("", "")
    assert sorted(r.path for r in server.requests) == sorted([f"/{n}" for n in range(8)] + ["/3", "/5"])
    assert job.complete() == ("complete", 8, 0)
    assert_names(stack, range(8))


def test_field_16_sibling_all_files_are_gone(stack):
    """If nothing can be had the job is in `error` all the same, once."""
    _server, files = offer(stack, 5, gone=range(5))
    job = stack.manager.create(files=files, **CONTINUE)
    callback = stack.callback()
    job.notify_object("/client")
    job.resume()
    job.wait_state("error", unless=("transferred",))
    stack.client.wait(lambda: callback.calls, "JobError")
    stack.client.pause(1)
    assert callback.methods() == ["JobError"]
    assert job.get("FilesFailed") == 5 and "5" in job.get("Error")[3]


def test_field_16_sibling_auto_complete_gives_the_good_files_their_names(stack):
    """With AutoComplete the good files have their names, and the job stays in `error` for the others."""
    server, files = offer(stack, 5, gone={1})
    job = failed_job(stack, files, AutoComplete=True)
    stack.client.wait(lambda: len(list(stack.downloads.glob("[0-9]"))) == 4, "the good files to get their names")
    assert job.state == "error" and job.get("FilesFailed") == 1
    server.resources["/1"].script = Script()
    job.resume()
    stack.client.wait_signal("JobRemoved")
    assert_names(stack, range(5))


def test_field_16_sibling_a_cause_of_the_job_stops_it(stack):
    """max-download-size is the job's cause, and stops it with `continue` too."""
    _server, files = offer(stack, 6)
    job = failed_job(stack, files, MaximumDownloadSize=2 * SIZE)
    assert job.get("Error")[1] == "max-download-size"
    assert job.get("FilesTransferred") < 6


def test_field_16_sibling_no_progress_counts_per_file(field):
    """With `continue`, a file that makes no progress fails for good alone, at the end of its own patience."""
    stack = field()
    server, files = offer(stack, 3)
    server.resources["/1"].script = Script(status=503)
    job = failed_job(stack, files, NoProgressTimeout=0)
    assert states(job) == ["transferred", "error", "transferred"]
    assert job.files()[1]["Error"][1] in ("no-progress", "http-status")


def test_field_16_sibling_the_files_errors_outlive_the_daemon(stack):
    """Error, state and count of failed files are stored."""
    _server, files = offer(stack, 4, gone={2})
    job = failed_job(stack, files)
    before = (states(job), [f["Error"] for f in job.files()], job.get("FilesFailed"), job.get("OnFileError"))
    stack.kill_daemon()
    stack.start()
    assert (states(job), [f["Error"] for f in job.files()], job.get("FilesFailed"), job.get("OnFileError")) == before
    assert before[3] == "continue"


def test_field_16_sibling_what_is_dropped_leaves_nothing(stack):
    """Complete deletes the parts of the files that failed."""
    server, files = offer(stack, 3)
    server.resources["/1"].next_scripts(Script(send=SIZE // 2, then="close"))
    server.resources["/1"].script = Script(status=410)
    job = failed_job(stack, files, MinimumRetryDelay=5)
    assert job.complete() == ("partial", 2, 1)
    assert part_files(stack.downloads) == []
    assert_names(stack, {0, 2})


def test_field_16_sibling_add_goes_on_without_the_bad_ones(stack):
    """`haulierctl add` of several files uses `continue`, and `wait` ends with the code of a failed job."""
    ctl = Ctl(stack)
    _server, files = offer(stack, 5, gone={0})
    words = [word for remote, local, _ in files for word in (remote, local)]
    job = stack.manager.get(ctl("add", "--start", *words).out.strip())
    assert ctl("wait", job.id, code=JOB_FAILED).err
    assert job.get("OnFileError") == "continue" and job.get("FilesTransferred") == 4
    shown = ctl("errors", job.id).out
    assert "404" in shown


def test_field_16_sibling_the_feature_has_a_name(stack):
    """Clients find out by the word `file-errors` in Features."""
    assert "file-errors" in stack.manager.property("Features")


@pytest.mark.parametrize("word", ["", "Continue", "skip"])
def test_field_16_sibling_other_words_are_refused(stack, word):
    """OnFileError takes `stop` and `continue` only."""
    with pytest.raises(Exception, match="InvalidArgument"):
        stack.manager.create(OnFileError=GLib.Variant("s", word))
