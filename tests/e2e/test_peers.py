# SPDX-License-Identifier: LGPL-2.1-or-later
"""Peers: sources that need not be trusted, which are asked first."""

import hashlib
import http.server
import os
import ssl
import threading

import pytest

from support.client.checks import assert_file, part_files, refused
from support.content import body
from support.network_namespace import ADDRESS, Network
from support.servers.certificates import Authority
from support.servers.fault_server import FaultServer
from support.servers.response_script import Script

CONTENT = body(300_000)
WRONG = bytes(300_000)
BUSY = Script(status=503, headers={"Retry-After": "3600"})
CHECKSUM = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def origin(stack) -> FaultServer:
    server = stack.fault_server()
    server.add("/file", CONTENT)
    return server


@pytest.fixture
def peer(stack) -> FaultServer:
    server = stack.fault_server()
    server.add("/file", CONTENT)
    return server


def create(stack, origin, *peers: str, file=None, **options):
    wanted = {"Checksum": CHECKSUM, "Size": len(CONTENT)} | ({"Peers": list(peers)} if peers else {}) | (file or {})
    return stack.manager.create(files=[(origin.url("/file"), stack.downloads / "file", wanted)], Resume=True, **options)


def finish(stack, job) -> None:
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert job.get("ErrorCount") == 0
    job.complete()
    assert_file(stack.downloads / "file", CONTENT)


def test_a_peer_serves_the_file_and_learns_nothing_of_its_owner(stack, origin, peer):
    assert "peers" in stack.manager.property("Features")
    job = create(stack, origin, peer.url("/file"), CustomHeaders=["X-Secret: word", "Referer: http://private.example/",
                                                                   "Cookie: a=b", "User-Agent: app of the owner"],
                 Credentials=[("server", "basic", "anna", "secret")])
    assert job.files()[0]["Peers"] == [peer.url("/file")]
    finish(stack, job)
    assert origin.requests == []
    (request,) = peer.requests
    assert set(request.headers) <= {"host", "accept", "accept-encoding"}


def test_no_certificate_of_a_peer_is_checked(stack, origin, tmp_path):
    secure = stack.fault_server(authority=Authority(tmp_path))
    secure.add("/file", CONTENT)
    finish(stack, create(stack, origin, secure.url("/file")))
    assert origin.requests == []


def test_peers_that_fail_are_left_silently(stack, origin, peer):
    peer.add("/busy", script=BUSY)
    peer.add("/half", CONTENT, script=Script(send=150_000, then="reset"))
    callback = stack.callback()
    job = create(stack, origin, "http://127.0.0.1:9/closed", *(peer.url(f"/{name}") for name in ("missing", "busy", "half")),
                 NotifyObject=callback.path, NotifyFlags=["error"])
    finish(stack, job)
    assert callback.calls == []
    assert origin.requests[-1].range_start > 0


def test_a_silent_peer_is_left_after_three_seconds(stack, origin, peer):
    peer.add("/silent", CONTENT, script=Script(send=1000, then="stall"))
    finish(stack, create(stack, origin, peer.url("/silent")))


@pytest.mark.parametrize("sent", [150_000, 300_000])
def test_wrong_bytes_of_a_peer_are_not_counted(stack, origin, peer, sent):
    """The peer sends all of the file, or the origin sends the rest."""
    peer.add("/wrong", WRONG, script=Script(send=sent, then="reset") if sent < len(WRONG) else Script())
    finish(stack, create(stack, origin, peer.url("/wrong")))
    assert origin.requests[-1].range == ""


def test_a_peer_sends_no_more_than_the_size(stack, origin, peer):
    peer.add("/endless", bytes(5_000_000), script=Script(length=False))
    finish(stack, create(stack, origin, peer.url("/endless")))


def test_a_size_that_a_peer_makes_up_does_not_end_the_job(stack, origin, peer):
    peer.add("/large", bytes(5_000_000))
    finish(stack, create(stack, origin, peer.url("/large"), MaximumDownloadSize=1_000_000))


def test_no_peer_leads_to_this_machine(stack, origin, peer):
    peer.add("/away", script=Script(status=302, headers={"Location": peer.url("/file")}))
    finish(stack, create(stack, origin, peer.url("/away")))
    assert [request.path for request in peer.requests] == ["/away"]


def test_a_pause_that_a_peer_asks_for_does_not_concern_the_server(stack, origin):
    """The peer is the server itself, at another path."""
    origin.add("/busy", script=BUSY)
    finish(stack, create(stack, origin, origin.url("/busy")))


