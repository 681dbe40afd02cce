# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where files go: links, devices, FIFOs and folders that change under a transfer gain an attacker nothing, for all is
done with the owner's rights and never through what somebody put in the way. Bob attacks, alice is the victim."""

import os
import pathlib
import stat

import pytest

from support.client.checks import refused
from support.content import body
from support.servers.response_script import Script

PRECIOUS = b"alice's own words\n"
CONTENT = body(700_000)


@pytest.fixture
def precious(machine, alice):
    """A file of alice's in a folder that bob can look into, and a folder that is hers."""
    machine.run("install", "-d", "-o", "alice", "-g", "alice", "-m", "0755", "/srv/alice")
    path = pathlib.Path("/srv/alice/precious")
    outside = alice.outside(path)
    outside.write_bytes(PRECIOUS)
    os.chown(outside, alice.uid, machine.gid("alice"))
    before = look(outside)
    yield path
    assert look(outside) == before
    assert sorted(os.listdir(outside.parent)) == ["precious"]


def look(path: pathlib.Path) -> tuple:
    found = path.lstat()
    return path.read_bytes(), found.st_ino, found.st_mode, found.st_uid, found.st_mtime_ns


@pytest.fixture
def shared(machine):
    """A folder that everybody may write to, without a sticky bit."""
    machine.run("rm", "-rf", "/srv/shared")
    machine.run("install", "-d", "-m", "0777", "/srv/shared")
    return pathlib.Path("/srv/shared")


@pytest.fixture
def slow(server):
    """A file that comes to a half and waits for the gate."""
    resource = server.add("/slow", CONTENT, script=Script(send=300_000, gate=True, then="finish"))
    yield resource
    resource.gate.set()


@pytest.fixture
def quick(server) -> str:
    server.add("/quick", CONTENT)
    return server.url("/quick")


def fetch(person, url: str, target) -> None:
    job = person.manager.create(files=[(url, target)], Resume=True)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)


def is_bobs_download(bob, path) -> bool:
    found = bob.outside(path).lstat()
    return stat.S_ISREG(found.st_mode) and found.st_uid == bob.uid and bob.outside(path).read_bytes() == CONTENT


def test_a_symbolic_link_in_the_place_of_the_target_is_replaced(bob, precious, quick):
    link = bob.home / "link"
    bob.run("ln", "-s", precious, link)
    fetch(bob, quick, link)
    assert is_bobs_download(bob, link)


def test_a_hard_link_in_the_place_of_the_target_is_replaced(machine, bob, shared, quick, precious):
    """Which many kernels would not even let bob make."""
    target = shared / "hard"
    machine.run("ln", "-f", precious, target)
    fetch(bob, quick, target)
    assert is_bobs_download(bob, target)


@pytest.mark.parametrize("way", ["/srv/alice/new", "/home/bob/elsewhere/new", "/home/bob/../../srv/alice/new",
                                 "/proc/self/root/srv/alice/new", "/proc/1/root/srv/alice/new"])
def test_no_way_leads_into_the_folder_of_another(bob, precious, quick, way):
    bob.run("ln", "-sfn", "/srv/alice", bob.home / "elsewhere")
    with refused("LocalFile", "InvalidArgument"):
        bob.manager.create(files=[(quick, way)])


def end_without_a_target(job) -> None:
    """Another folder than the one that held the temporary file is taken for a disk that is not mounted: nothing goes there."""
    job.wait_state("transferred", "error", "transient-error", unless=())
    if job.state == "transient-error":
        assert job.get("WaitReason")[0] == "storage"
    if job.state == "transferred":
        with refused("LocalFile"):
            job.complete()
    job.cancel()


def test_a_folder_swapped_for_a_link_in_mid_transfer(server, bob, slow, precious):
    """Bob's own folder becomes a link to alice's; her folder gets nothing, bob may keep what came."""
    folder = bob.home / "folder"
    bob.run("mkdir", folder)
    job = bob.manager.create(files=[(server.url("/slow"), folder / "new")], Resume=True)
    server.wait_sent("/slow", 300_000)
    bob.run("mv", folder, bob.home / "moved")
    bob.run("ln", "-s", "/srv/alice", folder)
    slow.gate.set()
    end_without_a_target(job)


