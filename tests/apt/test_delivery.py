# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever the owner of the staging folder does to it, only content that matches the lists gets into apt's cache."""

import errno
import fcntl
import hashlib
import os
import subprocess
import sys
import threading

import pytest

pytest.importorskip("apt_pkg")

from support.content import body  # noqa: E402

GOOD = body(3_000_000)
NAME = "pkg_1%3a2_all.deb"


@pytest.fixture
def folders(tmp_path):
    for name in ("staging", "archives", "lists"):
        (tmp_path / name).mkdir()
    return tmp_path


def archive(name: str = NAME, content: bytes = GOOD, kind: str = "sha256"):
    from archives import Archive
    return Archive(name, len(content), f"{kind}:{hashlib.new(kind, content).hexdigest()}", ())


def deliver(folders, *wanted) -> int:
    import delivery
    staging = delivery.Staging(str(folders / "staging"))
    cache = delivery.Cache(str(folders / "archives"), str(folders / "lists/lock"))
    try:
        cache.check_lists()
        return delivery.deliver(list(wanted), staging, cache)
    finally:
        cache.close()
        staging.close()


def stored(folders) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folders / "archives").iterdir() if path.name != "lock"}


@pytest.fixture
def elsewhere():
    """A process that holds a lock as apt does."""
    holders = []

    def hold(path) -> subprocess.Popen:
        code = ("import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); "
                "sys.stdin.read()")
        holders.append(subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        assert holders[-1].stdout.readline() == b"held\n"
        return holders[-1]
    yield hold
    for holder in holders:
        holder.communicate()


@pytest.mark.parametrize("kind", ["sha256", "sha512"])
def test_a_good_file_gets_its_name_and_rights_and_leaves_the_staging_folder(folders, kind):
    (folders / "staging" / NAME).write_bytes(GOOD)
    (folders / "staging" / NAME).chmod(0o600)
    assert deliver(folders, archive(kind=kind)) == 1
    assert stored(folders) == {NAME: GOOD}
    assert (folders / "archives" / NAME).stat().st_mode & 0o7777 == 0o644
    assert list((folders / "staging").iterdir()) == []


def test_a_file_with_other_content_or_size_is_deleted(folders):
    names = ["same_size", "short", "long", "empty"]
    for name, content in zip(names, (b"x" + GOOD[1:], GOOD[:-1], GOOD + b"x", b"")):
        (folders / "staging" / name).write_bytes(content)
    assert deliver(folders, *map(archive, names)) == 0
    assert stored(folders) == {}
    assert list((folders / "staging").iterdir()) == []


def test_a_writer_that_keeps_the_file_open_cannot_change_what_was_delivered(folders):
    with open(folders / "staging" / NAME, "wb+") as writer:
        writer.write(GOOD)
        writer.flush()
        assert deliver(folders, archive()) == 1
        writer.seek(0)
        writer.write(b"evil")
    assert stored(folders) == {NAME: GOOD}


def test_a_writer_that_changes_the_file_during_the_delivery_gains_nothing(folders):
    """Either the file is rejected, or the content is the right one."""
    done = threading.Event()

    def write():
        while not done.is_set():
            for content in (b"evil", GOOD[:4]):
                try:
                    with open(folders / "staging" / NAME, "rb+") as file:
                        file.write(content)
                        file.seek(2 << 20)
                        file.write(b"evil" if content != b"evil" else GOOD[2 << 20:(2 << 20) + 4])
                except FileNotFoundError:
                    pass
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(30):
            (folders / "staging" / NAME).write_bytes(GOOD)
            deliver(folders, archive())
            assert stored(folders) in ({}, {NAME: GOOD})
    finally:
        done.set()
        writer.join()


def test_links_pipes_sockets_and_directories_are_not_opened(folders, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(GOOD)
    staging = folders / "staging"
    (staging / "symlink").symlink_to(secret)
    os.mkfifo(staging / "fifo")
    (staging / "directory").mkdir()
    subprocess.run([sys.executable, "-c", "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
                    staging / "socket"], check=True)
    assert deliver(folders, *[archive(name) for name in ("symlink", "fifo", "directory", "socket")]) == 0
    assert stored(folders) == {}
    assert [path.name for path in staging.iterdir()] == ["directory"]
    assert secret.read_bytes() == GOOD


def test_a_hard_link_delivers_a_copy(folders, tmp_path):
    original = tmp_path / "original"
    original.write_bytes(GOOD)
    os.link(original, folders / "staging" / NAME)
    assert deliver(folders, archive()) == 1
    original.write_bytes(b"changed")
    assert stored(folders) == {NAME: GOOD}


def test_a_lease_of_another_process_does_not_make_the_delivery_wait(folders):
    """The kernel would let an ordinary open wait for 45 seconds."""
    (folders / "staging" / NAME).write_bytes(GOOD)
    with open(folders / "staging" / NAME, "rb+") as file:
        fcntl.fcntl(file, fcntl.F_SETSIG, 23)  # SIGURG, which is ignored
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        assert deliver(folders, archive()) == 0
    assert stored(folders) == {}


def test_what_no_list_wants_is_deleted_and_haulier_keeps_its_temporary_files(folders):
    for name in ("old_1_all.deb", ".haulier-1-0.part"):
        (folders / "staging" / name).write_bytes(b"x")
    assert deliver(folders, archive()) == 0
    assert [path.name for path in (folders / "staging").iterdir()] == [".haulier-1-0.part"]


def test_while_apt_uses_its_cache_nothing_changes_and_later_all_is_delivered(folders, elsewhere):
    import delivery
    (folders / "staging" / NAME).write_bytes(GOOD)
    apt = elsewhere(folders / "archives/lock")
    with pytest.raises(delivery.Busy):
        deliver(folders, archive())
    assert stored(folders) == {} and (folders / "staging" / NAME).exists()
    apt.communicate()
    assert deliver(folders, archive()) == 1


def test_while_apt_uses_its_cache_nothing_is_copied_in_vain(folders, elsewhere, monkeypatch):
    import delivery
    (folders / "staging" / NAME).write_bytes(GOOD)
    elsewhere(folders / "archives/lock")
    monkeypatch.setattr(delivery, "copied", lambda *_: pytest.fail("the file was copied"))
    with pytest.raises(delivery.Busy):
        deliver(folders, archive())


def test_a_name_that_cannot_be_printed_does_not_stop_the_delivery(folders, monkeypatch):
    with open(os.devnull, "w", encoding="utf-8", errors="strict") as output:
        monkeypatch.setattr(sys, "stdout", output)
        os.mkdir(os.fsencode(folders / "staging") + b"/\xff")
        (folders / "staging" / NAME).write_bytes(GOOD)
        assert deliver(folders, archive()) == 1


def test_a_name_that_is_too_long_for_a_copy_does_not_stop_the_delivery(folders):
    for name in ("x" * 255, NAME):
        (folders / "staging" / name).write_bytes(GOOD)
    assert deliver(folders, archive("x" * 255), archive()) == 1
    assert stored(folders) == {NAME: GOOD}
    assert list((folders / "staging").iterdir()) == []


def test_while_an_update_replaces_the_lists_nothing_is_deleted(folders, elsewhere):
    import delivery
    (folders / "staging" / NAME).write_bytes(GOOD)
    elsewhere(folders / "lists/lock")
    with pytest.raises(delivery.Busy):
        deliver(folders)
    assert (folders / "staging" / NAME).exists()


def test_copies_that_a_killed_run_has_left_are_deleted(folders):
    (folders / "archives/.haulier-apt.old_1_all.deb").write_bytes(b"x")
    deliver(folders)
    assert stored(folders) == {}


def test_apt_get_clean_in_the_middle_loses_nothing(folders, monkeypatch):
    import delivery
    (folders / "staging" / NAME).write_bytes(GOOD)
    monkeypatch.setattr(delivery.Cache, "sync", lambda cache: os.unlink(delivery.COPY + NAME, dir_fd=cache.fd))
    with pytest.raises(delivery.Busy):
        deliver(folders, archive())
    monkeypatch.undo()
    assert deliver(folders, archive()) == 1
    assert stored(folders) == {NAME: GOOD}


def test_a_disk_with_room_for_one_copy_is_enough(folders, mounts):
    """The staged file of a copy is deleted before there is room for the next one."""
    mounts.tmpfs(folders, "size=12M,mode=0755")
    for name in ("staging", "archives", "lists"):
        (folders / name).mkdir()
    names = ["a", "b", "c"]
    for name in names:
        (folders / "staging" / name).write_bytes(GOOD[:2_900_000])
    assert deliver(folders, *[archive(name, GOOD[:2_900_000]) for name in names]) == 3
    assert stored(folders) == {name: GOOD[:2_900_000] for name in names}


def test_a_full_disk_delivers_what_has_room_and_says_so(folders, mounts):
    mounts.tmpfs(folders / "archives", "size=4M,mode=0755")
    for name in ("a", "b"):
        (folders / "staging" / name).write_bytes(GOOD)
    with pytest.raises(OSError) as caught:
        deliver(folders, archive("a"), archive("b"))
    assert caught.value.errno == errno.ENOSPC
    assert stored(folders) == {"a": GOOD}
    assert [path.name for path in (folders / "staging").iterdir()] == ["b"]


def test_a_cache_that_others_can_change_is_refused(folders):
    (folders / "archives").chmod(0o777)
    with pytest.raises(PermissionError):
        deliver(folders, archive())


def test_a_staging_folder_that_is_a_link_is_refused(folders):
    (folders / "staging").rmdir()
    (folders / "staging").symlink_to(folders / "lists")
    with pytest.raises(OSError):
        deliver(folders, archive())