def test_the_download_from_a_peer_goes_on_after_a_crash(stack, origin, peer):
    resource = peer.add("/slow", CONTENT, script=Script(send=200_000, gate=True, then="finish"))
    job = create(stack, origin, peer.url("/slow"))
    peer.wait_sent("/slow", 200_000)
    stack.kill_daemon()
    resource.gate.set()
    finish(stack, job)
    assert origin.requests == []


def test_what_they_cannot_be_used_with(stack, origin, peer):
    url = peer.url("/file")
    for error, options in (("InvalidArgument", {"Checksum": "md5:" + "0" * 32}), ("NotSupported", {"IfNoneMatch": '"1"'}),
                           ("NotSupported", {"ServerName": True, "Existing": "keep"}),
                           ("NotSupported", {"Ranges": [(0, 5)], "Size": 5})):
        with refused(error):
            create(stack, origin, url, file=options)
    for option in ("OnDemand", "DynamicContent"):
        with refused("NotSupported"):
            create(stack, origin, url, **{option: True, "Priority": "foreground"})
    with refused("InvalidArgument"):
        create(stack, origin, "http://user:word@10.0.0.1/file")
    with refused("InvalidArgument"):
        stack.manager.create(files=[(origin.url("/file"), stack.downloads / "file", {"Checksum": CHECKSUM, "Peers": [url]})])
    assert part_files(stack.downloads) == []


def test_peers_of_the_configuration_are_for_jobs_that_want_them(new_stack):
    peer = FaultServer()
    stack = new_stack(config={"Peers": {"Sources": f"http://127.0.0.1:9/{{name}} {peer.url('/')}{{sha256}}/{{name}}"}})
    stack.stop_at_end(peer)
    origin = stack.fault_server()
    origin.add("/file", CONTENT)
    path = f"/{CHECKSUM.removeprefix('sha256:')}/file"
    peer.add(path, CONTENT)
    job = create(stack, origin)
    finish(stack, job)
    assert peer.requests == []
    origin.requests.clear()
    wanted = stack.manager.create(UsePeers=True, Resume=False)
    wanted.add_files([(origin.url("/file"), stack.downloads / "second", {"Checksum": CHECKSUM, "Size": len(CONTENT)}),
                      (origin.url("/file"), stack.downloads / "third", {"Checksum": CHECKSUM})])
    assert "Peers" not in wanted.files()[1]
    assert wanted.files()[0]["Peers"] == ["http://127.0.0.1:9/file", peer.url(path)]
    with refused("ReadOnlyAfterAddFile"):
        wanted.set("UsePeers", False)
    wanted.resume()
    wanted.wait_state("transferred")
    assert len(origin.requests) == 1, "the file without a known size"


class Passim:
    """What its documentation says of its server, on this machine and on another one of the network: HTTP/1.0, a certificate that
    no one knows, a redirect (303) to a machine that has the file, and no file without its checksum in the query."""

    def __init__(self, authority: Authority, address: str, files: dict[str, bytes], elsewhere: str = ""):
        self.asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(handler) -> None:
                self.asked.append(handler.path)
                content = files.get(handler.path)
                handler.send_response(200 if content else 303 if elsewhere else 404)
                if not content and elsewhere:
                    handler.send_header("Location", elsewhere + handler.path)
                handler.send_header("Content-Length", str(len(content or b"")))
                handler.end_headers()
                handler.wfile.write(content or b"")

            def log_message(handler, *_) -> None:
                """Requests are in `asked`."""

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(authority.server_certificate, authority.server_key)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://{address}:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def network():
    if os.geteuid() != 0:
        pytest.skip("a network namespace needs root")
    own = Network()
    yield own
    own.leave()


@pytest.mark.parametrize("present", [True, False], ids=["there", "nowhere"])
def test_passim_leads_to_another_machine_that_has_the_file(network, new_stack, tmp_path, present):
    authority = Authority(tmp_path)
    path = "/file?sha256=" + CHECKSUM.removeprefix("sha256:")
    other = Passim(authority, ADDRESS, {path: CONTENT} if present else {})
    here = Passim(authority, "127.0.0.1", {}, other.url)
    stack = new_stack(config={"Peers": {"Sources": here.url + "/{name}?sha256={sha256}"}})
    for server in (other, here):
        stack.stop_at_end(server)
    origin = stack.fault_server()
    origin.add("/file", CONTENT)
    finish(stack, create(stack, origin, UsePeers=True))
    assert (here.asked, other.asked) == ([path], [path])
    assert len(origin.requests) == (0 if present else 1)
