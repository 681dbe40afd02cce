# SPDX-License-Identifier: LGPL-2.1-or-later
"""The other servers of these tests, asked by Python's own HTTP clients: nginx that can be written to, tus, proxy, digest."""

import base64
import hashlib
import http.client
import json
import ssl
import urllib.error
import urllib.request

import pytest

from support.content import body
from support.servers.certificates import Authority
from support.servers.digest_server import DigestServer
from support.servers.nginx import Nginx
from support.servers.proxy import Proxy
from support.servers.tus_server import TusServer

DATA = body(300_000)


@pytest.fixture
def started():
    """Makes a server, and stops it at the end."""
    servers = []

    def start(kind, *arguments, **options):
        servers.append(kind(*arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def ask(port: int, method: str, path: str, content: bytes | None = None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, content, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.content = answer.read()
    connection.close()
    return answer


# ---- nginx ----

def test_nginx_takes_files_where_it_may(started, tmp_path):
    nginx = started(Nginx, tmp_path, writable=True)
    assert ask(nginx.port, "PUT", "/new/file", DATA).status == 201
    assert ask(nginx.port, "PUT", "/new/file", DATA[1:]).status == 204
    assert (nginx.files / "new" / "file").read_bytes() == DATA[1:]
    assert ask(nginx.port, "OPTIONS", "/new/file").status == 405
    log = nginx.finished_log()
    assert [(a.method, a.uri, a.status, a.length) for a in log] == [
        ("PUT", "/new/file", 201, "300000"), ("PUT", "/new/file", 204, "299999"), ("OPTIONS", "/new/file", 405, "")]
    assert log[0].received > 300_000


def test_nginx_takes_none_by_itself(started, tmp_path):
    nginx = started(Nginx, tmp_path)
    assert ask(nginx.port, "PUT", "/file", DATA).status == 405


# ---- tus ----

TUS = {"Tus_Resumable": "1.0.0"}
PIECE = TUS | {"Content_Type": "application/offset+octet-stream"}


def create(server: TusServer, size: int) -> str:
    made = ask(server.port, "POST", "/files", Upload_Length=str(size), **TUS)
    assert made.status == 201
    location = made.headers["Location"]
    assert location.startswith(server.url() + "/")
    return location.removeprefix(f"http://127.0.0.1:{server.port}")


def test_tus_offers_itself_and_takes_a_file_in_pieces(started, tmp_path):
    server = started(TusServer, tmp_path, answer=True)
    offer = ask(server.port, "OPTIONS", "/files")
    assert offer.status == 204 and offer.headers["Tus-Resumable"] == "1.0.0"
    assert {"creation", "termination"} <= set(offer.headers["Tus-Extension"].split(","))
    upload = create(server, len(DATA))
    assert ask(server.port, "PATCH", upload, DATA[:1000], Upload_Offset="0", **PIECE).headers["Upload-Offset"] == "1000"
    assert ask(server.port, "PATCH", upload, DATA, Upload_Offset="5", **PIECE).status == 409
    assert ask(server.port, "HEAD", upload, **TUS).headers["Upload-Offset"] == "1000"
    last = ask(server.port, "PATCH", upload, DATA[1000:], Upload_Offset="1000", **PIECE)
    assert json.loads(last.content) == {"size": len(DATA), "sha256": hashlib.sha256(DATA).hexdigest()}
    assert list(server.uploads().values()) == [DATA]
    server.wait(lambda: all(e.status for e in server.exchanges.values()), "the end of all requests")
    assert server.methods() == ["OPTIONS", "POST", "PATCH", "PATCH", "HEAD", "PATCH"]
    assert [e.offset for e in server.of("PATCH")] == [0, 5, 1000]
    assert (server.of("PATCH")[-1].status, server.of("PATCH")[-1].received) == (200, len(DATA) - 1000)
    assert ask(server.port, "DELETE", upload, **TUS).status == 204
    assert ask(server.port, "HEAD", upload, **TUS).status == 404 and server.uploads() == {}


def test_tus_keeps_its_uploads_when_it_starts_again(started, tmp_path):
    server = started(TusServer, tmp_path)
    upload = create(server, len(DATA))
    ask(server.port, "PATCH", upload, DATA[:1000], Upload_Offset="0", **PIECE)
    server.stop()
    server.start()
    assert ask(server.port, "HEAD", upload, **TUS).headers["Upload-Offset"] == "1000"
    server.wait(lambda: server.methods() == ["POST", "PATCH", "HEAD"], "word of the last request")


def test_tus_without_creation_takes_uploads_that_are_there(started, tmp_path):
    server = started(TusServer, tmp_path, creation=False)
    assert "creation" not in ask(server.port, "OPTIONS", "/files").headers["Tus-Extension"]
    upload = create(server, len(DATA))
    assert ask(server.port, "PATCH", upload, DATA, Upload_Offset="0", **PIECE).status == 204


# ---- proxy ----

def test_the_proxy_forwards_and_remembers(started, tmp_path):
    nginx = started(Nginx, tmp_path, writable=True)
    proxy = started(Proxy)
    assert ask(proxy.port, "PUT", nginx.url("file"), DATA).status == 201
    got = ask(proxy.port, "GET", nginx.url("file?x=1"))
    assert (got.status, got.content) == (200, DATA)
    assert ask(proxy.port, "GET", nginx.url("none")).status == 404
    assert ask(proxy.port, "GET", "http://127.0.0.1:1/").status == 502
    assert [(r.method, r.target, r.status) for r in proxy.requests] == [
        ("PUT", nginx.url("file"), 201), ("GET", nginx.url("file?x=1"), 200), ("GET", nginx.url("none"), 404),
        ("GET", "http://127.0.0.1:1/", 502)]


def test_the_proxy_tunnels(started, tmp_path):
    authority = Authority(tmp_path)
    nginx = started(Nginx, tmp_path, authority=authority)
    nginx.add("file", DATA)
    proxy = started(Proxy)
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    through = http.client.HTTPSConnection("127.0.0.1", proxy.port, timeout=20, context=trust)
    through.set_tunnel("localhost", nginx.port)
    through.request("GET", "/file")
    assert through.getresponse().read() == DATA
    through.close()
    assert [(r.method, r.target, r.status) for r in proxy.requests] == [("CONNECT", f"localhost:{nginx.port}", 200)]


def test_the_proxy_asks_for_its_password(started, tmp_path):
    nginx = started(Nginx, tmp_path)
    nginx.add("file", DATA)
    proxy = started(Proxy, "anna:secret")
    assert ask(proxy.port, "GET", nginx.url("file")).status == 407
    assert ask(proxy.port, "CONNECT", f"127.0.0.1:{nginx.port}").status == 407
    word = "Basic " + base64.b64encode(b"anna:secret").decode()
    assert ask(proxy.port, "GET", nginx.url("file"), Proxy_Authorization=word).content == DATA


# ---- digest ----

def test_digest_lets_in_who_knows_the_password(started):
    server = started(DigestServer, "anna", "secret")

    def opener(password: str):
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, server.url("/"), "anna", password)
        return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPDigestAuthHandler(known))

    put = urllib.request.Request(server.url("/file"), DATA, method="PUT")
    assert opener("secret").open(put, timeout=20).status == 201
    assert opener("secret").open(server.url("/file"), timeout=20).read() == DATA
    assert server.requests == [("PUT", 401), ("PUT", 201), ("GET", 401), ("GET", 200)]
    with pytest.raises((urllib.error.HTTPError, ValueError)):
        opener("wrong").open(server.url("/file"), timeout=20)
