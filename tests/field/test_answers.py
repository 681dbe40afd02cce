# SPDX-License-Identifier: LGPL-2.1-or-later
"""Answers that browsers, curl and wget take: labels of stored files, cookies on the way, an upgrade to https."""

import gzip
import random

import pytest

from support.client.checks import assert_file
from support.content import body
from support.servers.hosts import without
from support.servers.response_script import Script

STORED = gzip.compress(body(300_000), mtime=0)
DATA = body(100_000)


def create(stack, url, name="f", **options):
    return stack.manager.create(files=[(url, stack.downloads / name)], MinimumRetryDelay=5, Resume=True, **options)


def assert_fetched(stack, job, content=DATA, name="f"):
    job.wait_state("transferred", unless=("error", "transient-error"))
    job.complete()
    assert_file(stack.downloads / name, content)


# ---- 8: a compressed file that is labelled as compressed ----

LABELS = ["gzip", "x-gzip", "aws-chunked", "utf-8", "none", "binary", "br", "zstd", "identity, gzip", "gzip, gzip", "GZIP",
          "aws-chunked,gzip", "UTF-8", "identity", "", "deflate"]


@pytest.mark.parametrize("label", LABELS)
def test_field_08_a_stored_file_with_a_label(stack, label):
    """What is sent although identity was asked for is the stored file: kept as sent, and a cut is mended by a range."""
    server = stack.fault_server()
    labelled = {"Content-Encoding": label}
    resource = server.add("/x.tar.gz", STORED, script=Script(headers=labelled))
    resource.next_scripts(Script(headers=labelled, send=150_000, then="stall"))
    job = create(stack, server.url("/x.tar.gz"))
    job.wait_bytes(150_000)
    job.suspend()
    job.resume()
    assert_fetched(stack, job, STORED)
    first, second = server.requests
    assert first.headers["accept-encoding"] == "identity" and second.range == "bytes=150000-" and second.status == 206


def test_field_08_sibling_lists_in_two_fields(stack):
    """The label may come in two fields, on a server that has no ranges."""
    server = stack.fault_server()
    server.add("/f.gz", STORED, script=Script(headers={"Content-Encoding": "aws-chunked", "content-encoding": "gzip"},
                                              ranges=False))
    assert_fetched(stack, create(stack, server.url("/f.gz")), STORED)


@pytest.mark.parametrize("framing", [Script(encoding="gzip", chunked=True), Script(encoding="gzip", length=False)],
                         ids=["chunked", "until close"])
def test_field_08_sibling_compressed_on_the_fly(stack, framing):
    """An origin that compresses on the fly (no length, weak tag) is taken as sent or refused for good, not for 14 days."""
    server = stack.fault_server()
    server.add("/f", DATA, etag='W/"one"', script=framing)
    job = create(stack, server.url("/f"))
    if job.wait_state("transferred", "error", unless=("transient-error",)) == "error":
        assert job.get("Error")[1] == "invalid-response" and "ncod" in job.get("Error")[3]
        assert len(server.requests) == 1
    else:
        job.complete()
        assert_file(stack.downloads / "f", gzip.compress(DATA, mtime=0))


def test_field_08_sibling_the_label_is_no_new_version(stack):
    """A cut file goes on where only the label differs from answer to answer."""
    server = stack.fault_server()
    server.add("/f.gz", STORED).next_scripts(Script(headers={"Content-Encoding": "gzip"}, send=100_000, then="stall"))
    job = create(stack, server.url("/f.gz"))
    job.wait_bytes(100_000)
    job.suspend()
    job.resume()
    assert_fetched(stack, job, STORED)


# ---- 11: the first answer sets a cookie, and the second wants it ----

def to(location, cookie, status=302, **headers) -> Script:
    return Script(status=status, headers={"Set-Cookie": cookie, "Location": location} | headers)


@pytest.fixture
def server(stack):
    """A server that gives /f, and /files/f, only for the cookie t=1."""
    fault_server = stack.fault_server()
    fault_server.add("/f", DATA)
    fault_server.add("/files/f", DATA)
    return fault_server


