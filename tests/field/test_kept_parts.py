# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pages, portals and lies in place of a file of which bytes are here: only evidence makes a new version."""

import pathlib

import pytest

from support.client.checks import assert_file, sha256
from support.content import body
from support.servers.response_script import Script, http_date

MEBI = 1 << 20
DATA = body(3 * MEBI)
TYPE = {"Content-Type": "application/octet-stream"}
GOOD = Script(headers=TYPE)
HALF = Script(headers=TYPE, send=MEBI, then="stall")
TEXT = b"<html>" + b"log in please " * 49 + b"</html>"
STRONG = {"etag": '"v1"', "modified": None}


def page(kind: str = "text/html", status: int = 200, text: bytes = TEXT, **headers) -> Script:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Script(status=status, text=text, headers=({"Content-Type": kind} if kind else {}) | named)


def half_fetched(stack, server, path="/f", options=None, content=DATA, script=HALF, **properties):
    """A suspended job that has about a mebibyte of the file, and the resource."""
    resource = server.add(path, content, script=GOOD, **STRONG)
    resource.next_scripts(script)
    file = (server.url(path), stack.downloads / "f", options or {})
    job = stack.manager.create(files=[file], MinimumRetryDelay=5, Resume=True, **properties)
    job.wait_bytes(MEBI)
    job.suspend()
    return job, resource


def part(job) -> bytes:
    return pathlib.Path(job.files()[0]["TemporaryName"]).read_bytes()


def assert_kept(job, names=("invalid-response",)) -> None:
    """The job waits with its bytes, and says why."""
    context, name, _code, sentence, _index = job.get("Error")
    assert name in names and context in ("remote-file", "transport") and sentence, job.get("Error")
    assert job.get("BytesTransferred") == MEBI, "bytes were given up"
    assert part(job)[:MEBI] == DATA[:MEBI], "the part has changed"


def assert_goes_on(stack, server, job, path="/f") -> None:
    """The file comes whole, and the rest is asked for with a condition."""
    job.wait_state("transferred")
    last = [request for request in server.of(path) if request.status == 206][-1]
    assert last.range == f"bytes={MEBI}-" and last.headers.get("if-range") == '"v1"'
    job.complete()
    assert_file(stack.downloads / "f", DATA)


OPTIONS = {"a": {}, "b": {"Size": len(DATA)}, "c": {"Checksum": f"sha256:{sha256(DATA)}"}}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_field_01_abc_a_page_is_no_new_version(stack, options):
    """A login page with status 200 is a transient invalid-response: the part stays, and the rest is asked for later, whether
    nothing, the size (b) or the checksum (c) is known."""
    server = stack.fault_server()
    job, resource = half_fetched(stack, server, options=options)
    resource.next_scripts(page())
    job.resume()
    job.wait_state("transient-error", unless=("transferred", "error"))
    assert_kept(job)
    assert_goes_on(stack, server, job)


def test_field_01d_a_portal_that_redirects_to_its_page(stack):
    """A redirect to the page of another server is no new version either."""
    server, portal = stack.fault_server(), stack.fault_server()
    portal.add("/login", script=page())
    job, resource = half_fetched(stack, server)
    resource.next_scripts(Script(status=302, headers={"Location": portal.url("/login")}))
    job.resume()
    job.wait_state("transient-error", unless=("transferred", "error"))
    assert_kept(job)
    job.resume()
    assert_goes_on(stack, server, job)


def test_field_01e_a_portal_with_a_certificate_for_another_name(tls_stack, authority):
    """Where a good certificate was seen before, a wrong one is the portal's: the job waits and keeps its bytes."""
    server = tls_stack.fault_server(authority=authority)
    job, _ = half_fetched(tls_stack, server)
    server.use_certificate(*authority.issue("portal", hosts="DNS:portal.example"))
    job.resume()
    job.wait_state("transient-error", unless=("transferred", "error"))
    assert_kept(job, names=("tls-certificate", "tls"))
    server.use_certificate(authority.server_certificate, authority.server_key)
    job.resume()
    assert_goes_on(tls_stack, server, job)


