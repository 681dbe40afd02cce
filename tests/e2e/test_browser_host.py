# SPDX-License-Identifier: LGPL-2.1-or-later
"""The native host of the extension, without a browser: the messages are what an attacker in the browser could send."""

import json
import struct
import subprocess

import pytest

from support.client.checks import assert_file
from support.client.haulierctl import DATA
from support.environment import patience, program


def framed(message) -> bytes:
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack("=I", len(text)) + text


class Host:
    def __init__(self, stack):
        self.process = subprocess.Popen([program("HAULIER_BROWSER_HOST"), "chrome-extension://x/"], env=stack.env,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ask(self, message):
        self.process.stdin.write(framed(message))
        self.process.stdin.flush()
        (length,) = struct.unpack("=I", self.process.stdout.read(4))
        return json.loads(self.process.stdout.read(length))

    def end(self, last: bytes = b"") -> tuple[int, str]:
        """Sends the last bytes and closes the pipe; returns the exit status, and what was complained of."""
        out, errors = self.process.communicate(last, timeout=patience(20))
        assert out == b""
        return self.process.returncode, errors.decode()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def host(stack, folder):
    return stack.stop_at_end(Host(stack))


def download(remote, **fields) -> dict:
    return {"type": "download", "url": remote.url("/file.bin")} | fields


def test_a_download_has_the_name_of_the_browser_and_the_headers(stack, folder, remote, host):
    answer = host.ask(download(remote, name="film.iso", cookie="a=1", referrer="https://example.org/", userAgent="Browser/1"))
    assert answer["ok"] and answer["path"] == str(folder / "film.iso")
    stack.client.wait((folder / "film.iso").exists, "the file")
    assert_file(folder / "film.iso", DATA)
    headers = remote.of("/file.bin")[0].headers
    assert (headers["cookie"], headers["referer"], headers["user-agent"]) == ("a=1", "https://example.org/", "Browser/1")
    assert host.end() == (0, "")


def test_nothing_is_replaced(stack, folder, remote, host):
    (folder / "film.iso").write_text("mine")
    (folder / "photos").mkdir()
    host.ask(download(remote, name="film.iso"))
    stack.client.wait((folder / "film (1).iso").exists, "the file")
    assert (folder / "film.iso").read_text() == "mine"
    host.ask(download(remote, name="photos"))
    assert list((folder / "photos").iterdir()) == []


@pytest.mark.parametrize("name, kept", [("../../x", "x"), ("/etc/passwd", "passwd"), (".bashrc", "bashrc"), ("a/../../b", "b"),
                                        ("<b>\u202egpj.exe", "<b>\u202egpj.exe"), ("…" * 200, "…" * 85)])
def test_names_stay_in_the_folder(stack, folder, remote, host, name, kept):
    assert host.ask(download(remote, name=name))["path"] == str(folder / kept)
    stack.client.wait((folder / kept).exists, "the file")


@pytest.mark.parametrize("message", [
    b"", b"{", b"[]", b"null", b'"download"', b"\xff\xfe", b'{"type":"download"}', b'{"type":{"a":1},"url":1}', b"[" * (1 << 20),
    {"type": "exec", "command": "id"}, {"type": "undo", "id": "0" * 32}, {"type": "download", "url": "file:///etc/passwd"},
    {"type": "download", "url": "https://example.org/\r\nx"}, {"type": "download", "url": "https://example.org/" + "x" * 9000},
    {"type": "download", "url": "https://example.org/x", "cookie": "a\r\nHost: other"},
    {"type": "download", "url": "https://example.org/x", "cookie": "a" * 20_000},
    {"type": "download", "url": "https://example.org/x", "name": "a\0b"},
], ids=range(17))
def test_what_is_wrong_is_refused_and_leaves_no_job(stack, folder, host, message):
    answer = host.ask(message)
    assert answer["ok"] is False and answer["message"]
    assert stack.manager.list() == [] and list(folder.iterdir()) == []
    assert host.end() == (0, ""), "the next message would be answered"


def test_the_headers_are_never_too_many_for_a_message(stack, folder, remote, host):
    assert host.ask(download(remote, cookie="a" * 16_000))["ok"]


@pytest.mark.parametrize("bytes_sent", [struct.pack("=I", (1 << 20) + 1), b"\xff\xff\xff\xff" + b"x" * 100, b"ab", framed({})[:-1]])
def test_what_is_no_message_ends_the_host(stack, host, bytes_sent):
    status, errors = host.end(bytes_sent)
    assert status == 1 and errors.startswith("haulier-browser-host: a message ") and not stack.running()


def test_only_jobs_of_the_same_connection_can_be_undone(stack, folder, remote, host):
    other = stack.manager.create("other")
    assert not host.ask({"type": "undo", "id": other.id})["ok"]
    stack.manager._call("Hold", "(t)", 0)
    made = host.ask(download(remote))
    assert len(stack.manager.list()) == 2
    assert host.ask({"type": "undo", "id": made["id"]}) == {"ok": True}
    assert len(stack.manager.list()) == 1 and other.state == "suspended"


def test_a_job_of_which_the_browser_does_not_learn_is_cancelled(stack, folder, remote, host):
    stack.manager._call("Hold", "(t)", 0)
    host.process.stdout.close()
    host.process.stdin.write(framed(download(remote)))
    host.process.stdin.flush()
    assert host.process.wait(patience(20)) == 1
    assert stack.manager.list() == []


def test_hello_says_which_daemon_answers(stack, folder, host):
    assert host.ask({"type": "hello"}) == {"ok": True, "version": stack.manager.property("Version"), "folder": str(folder)}


def test_without_a_daemon_the_browser_is_told(stack, folder, host):
    stack.bus.stop()
    answer = host.ask({"type": "hello"})
    assert answer["ok"] is False and "bus" in answer["message"]
