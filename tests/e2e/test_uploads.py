# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are sent, to a real nginx by PUT and to a real tus server: whole, in parts, with a reply (BITS 6.7)."""

import http.server
import json
import os
import pathlib
import threading

import pytest

from support.client.checks import leftovers, refused, sha256
from support.client.dbus_client import UNKNOWN
from support.content import body
from support.environment import patience

CONTENT = body(20_000_000)
SLOWLY = round(4_000_000 / patience(1))  # bytes a second: time enough to do something in the middle
MEBIBYTE = 1 << 20


def source(stack, content: bytes = CONTENT, name: str = "source") -> pathlib.Path:
    path = stack.downloads / name
    path.write_bytes(content)
    return path


def upload(stack, url: str, local, job_type: str = "upload", **options):
    file = (url, local, options.pop("file")) if "file" in options else (url, local)
    return stack.manager.create(job_type=job_type, files=[file], Resume=True, **options)


def assert_arrived(server, content: bytes = CONTENT) -> None:
    assert [sha256(found) for found in server.uploads().values()] == [sha256(content)]


def sent_in_all(server) -> int:
    server.wait(lambda: all(e.status for e in server.of("PATCH")[-1:]), "the end of the last piece")
    return sum(exchange.received for exchange in server.of("PATCH"))


# ---- PUT ----

def test_a_file_is_put_to_nginx_and_is_there_before_complete(stack):
    server = stack.nginx(writable=True)
    local = source(stack)
    job = upload(stack, server.url("in/file"), local)
    job.wait_state("transferred")
    assert sha256((server.files / "in/file").read_bytes()) == sha256(CONTENT)
    assert job.get("BytesTotal") == job.get("BytesTransferred") == len(CONTENT)
    assert job.get("Type") == "upload" and job.get("ReplyProgress")[1] == 0
    assert job.complete() == ("complete", 1, 0)
    assert local.read_bytes() == CONTENT and leftovers(stack.downloads) == ["source"]
    put = server.finished_log()[-1]
    assert (put.method, put.status, put.length) == ("PUT", 201, str(len(CONTENT)))


def test_an_empty_file(stack):
    nginx, tus = stack.nginx(writable=True), stack.tus_server()
    local = source(stack, b"")
    for url in (nginx.url("file"), tus.url()):
        job = upload(stack, url, local)
        job.wait_state("transferred")
        assert job.complete() == ("complete", 1, 0)
    assert (nginx.files / "file").read_bytes() == b""
    assert_arrived(tus, b"")


def test_a_put_begins_anew_after_the_death_of_the_worker(stack):
    server = stack.nginx(writable=True)
    job = upload(stack, server.url("file"), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(2_000_000)
    stack.kill_worker()
    job.set("BandwidthLimit", 0)
    job.wait_state("transferred")
    assert sha256((server.files / "file").read_bytes()) == sha256(CONTENT)


def test_a_server_that_takes_nothing(stack):
    job = upload(stack, stack.nginx().url("file"), source(stack, b"small"))
    job.wait_state("error", unless=())
    assert job.get("Error")[:3] == ("remote-file", "http-status", 405)
    assert job.get("Error")[4] == 0


def test_the_client_may_name_the_method(stack):
    server = stack.nginx(server="location /form { return 204; }")
    job = upload(stack, server.url("form"), source(stack, b"a=1"), HttpMethod="POST")
    job.wait_state("transferred")
    assert [(a.method, a.status) for a in server.finished_log()] == [("POST", 204)]


def test_a_password_is_given_when_it_is_asked_for(stack):
    server = stack.digest_server("anna", "secret")
    job = upload(stack, server.url("/file"), source(stack), Credentials=[("server", "digest", "anna", "secret")])
    job.wait_state("transferred")
    assert sha256(server.files["/file"]) == sha256(CONTENT)


def test_a_file_goes_through_a_proxy_that_wants_a_password(stack):
    server, proxy = stack.nginx(writable=True), stack.proxy("anna:secret")
    job = upload(stack, server.url("file"), source(stack), ProxyMode="override", ProxyList=proxy.address,
                 Credentials=[("proxy", "basic", "anna", "secret")])
    job.wait_state("transferred")
    assert sha256((server.files / "file").read_bytes()) == sha256(CONTENT)
    assert ("PUT", server.url("file"), 201) in [(r.method, r.target, r.status) for r in proxy.requests]


# ---- tus ----

def test_tus_is_used_where_it_is_spoken(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack))
    job.wait_state("transferred")
    assert_arrived(server)
    assert server.methods() == ["OPTIONS", "POST", "PATCH"]
    assert job.complete() == ("complete", 1, 0)
    assert leftovers(stack.downloads) == ["source"]


