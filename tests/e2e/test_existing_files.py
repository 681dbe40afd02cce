# SPDX-License-Identifier: LGPL-2.1-or-later
"""Existing and ServerName: what becomes of a file whose name is taken, and names that servers give."""

import pathlib
import random

from support.client.checks import assert_file, assert_kept_without_a_request, part_files, refused
from support.content import body
from support.servers.response_script import Script

CONTENT = body(50_000)


def new_job(stack, url, local, options, **job_options):
    return stack.manager.create(files=[(url, local, options)], Resume=True, **job_options)


def named(text: str) -> Script:
    return Script(headers={"Content-Disposition": f"attachment; filename=\"{text}\""})


def test_what_is_kept_is_not_fetched_in_vain(stack):
    server = stack.fault_server()
    server.add("/file", CONTENT)
    target = stack.downloads / "file"
    target.write_text("mine")
    with refused("FileExists"):
        new_job(stack, server.url("/file"), target, {"Existing": "keep"})
    target.unlink()
    job = stack.manager.create(files=[(server.url("/file"), target, {"Existing": "keep"})])
    assert_kept_without_a_request(job, server, target, CONTENT)


def test_a_file_that_comes_last_is_kept_as_well(stack):
    url = stack.nginx().add("file", CONTENT)
    target = stack.downloads / "file"
    job = new_job(stack, url, target, {"Existing": "keep"})
    job.wait_state("transferred")
    target.write_text("mine")
    with refused("FileExists"):
        job.complete()
    assert target.read_text() == "mine"
    assert job.files()[0]["Error"][1] == "file-exists"
    target.unlink()
    assert job.complete() == ("complete", 1, 0)
    assert_file(target, CONTENT)


def test_a_job_that_completes_itself_fails_with_the_name_of_the_error(stack):
    server = stack.fault_server()
    server.add("/file", CONTENT).next_scripts(Script(send=20_000, gate=True, then="finish"))
    target = stack.downloads / "file"
    job = new_job(stack, server.url("/file"), target, {"Existing": "keep"}, AutoComplete=True)
    server.wait_sent("/file", 20_000)
    target.write_text("mine")
    server.resources["/file"].gate.set()
    job.wait_state("error", unless=())
    assert job.get("Error")[1] == "file-exists"
    assert target.read_text() == "mine"
    target.unlink()
    job.resume()
    job.wait_state("acknowledged")
    assert_file(target, CONTENT)


def test_files_get_other_names_than_those_that_are_taken(stack):
    nginx = stack.nginx()
    target = stack.downloads / "data.tar.gz"
    target.write_text("mine")
    files = [(nginx.add(f"file-{n}", body(1000, seed=n)), target, {"Existing": "rename"}) for n in range(3)]
    job = stack.manager.create(files=files, Resume=True)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 3, 0)
    names = [file["LocalName"] for file in job.files()]
    assert sorted(names) == [str(stack.downloads / f"data ({n}).tar.gz") for n in (1, 2, 3)]
    for n, name in enumerate(names):
        assert_file(pathlib.Path(name), body(1000, seed=n))
    assert target.read_text() == "mine"


def test_the_server_gives_the_name(stack):
    server = stack.fault_server()
    server.add("/download", CONTENT, script=named("../song ä.ogg"))
    server.add("/moved", script=Script(status=302, headers={"Location": server.url("/dir/final.bin?x=/y")}))
    server.add("/dir/final.bin?x=/y", CONTENT)
    job = stack.manager.create(files=[(server.url("/download"), stack.downloads / "a", {"Existing": "rename", "ServerName": True}),
                                      (server.url("/moved"), stack.downloads / "b", {"Existing": "keep", "ServerName": True})],
                               Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert [file["LocalName"] for file in job.files()] == [str(stack.downloads / "song ä.ogg"), str(stack.downloads / "final.bin")]
    assert_file(stack.downloads / "song ä.ogg", CONTENT)
    assert_file(stack.downloads / "final.bin", CONTENT)


def test_a_name_of_the_server_that_is_taken_stops_the_file(stack):
    server = stack.fault_server()
    content = body(4 << 20)
    server.add("/download", content, script=Script(headers={"Content-Disposition": "attachment; filename=taken"}, send=100_000, then="stall"))
    (stack.downloads / "taken").write_text("mine")
    job = new_job(stack, server.url("/download"), stack.downloads / "a", {"Existing": "keep", "ServerName": True})
    job.wait_state("error", unless=())
    assert job.get("Error")[1] == "file-exists"
    assert (stack.downloads / "taken").read_text() == "mine"


def test_a_server_never_chooses_what_is_replaced(stack):
    url = stack.nginx().add("file", CONTENT)
    with refused("InvalidArgument"):
        new_job(stack, url, stack.downloads / "a", {"ServerName": True})
    with refused("InvalidArgument"):
        new_job(stack, url, stack.downloads / "a", {"Existing": "overwrite"})
    source = stack.downloads / "source"
    source.write_text("x")
    with refused("NotSupported"):
        stack.manager.create("up", "upload", files=[(url, source, {"Existing": "keep"})])


def test_the_choice_survives_a_restart(stack):
    server = stack.fault_server()
    server.add("/download", CONTENT, script=named("song.ogg")).next_scripts(
        Script(headers={"Content-Disposition": "attachment; filename=song.ogg"}, send=20_000, then="stall"))
    job = new_job(stack, server.url("/download"), stack.downloads / "a", {"Existing": "rename", "ServerName": True},
                  MinimumRetryDelay=5)
    job.wait_bytes(20_000)
    job.suspend()
    stack.kill_daemon()
    assert job.files()[0]["LocalName"] == str(stack.downloads / "song.ogg")
    (stack.downloads / "song.ogg").write_text("mine")
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "song (1).ogg", CONTENT)
    assert (stack.downloads / "song.ogg").read_text() == "mine"


def test_a_kill_between_the_rename_and_its_record_makes_no_second_file(new_stack):
    """The daemon dies as soon as Complete is on its way."""
    stack = new_stack()
    chance = random.Random(11)
    url = stack.nginx().add("file", CONTENT)
    for attempt in range(10):
        folder = stack.downloads / str(attempt)
        folder.mkdir()
        (folder / "file").write_text("mine")
        job = new_job(stack, url, folder / "file", {"Existing": "rename"})
        job.wait_state("transferred")
        stack.client.connection.call("org.haulier.Haulier1", job.path, "org.haulier.Haulier1.Job", "Complete", None, None,
                                     0, -1, None, lambda *_: None)
        stack.client.connection.flush_sync(None)
        stack.client.pause(chance.uniform(0, 0.02))  # the moment of death is what is tried here
        stack.kill_daemon()
        stack.manager.list()
        if job.id in [p["Id"] for _, p in stack.manager.list() if p["WaitReason"][0] == "needs-complete"]:
            job.complete()
        stack.client.wait(lambda: job.id not in [p["Id"] for _, p in stack.manager.list()], "the interrupted end")
        assert sorted(path.name for path in folder.iterdir()) == ["file", "file (1)"]
        assert_file(folder / "file (1)", CONTENT)
        assert part_files(folder) == []
