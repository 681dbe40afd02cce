# SPDX-License-Identifier: LGPL-2.1-or-later
"""A job changes hands: which worker does what, what becomes of the files, and where a new owner does not go. What else
the former owner loses is in test_system_bus.py."""

import os
import pathlib

import pytest

from support.bus.system_bus import ANNA, BERT, UserBus
from support.client.dbus_client import MANAGER, NAME, ROOT, BusError, Job, Manager
from support.content import body
from support.daemon.system_stack import SystemStack
from support.servers.response_script import Script

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")

CONTENT = body(2_000_000)
# The first answer stops in the middle, until the test says more.
HALF = Script(send=len(CONTENT) // 2, gate=True, then="finish")


@pytest.fixture
def machine(new_stack) -> SystemStack:
    return new_stack(kind=SystemStack)


def listener(machine, uid: int) -> UserBus:
    """A connection that hears of the user's jobs, so that one can wait for what becomes of them."""
    bus = machine.user(uid)
    bus.call(NAME, ROOT, MANAGER, "Subscribe")
    return bus


def create(machine, uid: int, server, names=("file",), **options) -> Job:
    files = [(server.url(f"/{name}"), machine.downloads / name) for name in names]
    return Manager(listener(machine, uid)).create(files=files, **options)


def take(machine, job: Job, uid: int = 0) -> Job:
    mine = Job(listener(machine, uid), job.path)
    mine.call("TakeOwnership")
    return mine


def refusal(call) -> BusError:
    with pytest.raises(BusError) as caught:
        call()
    return caught.value


def parts(machine) -> list[pathlib.Path]:
    return list(machine.downloads.glob(".haulier-*"))


def test_what_was_fetched_stays_behind_and_the_new_owner_begins_anew(machine):
    server = machine.fault_server()
    server.add("/file", CONTENT).next_scripts(HALF)
    anna = listener(machine, ANNA)
    heard = machine.callback(anna)
    job = Manager(anna).create(files=[(server.url("/file"), machine.downloads / "file")], Resume=True, Key="nightly",
                               CustomHeaders=["X-Secret: 1"], Credentials=[("server", "basic", "anna", "secret")],
                               NotifyObject="/client")
    job.wait_bytes(100_000)
    (annas,) = parts(machine)
    with annas.open("rb") as still_there:
        mine = take(machine, job)
        mine.wait_state("transferred")
        assert not os.path.samestat(os.fstat(still_there.fileno()), annas.stat())
    first, second = server.requests
    assert first.headers["x-secret"] == "1" and first.headers["authorization"]
    assert not {"x-secret", "authorization", "range"} & set(second.headers)
    mine.complete()
    assert (machine.downloads / "file").read_bytes() == CONTENT and not parts(machine)
    assert heard.methods() == []


def test_a_transferred_job_is_fetched_again_when_the_new_owner_resumes_it(machine):
    server = machine.fault_server()
    server.add("/file", CONTENT)
    job = create(machine, ANNA, server, Resume=True)
    job.wait_state("transferred")
    mine = take(machine, job)
    assert mine.state == "suspended" and mine.get("BytesTransferred") == 0
    job.bus.wait(lambda: not parts(machine), "the former owner's worker to delete its temporary file")
    mine.resume()
    mine.wait_state("transferred")
    mine.complete()
    assert (machine.downloads / "file").read_bytes() == CONTENT


def test_a_file_that_has_its_name_stays_with_its_first_owner(machine):
    server = machine.fault_server()
    server.add("/0", CONTENT)
    server.add("/1", CONTENT).next_scripts(HALF)
    job = create(machine, ANNA, server, names=("0", "1"), PublishFiles="each", Resume=True)
    job.bus.wait(lambda: job.files()[0]["Completed"], "the name of the first file")
    job.wait_bytes(len(CONTENT) + 100_000)
    named = (machine.downloads / "0").stat()
    mine = take(machine, job)
    mine.wait_state("transferred")
    assert os.path.samestat((machine.downloads / "0").stat(), named)
    assert (machine.downloads / "1").read_bytes() == CONTENT and not parts(machine)
    assert len(server.of("/0")) == 1 and mine.complete() == ("complete", 2, 0)


def test_a_key_goes_with_its_owner(machine):
    server = machine.fault_server()
    job = create(machine, ANNA, server, Key="nightly")
    own = create(machine, 0, server, Key="nightly")
    mine = take(machine, job)
    assert mine.get("Key") == "" and own.get("Key") == "nightly"
    again = create(machine, 0, server, Key="nightly")
    assert again.path == own.path and not again.created
    assert create(machine, ANNA, server, Key="nightly").created


@pytest.mark.parametrize("use", ["target", "temporary file"])
@pytest.mark.parametrize("trap", ["directory of the former owner", "link of the former owner", "open to all"])
def test_a_user_who_takes_a_job_is_not_led_elsewhere(machine, trap, use):
    """The former owner chose the path; the new one's worker would go there with the new one's rights."""
    server = machine.fault_server()
    remote = server.add("/file", CONTENT)
    remote.next_scripts(HALF)
    folder = machine.downloads / "folder"
    if trap == "link of the former owner":
        (machine.downloads / "real").mkdir()
        folder.symlink_to("real")
    else:
        folder.mkdir()
        folder.chmod(0o777)
    if trap != "open to all":
        os.chown(folder, ANNA, ANNA, follow_symlinks=False)
    target, options = (folder, {}) if use == "target" else (machine.downloads, {"TemporaryDirectory": str(folder)})
    job = Manager(listener(machine, ANNA)).create(files=[(server.url("/file"), target / "file")], Resume=True, Key="k", **options)
    job.wait_bytes(100_000)
    error = refusal(lambda: take(machine, job))
    assert error.name == "LocalFile" and str(folder) in error.message
    assert (job.get("Owner"), job.get("Key"), job.state) == (ANNA, "k", "transferring")
    remote.gate.set()
    job.wait_state("transferred")
    assert len(server.requests) == 1, "nothing was lost"


def test_an_upload_is_not_read_for_somebody_else(machine):
    """The former owner could put a link to a secret of the new one in its place."""
    server = machine.fault_server()
    source = machine.downloads / "source"
    source.write_bytes(b"x")
    os.chown(source, ANNA, ANNA)
    job = Manager(listener(machine, ANNA)).create(job_type="upload", files=[(server.url("/up"), source)])
    assert refusal(lambda: take(machine, job)).name == "LocalFile"
    os.chown(source, 0, 0)
    assert take(machine, job).get("Owner") == 0


def test_the_limits_are_the_new_owners(new_stack):
    machine = new_stack({"Jobs": {"MaxJobsPerUser": "1"}}, kind=SystemStack)
    machine.polkit(lambda _: "yes")
    server = machine.fault_server()
    job = create(machine, ANNA, server)
    own = create(machine, BERT, server)
    assert refusal(lambda: take(machine, job, BERT)).name == "TooManyJobs"
    assert job.get("Owner") == ANNA
    own.cancel()
    assert take(machine, job, BERT).get("Owner") == BERT
    create(machine, 0, server)
    assert take(machine, job).get("Owner") == 0, "root has no such limit"


def test_root_alone_has_no_limits(new_stack):
    machine = new_stack({"Jobs": {"MaxJobsPerUser": "2", "MaxFilesPerJob": "3", "MaxTextPerUser": "16K"}}, kind=SystemStack)
    server = machine.fault_server()
    four = ("a", "b", "c", "d")
    assert refusal(lambda: create(machine, ANNA, server, four)).name == "TooManyFiles"
    create(machine, 0, server, four)
    for _ in range(3):
        create(machine, 0, server, Description="d" * 1000)
    for _ in range(2):
        job = create(machine, ANNA, server)
    assert refusal(lambda: create(machine, ANNA, server)).name == "TooManyJobs"
    error = refusal(lambda: job.set_custom_headers(*[f"X-{n}: {'h' * 1000}" for n in range(12)]))
    assert error.name == "TooLarge" and "16384" in error.message
    job.set_custom_headers("X-Short: h")


def test_text_is_given_back_when_jobs_end(new_stack):
    machine = new_stack({"Jobs": {"MaxTextPerUser": "64K"}}, kind=SystemStack)
    server = machine.fault_server()
    names = tuple(str(n) for n in range(60))
    for _ in range(3):
        job = create(machine, ANNA, server, names)
        assert refusal(lambda: create(machine, ANNA, server, names)).name == "TooLarge"
        job.cancel()
    assert create(machine, BERT, server, names)