def test_tus_goes_on_after_the_death_of_the_worker(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(4_000_000)
    stack.kill_worker()
    job.set("BandwidthLimit", 0)
    job.wait_state("transferred")
    assert_arrived(server)
    assert server.of("PATCH")[-1].offset > 0 and len(server.of("POST")) == 1
    assert sent_in_all(server) <= len(CONTENT) + MEBIBYTE


def test_tus_goes_on_after_the_death_of_the_daemon(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(4_000_000)
    stack.kill_daemon()
    job.set("BandwidthLimit", 0)
    job.wait_state("transferred")
    assert_arrived(server)
    assert server.of("PATCH")[-1].offset > 0 and len(server.of("POST")) == 1


def test_tus_goes_on_after_suspend_and_resume(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(4_000_000)
    job.suspend()
    assert 4_000_000 <= job.get("BytesTransferred") < len(CONTENT)
    job.set("BandwidthLimit", 0)
    job.resume()
    job.wait_state("transferred")
    assert_arrived(server)
    assert server.of("PATCH")[-1].offset > 0


def test_tus_goes_on_after_the_death_of_the_server(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack), BandwidthLimit=SLOWLY, MinimumRetryDelay=3600)
    job.wait_bytes(4_000_000)
    server.stop()
    job.wait_state("transient-error")
    assert job.get("Error")[1] in ("connection-lost", "connect-failure")
    server.start()
    job.set("BandwidthLimit", 0)
    job.resume()
    job.wait_state("transferred")
    assert_arrived(server)
    assert server.of("PATCH")[-1].offset > 0


def test_an_upload_that_the_server_has_forgotten_begins_anew(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(4_000_000)
    job.suspend()
    for path in server.files.iterdir():
        path.unlink()
    job.set("BandwidthLimit", 0)
    job.resume()
    job.wait_state("transferred")
    assert_arrived(server)
    assert len(server.of("POST")) == 2 and server.of("PATCH")[-1].offset == 0


def test_cancel_takes_the_unfinished_upload_back(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(2_000_000)
    job.cancel()
    server.wait(lambda: [e.status for e in server.of("DELETE")] == [204], "the DELETE")
    assert server.uploads() == {} and leftovers(stack.downloads) == ["source"]


def test_cancel_leaves_a_finished_upload_alone(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack))
    job.wait_state("transferred")
    job.cancel()
    stack.client.wait_signal("JobRemoved")
    stack.signal_daemon(15)
    assert_arrived(server)


# ---- the source ----

def change(path: pathlib.Path) -> None:
    with open(path, "r+b") as file:
        file.write(b"another beginning")


def replace(path: pathlib.Path) -> None:
    path.with_name("new").write_bytes(CONTENT)
    path.with_name("new").rename(path)


@pytest.mark.parametrize("how", [change, replace])
@pytest.mark.parametrize("kind", ["nginx", "tus"])
def test_a_source_that_changes_during_the_transfer_is_an_error(stack, kind, how):
    server = stack.tus_server() if kind == "tus" else stack.nginx(writable=True)
    local = source(stack)
    job = upload(stack, server.url() if kind == "tus" else server.url("file"), local, BandwidthLimit=SLOWLY)
    job.wait_bytes(2_000_000)
    how(local)
    job.wait_state("error", unless=())
    assert job.get("Error")[:2] == ("local-file", "local-file-changed") and job.get("Error")[4] == 0


def test_a_source_that_changed_while_nothing_ran_is_an_error_without_another_byte(stack):
    server = stack.tus_server()
    local = source(stack)
    job = upload(stack, server.url(), local, BandwidthLimit=SLOWLY)
    job.wait_bytes(2_000_000)
    job.suspend()
    change(local)
    before = len(server.of("PATCH"))
    job.resume()
    job.wait_state("error", unless=())
    assert job.get("Error")[1] == "local-file-changed"
    assert len(server.of("PATCH")) == before


def test_a_file_with_the_wrong_checksum_is_not_sent(stack):
    server = stack.nginx(writable=True)
    local = source(stack)
    good = upload(stack, server.url("good"), local, file={"Checksum": "sha256:" + sha256(CONTENT)})
    good.wait_state("transferred")
    bad = upload(stack, server.url("bad"), local, file={"Checksum": "sha256:" + sha256(b"other")})
    bad.wait_state("error", unless=())
    assert bad.get("Error")[1] == "checksum-mismatch"
    assert {access.uri for access in server.finished_log()} == {"/good"}


def test_sources_that_cannot_be_sent_are_refused_when_they_are_added(stack):
    url = stack.nginx(writable=True).url("file")
    secret = source(stack, b"secret", "secret")
    secret.chmod(0)
    (stack.downloads / "link").symlink_to(source(stack, b"target", "target"))
    os.mkfifo(stack.downloads / "pipe")
    job = stack.manager.create(job_type="upload")
    for name in ("missing", "secret", "pipe", "nowhere/file"):
        with refused("LocalFile"):
            job.add_file(url, stack.downloads / name)
    with refused("LocalFile", "InvalidArgument"):
        job.add_file(url, stack.downloads)
    assert job.get("FilesTotal") == 0


# ---- what uploads do not do ----

def test_an_upload_has_one_file(stack):
    url = stack.nginx(writable=True).url("file")
    job = stack.manager.create(job_type="upload", files=[(url, source(stack))])
    with refused("TooManyFiles"):
        job.add_file(url, source(stack, b"second", "second"))
    with refused("TooManyFiles"):
        stack.manager.create(job_type="upload", files=[(url, source(stack)), (url, stack.downloads / "second")])
    assert len(stack.manager.list()) == 1


def test_an_upload_is_complete_only_when_it_is_transferred(stack):
    server = stack.tus_server()
    job = upload(stack, server.url(), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(1_000_000)
    with refused("InvalidState"):
        job.complete()
    job.suspend()
    with refused("InvalidState"):
        job.complete()
    assert job.state == "suspended"


def test_what_only_downloads_have_is_not_supported(stack):
    url = stack.nginx(writable=True).url("file")
    job = stack.manager.create(job_type="upload", files=[(url, source(stack))])
    for attempt in (lambda: job.set_remote_name(0, url + "2"), lambda: job.replace_remote_prefix("http:", "https:"),
                    lambda: job.set_validation(0, True), job.reply_data,
                    lambda: job.set("ReplyFileName", str(stack.downloads / "reply")),
                    lambda: job.set("OnDemand", True)):
        with refused("NotSupported"):
            attempt()


# ---- replies ----

class Answering:
    """A web server that answers every PUT with `reply`, when `gate` is open after the first half of it."""

    def __init__(self, reply: bytes):
        answering = self
        self.gate = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_) -> None:
                """Silence."""

            def do_PUT(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply[:len(reply) // 2])
                answering.gate.wait()
                self.wfile.write(reply[len(reply) // 2:])

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/file"

    def stop(self) -> None:
        self.gate.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def answering():
    servers = []

    def start(reply: bytes) -> Answering:
        servers.append(Answering(reply))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_the_reply_is_in_memory_and_after_complete_in_its_file(stack):
    server = stack.tus_server(answer=True)
    local = source(stack)
    job = upload(stack, server.url(), local, "upload-reply")
    job.wait_state("transferred")
    receipt = job.reply_data()
    assert json.loads(receipt) == {"size": len(CONTENT), "sha256": sha256(CONTENT)}
    assert job.get("ReplyFileName") == f"{local}.reply"
    assert job.get("ReplyProgress") == (len(receipt), len(receipt))
    assert job.complete() == ("complete", 1, 0)
    assert pathlib.Path(f"{local}.reply").read_bytes() == receipt
    assert leftovers(stack.downloads) == ["source", "source.reply"]


def test_the_client_names_the_reply_file(stack, answering):
    server = answering(b"well done")
    server.gate.set()
    job = upload(stack, server.url(), source(stack), "upload-reply", ReplyFileName=str(stack.downloads / "answer"))
    job.wait_state("transferred")
    assert job.reply_data() == b"well done"
    job.complete()
    assert (stack.downloads / "answer").read_bytes() == b"well done"
    assert leftovers(stack.downloads) == ["answer", "source"]


def test_the_progress_of_a_reply(stack, answering):
    reply = body(300_000)
    server = answering(reply)
    job = upload(stack, server.url(), source(stack), "upload-reply")
    assert job.get("ReplyProgress") == (UNKNOWN, 0)
    job.wait_property("ReplyProgress", lambda progress: progress == (300_000, 150_000))
    assert job.state == "transferring"
    with refused("InvalidState"):
        job.reply_data()
    with refused("InvalidState"):
        job.set("ReplyFileName", str(stack.directory / "other"))
    server.gate.set()
    job.wait_state("transferred")
    assert job.get("ReplyProgress") == (300_000, 300_000) and job.reply_data() == reply


def test_the_largest_reply_in_memory_and_one_byte_more(stack, answering):
    for size, fits in ((MEBIBYTE, True), (MEBIBYTE + 1, False)):
        reply = body(size)
        server = answering(reply)
        server.gate.set()
        local = source(stack, b"question", f"question-{size}")
        job = upload(stack, server.url(), local, "upload-reply")
        job.wait_state("transferred")
        if fits:
            assert job.reply_data() == reply
        else:
            with refused("TooLarge"):
                job.reply_data()
        job.complete()
        assert pathlib.Path(f"{local}.reply").read_bytes() == reply


def test_a_cancelled_upload_leaves_no_reply(stack, answering):
    server = answering(body(300_000))
    job = upload(stack, server.url(), source(stack), "upload-reply")
    job.wait_property("ReplyProgress", lambda progress: progress[1] > 0)
    job.cancel()
    stack.client.wait_signal("JobRemoved")
    assert leftovers(stack.downloads) == ["source"]


def test_a_reply_survives_the_death_of_the_daemon(stack, answering):
    server = answering(b"well done")
    server.gate.set()
    job = upload(stack, server.url(), source(stack), "upload-reply")
    job.wait_state("transferred")
    stack.kill_daemon()
    assert job.reply_data() == b"well done"
    job.complete()
    assert leftovers(stack.downloads) == ["source", "source.reply"]


def test_a_reply_that_cannot_be_kept_is_refused_before_anything_is_sent(stack):
    url, local = stack.nginx(writable=True).url("file"), source(stack, b"question")
    (stack.downloads / "folder").mkdir()
    bad = {stack.downloads / "nowhere/reply": "LocalFile", stack.downloads / "folder": "LocalFile",
           stack.downloads / ("x" * 256): "StringTooLong", local: "InvalidArgument"}
    for reply, error in bad.items():
        with refused(error):
            stack.manager.create(job_type="upload-reply", files=[(url, local)], ReplyFileName=str(reply))
    job = stack.manager.create(job_type="upload-reply")
    job.set("ReplyFileName", str(stack.downloads / "folder"))
    with refused("LocalFile"):
        job.add_file(url, local)
    long_name = source(stack, b"question", "y" * 250)
    job.set("ReplyFileName", "")
    with refused("StringTooLong"):
        job.add_file(url, long_name)
    job.set("ReplyFileName", str(stack.downloads / "reply"))
    job.add_file(url, long_name)
    with refused("InvalidArgument"):
        job.set("ReplyFileName", str(long_name))
    assert len(stack.manager.list()) == 1


def test_a_reply_file_that_is_set_later_is_looked_at_before_anything_is_sent(stack):
    server = stack.nginx(writable=True)
    (stack.downloads / "folder").mkdir()
    job = stack.manager.create(job_type="upload-reply", files=[(server.url("file"), source(stack, b"question"))])
    for reply in ("nowhere/reply", "folder"):
        job.set("ReplyFileName", str(stack.downloads / reply))
        job.resume()
        job.wait_state("error", unless=())
        assert job.get("Error")[:2] == ("local-file", "local-file")
    job.set("ReplyFileName", str(stack.downloads / "reply"))
    job.resume()
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert [access.method for access in server.finished_log()] == ["OPTIONS", "PUT"]


def test_a_reply_whose_name_was_taken_meanwhile_gets_another(stack, answering):
    server = answering(b"well done")
    server.gate.set()
    job = upload(stack, server.url(), source(stack), "upload-reply")
    job.wait_state("transferred")
    (stack.downloads / "source.reply").mkdir()
    with refused("LocalFile"):
        job.complete()
    with refused("InvalidState"):
        job.set("ReplyFileName", str(stack.directory / "reply"))
    job.set("ReplyFileName", str(stack.downloads / "reply"))
    assert job.reply_data() == b"well done"
    assert job.complete() == ("complete", 1, 0)
    assert (stack.downloads / "reply").read_bytes() == b"well done"


@pytest.mark.parametrize("name, value", [("BandwidthLimit", 0), ("SecurityFlags", ["ignore-dates"])])
def test_an_upload_that_runs_is_not_begun_again_by_a_change(stack, name, value):
    server = stack.nginx(writable=True)
    job = upload(stack, server.url("file"), source(stack), BandwidthLimit=SLOWLY)
    job.wait_bytes(2_000_000)
    job.set(name, value)
    job.wait_state("transferred")
    assert [access.method for access in server.finished_log()].count("PUT") == 1