COOKIES = {"a": ("/f", "t=1; Path=/"), "b": ("/files/f", "t=1; Path=/files"), "sibling domain": ("/f", "t=1; Domain=127.0.0.1"),
           "sibling httponly": ("/f", "t=1; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"),
           "sibling expires": ("/f", "t=1; Expires=Fri, 31 Dec 2100 23:59:59 GMT; Path=/"), "sibling bare": ("/f", "t=1")}


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("path, cookie", COOKIES.values(), ids=COOKIES.keys())
def test_field_11_a_cookie_lives_for_a_request_and_its_redirects(stack, server, path, cookie, status):
    """The file that wants the cookie of the redirect before it is fetched, with two requests."""
    server.rule = without("t=1", to(path, cookie, status))
    assert_fetched(stack, create(stack, server.url(path)))
    assert [r.path for r in server.requests] == [path, path]


def test_field_11_sibling_several_redirects(stack, server):
    """Cookies add up on the way, in one field, and a later one replaces an earlier one of the name."""
    server.add("/one", script=to("/two", "a=0"))
    server.add("/two", script=to("/three", "a=1; Path=/"))
    server.add("/three", script=to("/f", "t=1; Path=/"))
    assert_fetched(stack, create(stack, server.url("/one")))
    assert sorted(server.of("/f")[0].headers["cookie"].split("; ")) == ["a=1", "t=1"]


def test_field_11_sibling_with_the_clients_own_cookie(stack, server):
    """The client's own Cookie and the server's go in one field."""
    server.rule = without("t=1", to("/f", "t=1"))
    job = create(stack, server.url("/f"), CustomHeaders=["Cookie: own=2"])
    assert_fetched(stack, job)
    fields = [value for name, value in server.requests[-1].lines if name.lower() == "cookie"]
    assert len(fields) == 1 and sorted(fields[0].split("; ")) == ["own=2", "t=1"]


NOT_SENT = {"another path": "t=1; Path=/elsewhere", "expired": "t=1; Max-Age=0", "a date in the past":
            "t=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT", "another domain": "t=1; Domain=example.org",
            "no name": "=t=1"}


@pytest.mark.parametrize("cookie", NOT_SENT.values(), ids=NOT_SENT.keys())
def test_field_11_counter_check_what_is_not_sent(stack, server, cookie):
    """Cookies for another path or domain, and expired ones, are not sent."""
    server.add("/first", script=to("/f", cookie))
    assert_fetched(stack, create(stack, server.url("/first")))
    assert "cookie" not in server.of("/f")[0].headers


def test_field_11_counter_check_another_host(stack, server):
    """A cookie of 127.0.0.1 is not sent to localhost."""
    server.add("/first", script=to(server.url("/f").replace("127.0.0.1", "localhost"), "t=1; Path=/"))
    assert_fetched(stack, create(stack, server.url("/first")))
    assert "cookie" not in server.of("/f")[0].headers


def test_field_11_counter_check_neither_kept_nor_shared(stack, server):
    """A cookie is not sent for another file of the job, nor by a later job."""
    server.rule = without("t=1", to("/f", "t=1; Path=/; Max-Age=1000"))
    files = [(server.url("/f"), stack.downloads / name) for name in ("a", "b")]
    for names in (files, [(server.url("/f"), stack.downloads / "c")]):
        job = stack.manager.create(files=names, Resume=True)
        job.wait_state("transferred", unless=("error", "transient-error"))
        job.complete()
    assert len(server.requests) == 6 and len([r for r in server.requests if "cookie" in r.headers]) == 3


def test_field_11_sibling_resumed_after_a_cut(stack, server):
    """The rest of a file is asked for as the whole was: without the cookie first, then with it."""
    server.rule = without("t=1", to("/f", "t=1"))
    server.resources["/f"].next_scripts(Script(send=50_000, then="stall"))
    job = create(stack, server.url("/f"))
    job.wait_bytes(50_000)
    job.suspend()
    job.resume()
    assert_fetched(stack, job)
    seen = [("cookie" in r.headers, r.status) for r in server.requests]
    assert seen == [(False, 302), (True, 200), (False, 302), (True, 206)]


def proxied(field):
    """A stack whose only way is a proxy that is also every server: resources have whole URLs."""
    stack = field(Network={"Watch": "no"})
    return stack, stack.fault_server()


def through(stack, proxy, url):
    return create(stack, url, ProxyMode="override", ProxyList=proxy.url("").rstrip("/"))


SITES = {  # the domain of the cookie, the host it is sent to, and whether it is
    "a domain for its hosts": ("shop.example", "dl.shop.example", True),
    "with a leading dot": (".shop.example", "dl.shop.example", True),
    "a public suffix": ("co.uk", "other.co.uk", False),
    "a public suffix of hosters": ("github.io", "other.github.io", False),
    "a top-level domain": ("com", "other.com", False),
}