def test_a_folder_swapped_under_the_victim(server, alice, bob, shared, slow, precious):
    """Alice downloads into a folder that bob can exchange. He leads her worker, which may write there, to the folder
    where her precious file is."""
    bob.run("mkdir", "-m", "0777", shared / "sub")
    job = alice.manager.create(files=[(server.url("/slow"), shared / "sub" / "precious")], Resume=True)
    server.wait_sent("/slow", 300_000)
    bob.run("mv", shared / "sub", shared / "gone")
    bob.run("ln", "-s", "/srv/alice", shared / "sub")
    slow.gate.set()
    end_without_a_target(job)


@pytest.mark.parametrize("trap", ["symlink", "hardlink", "fifo", "directory", "bobs-file", "device"])
def test_a_trap_in_the_place_of_the_temporary_file(machine, server, alice, bob, shared, slow, precious, trap):
    """Between two runs of a transfer bob exchanges alice's temporary file. Her worker must neither follow, nor write, nor
    wait for ever."""
    job = alice.manager.create(files=[(server.url("/slow"), shared / "new")], Resume=True)
    server.wait_sent("/slow", 300_000)
    job.suspend()
    job.wait_state("suspended")
    job.wait_bytes(1)  # without any, the file would get another name
    slow.gate.set()
    (part,) = alice.outside(shared).glob(".haulier-*")
    part = shared / part.name
    bob.run("mv", part, shared / "taken")
    if trap == "symlink":
        bob.run("ln", "-s", precious, part)
    elif trap == "hardlink":
        machine.run("ln", precious, part)
    elif trap == "fifo":
        bob.run("mkfifo", "-m", "0666", part)
    elif trap == "directory":
        bob.run("mkdir", "-m", "0777", part)
    elif trap == "bobs-file":
        bob.run("sh", "-c", f"echo bait >{part}; chmod 0666 {part}")
    else:
        machine.run("mknod", "-m", "0666", part, "c", "1", "5")
    job.resume()
    job.wait_state("error", unless=("transferred",))
    context, name, _code, sentence, _file = job.get("Error")
    assert name == "local-file", (context, name, sentence)
    if trap == "bobs-file":
        assert alice.outside(part).read_bytes() == b"bait\n"
    job.cancel()


@pytest.mark.parametrize("kind", ["fifo", "null", "full", "directory", "socket"])
def test_what_is_no_file_is_never_opened_nor_replaced(machine, bob, quick, kind):
    target = bob.home / f"odd-{kind}"
    if kind == "fifo":
        bob.run("mkfifo", target)
    elif kind == "directory":
        bob.run("mkdir", target)
    elif kind == "socket":
        bob.run("python3", "-c", f"import socket; socket.socket(socket.AF_UNIX).bind('{target}')")
    else:
        machine.run("mknod", "-m", "0666", target, "c", "1", {"null": 3, "full": 7}[kind])
    before = bob.outside(target).lstat()
    with refused("LocalFile"):
        bob.manager.create(files=[(quick, target)])
    assert bob.outside(target).lstat() == before


def test_a_device_that_takes_the_place_of_the_target_in_mid_transfer(machine, server, bob, slow):
    target = bob.home / "becomes-a-device"
    job = bob.manager.create(files=[(server.url("/slow"), target)], Resume=True)
    server.wait_sent("/slow", 300_000)
    machine.run("mknod", "-m", "0666", target, "c", "1", "7")
    slow.gate.set()
    job.wait_state("transferred")
    with refused("LocalFile"):
        job.complete()
    assert stat.S_ISCHR(bob.outside(target).lstat().st_mode)
    job.cancel()


@pytest.mark.parametrize("source", ["/srv/alice/closed", "/home/bob/to-closed", "/home/bob/fifo-source", "/dev/zero", "/etc/shadow",
                                    "/var/lib/haulier/haulier.db"])
def test_nothing_is_uploaded_that_the_owner_cannot_read_or_that_has_no_end(machine, server, bob, source):
    machine.run("install", "-D", "-o", "alice", "-m", "0600", "/dev/null", "/srv/alice/closed")
    bob.run("ln", "-sfn", "/srv/alice/closed", bob.home / "to-closed")
    bob.run("sh", "-c", f"test -p {bob.home}/fifo-source || mkfifo {bob.home}/fifo-source")
    server.add("/up")
    with refused("LocalFile"):
        bob.manager.create(job_type="upload", files=[(server.url("/up"), source)])
    assert not server.requests


def test_nobody_hung(alice, bob, quick):
    """After all that both workers still do their work."""
    for person in (alice, bob):
        fetch(person, quick, person.home / "last")
        assert person.outside(person.home / "last").read_bytes() == CONTENT
