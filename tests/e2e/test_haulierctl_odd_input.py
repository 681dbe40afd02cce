# SPDX-License-Identifier: LGPL-2.1-or-later
"""What people give haulierctl by mistake, or from other systems: it is understood or refused, and never partly used."""

import os

from support.client.checks import assert_file, leftovers, sha256
from support.client.haulierctl import DATA, MISUSED, REFUSED, descriptor

MARK = "\ufeff"  # the byte order mark, which editors of Windows write
METALINK = '<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="m">{}</file></metalink>'


def test_lists_may_begin_with_a_byte_order_mark(stack, ctl, remote):
    url = remote.url("/file.bin")
    (stack.downloads / "list").write_text(f"{MARK}{url}\r\n")
    (stack.downloads / "sums").write_text(f"{MARK}{sha256(DATA)} *file.bin\r\n")
    ctl("get", "-q", "-i", "list", "--sums", "sums")
    assert_file(stack.downloads / "file.bin", DATA)


def test_a_list_names_the_line_that_is_no_url(stack, ctl, remote):
    url = remote.url("/file.bin")
    for bad in (f"{url} # comment", f"{url}\0x", f"{url}\rftp://x"):
        (stack.downloads / "list").write_text(f"{url}\n{bad}\n")
        assert "line 2 of 'list'" in ctl("get", "-i", "list", code=MISUSED).err, bad
    assert stack.manager.list() == []


def test_a_checksum_beside_a_metalink_file_is_not_forgotten(stack, ctl, remote):
    (stack.downloads / "m.meta4").write_text(METALINK.format(f"<url>{remote.url('/file.bin')}</url>"))
    for option in (("--sha256", sha256(b"")), ("--mirror", remote.url("/x")), ("--range", "0:1")):
        assert "name no others" in ctl("get", "--metalink", "m.meta4", *option, code=MISUSED).err
    assert leftovers(stack.downloads) == ["m.meta4"]


def test_a_mirror_that_is_no_url_does_not_spoil_the_others(stack, ctl, remote):
    urls = ("http://", "http://a b/", remote.url("/file.bin"))
    (stack.downloads / "m.meta4").write_text(METALINK.format("".join(f"<url>{url}</url>" for url in urls)))
    ctl("get", "-q", "--metalink", "m.meta4")
    assert_file(stack.downloads / "m", DATA)


def test_standard_input_is_not_read_for_two_purposes(ctl, remote):
    url = remote.url("/file.bin")
    assert "once" in ctl("get", "-i", "-", "--sums", "-", stdin=descriptor(url + "\n"), code=MISUSED).err
    assert "password" in ctl("get", "-i", "-", "--login", "joe", stdin=descriptor(url + "\n"), code=MISUSED).err


def test_a_password_is_a_line_and_is_not_cut(stack, ctl):
    job = stack.manager.create("job", Key="k", files=[("http://127.0.0.1:9/f", stack.downloads / "f")])
    words = ("credentials", "set", job.id, "server", "basic", "--user", "joe")
    ctl(*words, stdin=descriptor(""), code=MISUSED)
    ctl(*words, stdin=descriptor("secret\0more\n"), code=MISUSED)
    ctl(*words, stdin=descriptor("\n"))
    assert "not one of" in ctl("credentials", "set", job.id, "here", "basic", stdin=descriptor("x\n"), code=MISUSED).err
    assert "sha384" in ctl("get", "http://127.0.0.1:9/f", "--checksum", "sha384:00", code=MISUSED).err
    assert "bogus" in ctl("list", "--state", "bogus", code=MISUSED).err


def test_messages_neither_steer_the_terminal_nor_tell_passwords(stack, ctl, remote):
    told = ctl("get", remote.url("/file.bin"), "a\x1b[31mb", code=MISUSED).err
    assert "a?[31mb" in told and "\x1b" not in told
    assert "secret" not in ctl("get", "http://joe:secret@127.0.0.1:9/", code=MISUSED).err
    server = stack.nginx(writable=True)
    (stack.downloads / "here").write_bytes(DATA)
    url = server.url("there").replace("://", "://joe:secret@")
    assert ctl("upload", "here", url).out == server.url("there") + "\n"


def test_a_password_needs_a_user(ctl, remote):
    assert "--login" in ctl("get", remote.url("/file.bin"), "--password-fd", "0", code=MISUSED).err
    told = ctl("get", remote.url("/file.bin"), "--login", "joe", "--password-fd", "x", code=MISUSED).err
    assert "'x' is not the number of a descriptor" in told


def test_nothing_to_do_is_json_too(stack, ctl, remote):
    (stack.downloads / "here").write_bytes(DATA)
    words = ("get", "--json", "--no-clobber", remote.url("/file.bin"), "here")
    assert ctl(*words).json == {"Id": None, "Result": "complete", "File": str(stack.downloads / "here")}
    assert ctl(*words, "--no-wait").json == {"Id": None, "Created": False}


def test_a_reply_is_not_for_pipes_and_terminals(stack, ctl, remote):
    (stack.downloads / "here").write_bytes(DATA)
    os.mkfifo(stack.downloads / "pipe")
    for name in ("-", "pipe", "/dev/null"):
        ctl("upload", "here", remote.url("/x"), "--reply", name, code=MISUSED)
    assert sorted(os.listdir(stack.downloads)) == ["here", "pipe"]


def test_the_last_one_counts_if_an_option_is_given_twice(stack, ctl, remote):
    ctl("get", "-q", remote.url("/file.bin"), "-o", "first", "-o", "last", "-H", "A: 1", "-H", "B: 2")
    assert os.listdir(stack.downloads) == ["last"]
    headers = remote.of("/file.bin")[0].headers
    assert (headers["a"], headers["b"]) == ("1", "2")


def test_help_that_cannot_be_written_is_no_success(ctl):
    with open("/dev/full", "w") as full:
        for words in (("--help",), ("get", "--help"), ("--version",)):
            assert "No space left" in ctl(*words, stdout=full, code=REFUSED).err