@pytest.mark.parametrize("domain, host, sent", SITES.values(), ids=SITES.keys())
def test_field_11_sibling_domains_and_public_suffixes(field, domain, host, sent):
    """A cookie with a Domain goes to the hosts of that domain, and never to those of a public suffix."""
    stack, proxy = proxied(field)
    first = f"http://www.{domain.lstrip('.')}/f"
    proxy.add(first, script=to(f"http://{host}/f", f"t=1; Domain={domain}; Path=/"))
    proxy.add(f"http://{host}/f", DATA)
    assert_fetched(stack, through(stack, proxy, first))
    assert ("cookie" in proxy.of(f"http://{host}/f")[0].headers) == sent


def test_field_11_counter_check_secure_cookies(field):
    """A Secure cookie of a plain http answer is not kept."""
    stack, proxy = proxied(field)
    proxy.add("http://www.shop.example/a", script=to("http://www.shop.example/f", "t=1; Secure; Path=/"))
    proxy.add("http://www.shop.example/f", DATA)
    assert_fetched(stack, through(stack, proxy, "http://www.shop.example/a"))
    assert "cookie" not in proxy.of("http://www.shop.example/f")[0].headers


def test_field_11_sibling_secure_cookies_by_https(tls_stack, authority):
    """A Secure cookie goes along by https."""
    server = tls_stack.fault_server(authority=authority)
    server.add("/f", DATA)
    server.rule = without("t=1", to("/f", "t=1; Secure; Path=/"))
    assert_fetched(tls_stack, create(tls_stack, server.url("/f")))
    assert len(server.requests) == 2


def test_field_11_counter_check_a_loop_is_still_a_loop(stack, server):
    """A server that sets a new cookie with each redirect and is never content fails for good."""
    server.rule = lambda request: to("/f", f"n={random.random()}; Path=/")
    job = create(stack, server.url("/f"))
    job.wait_state("error", unless=("transferred", "transient-error"))
    assert job.get("Error")[1] == "too-many-redirects"


# ---- 19: http becomes https, and the password stays behind ----

LOGIN = {"Credentials": [("server", "basic", "anna", "secret")], "CustomHeaders": ["X-Token: secret"]}


def closed(server):
    """Wants Basic authentication for everything."""
    challenge = Script(status=401, headers={"WWW-Authenticate": 'Basic realm="closed"'})
    server.rule = lambda request: None if "authorization" in request.headers else challenge


def upgrade(stack, authority, port, location, secure_port=443):
    """A server of http that redirects to one of https that wants a password."""
    plain = stack.fault_server(port=port)
    secure = stack.fault_server(port=secure_port, authority=authority)
    secure.add("/f", DATA)
    closed(secure)
    plain.add("/f", script=Script(status=301, headers={"Location": location.replace("SECURE", str(secure.port))}))
    return plain, secure


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_field_19_a_login_survives_the_upgrade_to_https(network, tls_stack, authority, status):
    """From port 80 to 443 of the same host name, credentials and headers go along."""
    plain, secure = upgrade(tls_stack, authority, 80, "https://localhost/f")
    plain.resources["/f"].script = Script(status=status, headers={"Location": "https://localhost/f"})
    assert_fetched(tls_stack, create(tls_stack, "http://localhost/f", **LOGIN))
    assert secure.requests[-1].headers["x-token"] == "secret"


ELSEWHERE = {  # port of http, host that redirects, where it points to, port of https
    "another port of https": (80, "localhost", "https://localhost:SECURE/f", 0),
    "another port of http": (0, "localhost", "https://localhost/f", 443),
    "another name": (80, "127.0.0.1", "https://localhost/f", 443),
    "neither": (0, "127.0.0.1", "https://localhost:SECURE/f", 0),
}


@pytest.mark.parametrize("port, host, location, secure_port", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_field_19_counter_check_other_servers_do_not_get_it(network, tls_stack, authority, port, host, location, secure_port):
    """To another port or another host name no password and no header is sent."""
    plain, secure = upgrade(tls_stack, authority, port, location, secure_port)
    job = create(tls_stack, f"http://{host}:{plain.port}/f", **LOGIN)
    job.wait_state("error", unless=("transferred", "transient-error"))
    assert job.get("Error")[2] == 401
    assert secure.requests and not any("authorization" in r.headers or "x-token" in r.headers for r in secure.requests)
    assert plain.requests