PAGES = {
    "plain text, Retry-After": page("text/plain", Retry_After="1"),
    "no type at all": page(""),
    "with a date of its own": page(Last_Modified=http_date(-60)),
    "with a weak tag": page(ETag='W/"login"'),
    "of no bytes": page(text=b""),
    "xhtml": page("application/xhtml+xml; charset=utf-8"),
    "json that says an error": page("application/json", text=b'{"error": "try again"}'),
    "511": page(status=511),
}


@pytest.mark.parametrize("script", PAGES.values(), ids=PAGES.keys())
def test_field_01_sibling_other_pages(stack, script):
    """Other forms of the same page change nothing: transient, and the part is kept."""
    server = stack.fault_server()
    job, resource = half_fetched(stack, server)
    resource.next_scripts(script)
    job.resume()
    job.wait_state("transient-error", unless=("transferred", "error"))
    assert_kept(job, names=("invalid-response", "http-status"))
    job.resume()
    assert_goes_on(stack, server, job)


def test_field_01_sibling_a_portal_by_511_on_another_host(stack):
    """A redirect to a server that answers 511 keeps the part too."""
    server, portal = stack.fault_server(host="127.0.0.1"), stack.fault_server(host="127.0.0.2")
    portal.add("/login", script=page(status=511))
    job, resource = half_fetched(stack, server)
    resource.next_scripts(Script(status=302, headers={"Location": portal.url("/login")}))
    job.resume()
    job.wait_state("transient-error", unless=("transferred", "error"))
    assert_kept(job, names=("invalid-response", "http-status"))
    job.resume()
    assert_goes_on(stack, server, job)


WANTED = {"size": {"Size": len(DATA)}, "checksum": {"Checksum": f"sha256:{sha256(DATA)}"}}


@pytest.mark.parametrize("script", [page(), page(status=511)], ids=["page", "511"])
@pytest.mark.parametrize("options", WANTED.values(), ids=WANTED.keys())
def test_field_01_sibling_a_page_before_the_first_byte(stack, options, script):
    """A job that knows what it wants, and gets a page at first, comes to itself without a verb."""
    server = stack.fault_server()
    server.add("/f.bin", DATA, script=GOOD, **STRONG).next_scripts(script)
    job = stack.manager.create(files=[(server.url("/f.bin"), stack.downloads / "f.bin", options)], MinimumRetryDelay=5,
                               Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f.bin", DATA)


def test_field_01_sibling_resume_of_an_error_begins_anew(stack):
    """A server that has lost its proof for good is no dead end: after `error`, Resume fetches the file from zero."""
    server = stack.fault_server()
    job, resource = half_fetched(stack, server)
    new = body(2 * MEBI, seed=2)
    resource.change(new, None, None)
    resource.script = Script(headers={"Content-Type": "text/html"})
    job.set("NoProgressTimeout", 0)
    job.resume()
    job.wait_state("error", unless=("transferred",))
    assert job.get("Error")[1] in ("invalid-response", "no-progress")
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f", new)


def test_field_01_counter_check_another_version_is_taken(stack):
    """An answer of the same kind with another strong tag is a new version: fetched from zero, at once."""
    server = stack.fault_server()
    job, resource = half_fetched(stack, server)
    new = body(2 * MEBI, seed=2)
    resource.change(new, '"v2"', None)
    job.resume()
    job.wait_state("transferred", unless=("error", "transient-error"))
    job.complete()
    assert_file(stack.downloads / "f", new)


def test_field_01_counter_check_a_page_that_was_asked_for(stack):
    """Where the file itself is a page, a page is what was asked for."""
    server = stack.fault_server()
    server.add("/index.html", script=page())
    job = stack.manager.create(files=[(server.url("/index.html"), stack.downloads / "index.html")], Resume=True)
    job.wait_state("transferred", unless=("error", "transient-error"))
    job.complete()
    assert_file(stack.downloads / "index.html", TEXT)
