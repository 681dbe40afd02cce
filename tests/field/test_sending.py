# SPDX-License-Identifier: LGPL-2.1-or-later
"""Uploads to servers that think for long, limit the size of a request, or do not know their own address."""

import pytest
from gi.repository import GLib

from support.client.haulierctl import JOB_FAILED, Ctl
from support.content import body
from support.environment import patience
from support.servers.response_script import Script
from support.servers.scripted_tus import ScriptedTus

DATA = body(500_000)
KIBI = 1 << 10
THINKING = patience(3) + 3  # seconds; longer than StallTimeout


def upload(stack, url, content=DATA, job_type="upload", **options):
    local = stack.downloads / "source"
    local.write_bytes(content)
    return stack.manager.create(job_type=job_type, files=[(url, local)], MinimumRetryDelay=5, Resume=True, **options)


def accepting(server, answer=Script(status=201, text=b"")):
    """A server without tus that takes whole files."""
    server.rule = lambda request: Script(status=405) if request.method == "OPTIONS" else answer


def bodies(server, *methods) -> list:
    return [r for r in server.requests if r.method in (methods or ("PUT", "POST", "PATCH"))]


# ---- 7: the upload is complete, and the server thinks ----

@pytest.mark.parametrize("job_type, options", [("upload", {}), ("upload", {"HttpMethod": "POST"}), ("upload-reply", {})],
                         ids=["a-put", "b-post", "sibling-reply"])
def test_field_07_a_server_that_thinks_after_the_last_byte(stack, job_type, options):
    """After the last byte of a body another, longer patience holds: the body goes over the wire once."""
    server = stack.fault_server()
    accepting(server, Script(status=201, text=b"thanks", delay=THINKING))
    job = upload(stack, server.url("/f"), job_type=job_type, **options)
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert len(bodies(server)) == 1 and bodies(server)[0].body == DATA


def test_field_07_counter_check_tus_sends_nothing_twice(stack):
    """With tus the offset is asked for, and no byte is sent twice."""
    server = stack.fault_server()
    tus = ScriptedTus(server)
    tus.delays = [THINKING]
    job = upload(stack, tus.url())
    job.wait_state("transferred", unless=("error",), seconds=30)
    assert bytes(tus.uploads["upload0"]) == DATA
    assert sum(length for _, length in tus.taken) == len(DATA)


def test_field_07_sibling_sent_bytes_are_no_progress(stack):
    """A server that refuses after it has read the whole body is asked less and less often: sending is no progress."""
    server = stack.fault_server()
    accepting(server, Script(status=500))
    job = upload(stack, server.url("/f"), BandwidthLimit=800_000)
    server.wait(lambda: len([r for r in bodies(server) if r.ended]) == 2, "the second attempt")
    job.wait_property("ErrorCount", lambda count: count == 2)
    job.wait_state("transient-error")
    reason, date = job.get("WaitReason")
    assert reason in ("retry-delay", "host") and date / 1e6 - bodies(server)[1].end > 5.5, "the back-off was reset"


def test_field_07_sibling_without_patience_it_ends(stack):
    """An upload that never succeeds ends: sent bytes do not keep NoProgressTimeout from coming."""
    server = stack.fault_server()
    accepting(server, Script(drop="close"))
    job = upload(stack, server.url("/f"), NoProgressTimeout=6, BandwidthLimit=800_000)
    job.wait_state("error", unless=("transferred",), seconds=30)
    assert len(bodies(server)) <= 3


def test_field_07_sibling_the_first_byte_has_its_own_patience(stack):
    """A download whose answer takes longer than StallTimeout is waited for as AnswerTimeout says, with one request."""
    server = stack.fault_server()
    server.add("/f", DATA).next_scripts(Script(delay=THINKING))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True,
                               AnswerTimeout=GLib.Variant("u", 60))
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert len(server.requests) == 1 and job.get("AnswerTimeout") == 60


def test_field_07_sibling_patience_for_the_first_byte_grows(field):
    """Without AnswerTimeout the patience grows from try to try, so that a slow server is waited for in the end."""
    stack = field(Transfer={"StallTimeout": "1s"})
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(delay=1.6))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True, MinimumRetryDelay=5)
    job.wait_state("transferred", seconds=40)


# ---- 10: tus behind something that limits the size of a request ----

LIMITS = {"a": (1024 * KIBI, 5 * 1024 * KIBI), "sibling small": (100 * KIBI, 700 * KIBI), "sibling odd": (333_333, 1_000_000),
          "sibling first size that is fatal": (64 * KIBI, 300 * KIBI)}


@pytest.mark.parametrize("piece, size", LIMITS.values(), ids=LIMITS.keys())
def test_field_10_smaller_pieces_are_sent(stack, piece, size):
    """A 413 to a PATCH means smaller pieces: halved until one is taken, remembered, and each byte is taken once."""
    server = stack.fault_server()
    tus = ScriptedTus(server, piece=piece)
    content = body(size)
    job = upload(stack, tus.url(), content)
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert bytes(tus.uploads["upload0"]) == content and len(tus.uploads) == 1
    assert len(tus.taken) >= size / piece and sum(length for _, length in tus.taken) == size
    refused = [r for r in tus.of("PATCH") if r.status == 413]
    assert len(refused) <= 10
    first_taken = next(r.number for r in tus.of("PATCH") if r.status == 204)
    assert all(r.number < first_taken for r in refused), "the size is not remembered"


def test_field_10_sibling_413_at_every_size(stack):
    """A server that refuses every piece, down to 64 KiB, is a fatal 413 at once."""
    server = stack.fault_server()
    tus = ScriptedTus(server, piece=0)
    job = upload(stack, tus.url(), body(2 << 20))
    job.wait_state("error", unless=("transferred", "transient-error"))
    assert job.get("Error")[1:3] == ("http-status", 413)
    assert 2 <= len(tus.of("PATCH")) <= 20


def test_field_10_sibling_a_file_that_is_larger_than_tus_max_size(stack):
    """Tus-Max-Size is read before anything is sent: the job fails at once, with a sentence that has the limit."""
    server = stack.fault_server()
    tus = ScriptedTus(server, largest=300_000)
    job = upload(stack, tus.url())
    job.wait_state("error", unless=("transferred", "transient-error"))
    assert tus.of("PATCH") == [] and tus.uploads == {}
    assert "300" in job.get("Error")[3]


def test_field_10_sibling_a_413_in_the_middle(stack):
    """The limit may come in the middle, after a restart of the server, and the rest is sent in pieces."""
    server = stack.fault_server()
    tus = ScriptedTus(server, piece=800_000)
    content = body(2_000_000)
    tus.on_piece = lambda: setattr(tus, "piece", 200_000)
    job = upload(stack, tus.url(), content)
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert bytes(tus.uploads["upload0"]) == content


def test_field_10_sibling_the_size_outlives_the_worker(stack):
    """A piece size that was found is not lost with the worker."""
    server = stack.fault_server()
    tus = ScriptedTus(server, piece=100_000)
    content = body(1_000_000)
    job = upload(stack, tus.url(), content, BandwidthLimit=200_000)
    server.wait(lambda: len(tus.taken) >= 2, "two pieces")
    stack.kill_worker()
    job.wait_state("transferred", seconds=30, unless=("error",))
    assert bytes(tus.uploads["upload0"]) == content
    assert sum(length for _, length in tus.taken) == len(content)


def test_field_10_sibling_nginx_before_a_real_tus_server(stack):
    """The same with a real nginx, whose client_max_body_size is 256 KiB, before a real tus server."""
    tus = stack.tus_server()
    nginx = stack.nginx(server="client_max_body_size 256k; location /files { proxy_pass http://127.0.0.1:%d; "
                               "proxy_set_header Host $http_host; proxy_request_buffering off; }" % tus.port)
    content = body(1_500_000)
    job = upload(stack, nginx.url("files"), content)
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert list(tus.uploads().values()) == [content]
    sent = [int(e.length) for e in nginx.finished_log() if e.method == "PATCH" and e.status == 204]
    assert len(sent) >= 6 and sum(sent) == len(content)


# ---- 21: PUT into a directory that is not there, and other refusals that no time cures ----

FATAL = {"a PUT 409": (409, "upload", {}), "b POST 409": (409, "upload", {"HttpMethod": "POST"}),
         "sibling reply 409": (409, "upload-reply", {}), "sibling 413": (413, "upload", {}), "sibling 405": (405, "upload", {}),
         "sibling 415": (415, "upload", {}), "sibling 422": (422, "upload", {}), "sibling 411": (411, "upload", {})}


@pytest.mark.parametrize("status, job_type, options", FATAL.values(), ids=FATAL.keys())
def test_field_21_a_refusal_that_time_does_not_cure(stack, status, job_type, options):
    """A 409 or 413 to a whole file is fatal at the first time, with a sentence, and not tried for 14 days."""
    server = stack.fault_server()
    accepting(server, Script(status=status))
    job = upload(stack, server.url("/no/such/folder/f"), job_type=job_type, **options)
    job.wait_state("error", unless=("transferred", "transient-error"))
    context, name, code, sentence, _ = job.get("Error")
    assert (context, name, code) == ("remote-file", "http-status", status) and sentence
    assert len(bodies(server)) == 1
    assert status != 409 or "/no/such/folder" in sentence or "folder" in sentence or "directory" in sentence


def test_field_21_the_command_ends_in_seconds(stack):
    """`haulierctl upload` ends with code 4, and names the directory."""
    server = stack.fault_server()
    accepting(server, Script(status=409))
    (stack.downloads / "f").write_bytes(DATA)
    failed = Ctl(stack)("upload", "f", server.url("/missing/f"), code=JOB_FAILED)
    assert "409" in failed.err and ("director" in failed.err or "folder" in failed.err)


def test_field_21_counter_check_what_time_cures(stack):
    """503, 507 and 423 to a PUT are for now only."""
    server = stack.fault_server()
    for status in (503, 423):
        accepting(server, Script(status=status))
        job = upload(stack, server.url("/f"))
        job.wait_state("transient-error", unless=("transferred", "error"))
        job.cancel()


# ---- 31: the tus server does not know that it is behind TLS ----

def tls_upload(tls_stack, authority, location, **options):
    server = tls_stack.fault_server(authority=authority)
    tus = ScriptedTus(server, location=location.replace("PORT", str(server.port)))
    return server, tus, upload(tls_stack, tus.url(), **options)


LOCATIONS = {"a http": "http://localhost:PORT/files/{id}", "sibling path": "/files/{id}", "sibling name": "{id}",
             "sibling scheme-relative": "//localhost:PORT/files/{id}", "sibling https": "https://localhost:PORT/files/{id}",
             "sibling capitals": "HTTP://LOCALHOST:PORT/files/{id}"}


@pytest.mark.parametrize("location", LOCATIONS.values(), ids=LOCATIONS.keys())
def test_field_31_http_of_the_same_host_is_taken_for_https(tls_stack, authority, location):
    """Location of a creation that says http where https was asked is taken for https; every request is by https and keeps
    what identifies the owner."""
    server, tus, job = tls_upload(tls_stack, authority, location, Credentials=[("server", "basic", "anna", "secret")])
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert bytes(tus.uploads["upload0"]) == DATA
    assert tus.of("PATCH") and all(r.headers.get("authorization") for r in tus.of("PATCH"))


def test_field_31_sibling_another_host_is_refused(tls_stack, authority):
    """http of another host is refused, with a sentence that names the cure."""
    clear = tls_stack.fault_server()
    server, tus, job = tls_upload(tls_stack, authority, f"http://127.0.0.1:{clear.port}/files/{{id}}")
    job.wait_state("error", unless=("transferred", "transient-error"))
    assert job.get("Error")[1] == "redirect-refused"
    assert "https" in job.get("Error")[3] and "proxy" in job.get("Error")[3]
    assert clear.requests == [] and tus.of("PATCH") == []


def test_field_31_sibling_another_port_is_another_server(tls_stack, authority):
    """A Location that differs in the port is used, without credentials and own headers."""
    other = tls_stack.fault_server(authority=authority)
    there = ScriptedTus(other)
    there.uploads["upload0"], there.lengths["upload0"] = bytearray(), len(DATA)
    _server, tus, job = tls_upload(tls_stack, authority, f"https://localhost:{other.port}/files/{{id}}",
                                   Credentials=[("server", "basic", "anna", "secret")], CustomHeaders=["X-Token: secret"])
    job.wait_state("transferred", unless=("error",))
    assert bytes(there.uploads["upload0"]) == DATA
    assert not any("secret" in str(r.headers) or "authorization" in r.headers for r in other.requests)


def test_field_31_sibling_nginx_before_a_real_tus_server(tls_stack, authority):
    """The same with a real nginx that ends TLS and does not set X-Forwarded-Proto, before a real tus server."""
    tus = tls_stack.tus_server()
    nginx = tls_stack.nginx(authority=authority, server="location /files { proxy_pass http://127.0.0.1:%d; "
                            "proxy_set_header Host $http_host; client_max_body_size 0; }" % tus.port)
    job = upload(tls_stack, nginx.url("files"))
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert list(tus.uploads().values()) == [DATA]
