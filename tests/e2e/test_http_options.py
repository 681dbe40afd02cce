# SPDX-License-Identifier: LGPL-2.1-or-later
"""How requests are made: headers, method, credentials, certificates, names (BITS 1.11, 6.8 to 6.10)."""

import pathlib
import sqlite3
import subprocess

import pytest

from support.client.checks import assert_file, refused
from support.content import body
from support.servers.certificates import Authority
from support.servers.nginx import Nginx
from support.servers.response_script import Script

CONTENT = body(300_000)


def fetched(stack, url, **options):
    job = stack.manager.create(files=[(url, stack.downloads / "file")], **options, Resume=True)
    job.wait_state("transferred")
    return job


def failed(stack, url, **options):
    job = stack.manager.create(files=[(url, stack.downloads / "file")], **options, Resume=True)
    job.wait_state("error", unless=())
    return job.get("Error")


def asked_password(stack, user: str, password: str) -> Nginx:
    """An nginx that wants basic credentials."""
    users = stack.directory / "htpasswd"
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=password.encode(), check=True,
                            capture_output=True, timeout=60).stdout.decode()
    users.write_text(f"{user}:{hashed}")
    users.chmod(0o644)
    return stack.nginx(server=f'auth_basic "closed"; auth_basic_user_file {users};')


# ---- headers and method ----

def test_custom_headers_go_with_every_request_but_not_to_another_host(stack):
    first, other = stack.fault_server(), stack.fault_server()
    first.add("/away", script=Script(status=302, headers={"Location": other.url("/file")}))
    first.add("/file", CONTENT).next_scripts(Script(send=100_000, then="reset"))
    other.add("/file", CONTENT)
    job = stack.manager.create(files=[(first.url("/file"), stack.downloads / "a"), (first.url("/away"), stack.downloads / "b")],
                               CustomHeaders=["X-Key: secret one", "Accept: text/plain"], Resume=True)
    job.wait_state("transient-error")
    job.resume()
    job.wait_state("transferred")
    assert len(first.requests) >= 3
    assert {(r.headers["x-key"], r.headers["accept"]) for r in first.requests} == {("secret one", "text/plain")}
    assert {r.headers.get("x-key") for r in other.requests} == {None}


def test_write_only_headers_are_never_told(stack):
    job = stack.manager.create(files=[("http://127.0.0.1:9/f", stack.downloads / "f")])
    job.set_custom_headers("X-Key: secret", write_only=True)
    assert job.get("CustomHeaders") == []
    job.set_custom_headers("X-Other: secret")
    assert job.get("CustomHeaders") == [], "and that cannot be undone"


def test_headers_that_would_break_a_transfer_are_refused(stack):
    job = stack.manager.create()
    for line in ("Range: bytes=0-5", "host: example.org", "Content-Length: 5", "no colon", "Bad Name: x", "X: a\r\nY: b", ": x"):
        with refused("InvalidArgument"):
            job.set_custom_headers("X-Fine: yes", line)
        assert job.get("CustomHeaders") == []
    job.set_custom_headers("X: " + "y" * (16_384 - 3 - 2))
    with refused("StringTooLong"):
        job.set_custom_headers("X: " + "y" * 16_384)


def test_another_method_is_final_at_the_first_failure(stack):
    server = stack.fault_server()
    server.add("/file", script=Script(status=500))
    error = failed(stack, server.url("/file"), HttpMethod="POST")
    assert error[2] == 500
    assert len(server.requests) == 1


def posting(stack):
    """A POST whose answer stops in the middle, until the gate of its resource is opened."""
    server = stack.fault_server()
    resource = server.add("/file", CONTENT, script=Script(send=100_000, gate=True, then="finish"))
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], HttpMethod="POST", Resume=True)
    job.wait_bytes(1)
    return server, resource, job


@pytest.mark.parametrize("change", [
    lambda job, other: job.set("BandwidthLimit", 1 << 20),
    lambda job, other: job.set("SecurityFlags", ["ignore-dates"]),
    lambda job, other: job.set_remote_name(0, other),
    lambda job, other: job.replace_remote_prefix("http://", "http://localhost."),
], ids=["BandwidthLimit", "SecurityFlags", "SetRemoteName", "ReplaceRemotePrefix"])
def test_nothing_that_is_changed_makes_a_post_come_twice(stack, change):
    server, resource, job = posting(stack)
    change(job, server.url("/other"))
    resource.gate.set()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "file", CONTENT)
    assert [(r.method, r.path) for r in server.requests] == [("POST", "/file")]


@pytest.mark.parametrize("end", [lambda stack: stack.kill_daemon(), lambda stack: stack.signal_daemon(15),
                                 lambda stack: stack.kill_worker()], ids=["kill -9", "SIGTERM", "worker"])
def test_a_post_that_is_cut_off_fails_and_that_is_kept(stack, end):
    server, _, job = posting(stack)
    end(stack)
    job.wait_state("error", unless=())
    assert job.get("Error")[1] == "worker-lost" and job.get("ErrorCount") == 0
    stack.kill_daemon()
    with sqlite3.connect(stack.state / "haulier.db") as db:
        assert db.execute("SELECT state FROM jobs").fetchall() == [("error",)]
        assert db.execute("SELECT count(*) FROM outbox").fetchall() == [(1,)]
    assert job.state == "error"
    assert [r.method for r in server.requests] == ["POST"]


# ---- credentials ----

def test_basic_credentials_open_the_door_and_wrong_ones_do_not(stack):
    server = asked_password(stack, "anna", "secret ü")
    url = server.add("file", CONTENT)
    assert failed(stack, url)[1:3] == ("http-status", 401)
    assert failed(stack, url, Credentials=[("server", "basic", "anna", "wrong")])[1:3] == ("http-status", 401)
    job = fetched(stack, url, Credentials=[("server", "basic", "anna", "secret ü")])
    job.complete()
    assert_file(stack.downloads / "file", CONTENT)


def test_a_failed_job_is_repaired_with_credentials_and_they_can_be_removed(stack):
    server = asked_password(stack, "anna", "secret")
    job = stack.manager.create(files=[(server.add("file", CONTENT), stack.downloads / "file")], Resume=True)
    job.wait_state("error", unless=())
    job.set_credentials("server", "basic", "anna", "secret")
    job.resume()
    job.wait_state("transferred")
    remove = lambda: job.call("RemoveCredentials", "(ss)", "server", "basic")[0]  # noqa: E731
    assert remove() is True and remove() is False


def test_a_user_in_the_url_becomes_a_credential_and_is_not_seen_again(stack):
    server = asked_password(stack, "anna", "p@ss")
    url = server.add("file", CONTENT)
    job = fetched(stack, url.replace("http://", "http://anna:p%40ss@"))
    assert job.files()[0]["RemoteName"] == url
    assert "p@ss" not in str(job.all()) and "p%40ss" not in str(stack.logs())


def test_a_user_in_the_url_is_for_that_host_only(stack):
    server = asked_password(stack, "anna", "secret")
    other = stack.fault_server()
    other.add("/file", CONTENT)
    files = [(server.add("file", CONTENT).replace("http://", "http://anna:secret@"), stack.downloads / "a"),
             (other.url("/file"), stack.downloads / "b")]
    job = stack.manager.create(files=files, Resume=True)
    job.wait_state("transferred")
    assert "authorization" not in other.requests[0].headers


def test_a_bearer_token_is_sent(stack):
    server = stack.fault_server()
    server.add("/file", CONTENT)
    fetched(stack, server.url("/file"), Credentials=[("server", "bearer", "", "token-1")])
    assert server.requests[0].headers["authorization"] == "Bearer token-1"


def test_secrets_are_kept_by_the_daemon_alone_and_go_with_the_job(stack):
    job = stack.manager.create(files=[("http://127.0.0.1:9/f", stack.downloads / "f")])
    job.set_credentials("server", "digest", "anna", "very-secret-word")
    job.set_credentials("proxy", "basic", "anna", "very-secret-word")
    stack.kill_daemon()
    assert "very-secret-word" not in str(job.all()) + str(job.files()) + str(stack.logs())
    database = stack.state / "haulier.db"
    assert database.stat().st_mode & 0o077 == 0 and stack.state.stat().st_mode & 0o077 == 0
    job.cancel()
    stack.signal_daemon(15)
    with sqlite3.connect(database) as db:
        assert "very-secret-word" not in "\n".join(db.iterdump())


def test_what_was_taken_back_is_in_no_file_while_the_daemon_runs(stack):
    def is_stored(secret: bytes) -> bool:
        return any(secret in (stack.state / name).read_bytes() for name in ("haulier.db", "haulier.db-wal"))

    job = stack.manager.create(CustomHeaders=["X-Token: secret-header"])
    job.set_credentials("server", "digest", "anna", "secret-word")
    assert is_stored(b"secret-word") and is_stored(b"secret-header")
    job.call("RemoveCredentials", "(ss)", "server", "digest")
    assert not is_stored(b"secret-word")
    job.cancel()
    stack.manager.create("the end of the other is on disk now")
    assert not is_stored(b"secret-header")


def test_limits_of_credentials(stack):
    job = stack.manager.create()
    job.set_credentials("server", "basic", "u" * 300, "p" * 16_384)
    for user, password in (("u" * 301, "p"), ("u", "p" * 16_385)):
        with refused("StringTooLong"):
            job.set_credentials("server", "basic", user, password)
    job.set_credentials("server", "basic", "u", "p" * 16_383)
    job.set_credentials("server", "digest", "u", "p" * 16_383)
    with refused("StringTooLong"):
        job.set_credentials("proxy", "basic", "u", "")
    with refused("StringTooLong"):
        job.add_file("http://u@127.0.0.1:9/f", stack.downloads / "f")


# ---- TLS ----

@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.mark.parametrize("flag, fits", [("ignore-unknown-ca", True), ("ignore-host-name", False), ("ignore-dates", False)])
def test_each_flag_forgives_its_own_fault_only(stack, authority, flag, fits):
    url = stack.nginx(authority=authority).add("file", CONTENT)
    assert failed(stack, url)[1] == "tls-certificate"
    if not fits:
        assert failed(stack, url, SecurityFlags=[flag])[1] == "tls-certificate"
        return
    job = fetched(stack, url, SecurityFlags=[flag])
    assert job.get("SecurityFlags") == [flag]
    assert failed(stack, url)[1] == "tls-certificate", "the next job is not served over the connection of this one"


def test_the_wrong_name_can_be_forgiven(new_stack, authority):
    stack = new_stack(env={"SSL_CERT_FILE": str(authority.certificate)})
    url = stack.nginx(authority=authority).add("file", CONTENT).replace("localhost", "ip6-localhost.localhost")
    assert failed(stack, url)[1] == "tls-certificate"
    fetched(stack, url, SecurityFlags=["ignore-host-name"])


def test_revocation_must_be_stapled_where_it_is_asked_for(new_stack, authority):
    stack = new_stack(env={"SSL_CERT_FILE": str(authority.certificate)})
    url = stack.nginx(authority=authority).add("file", CONTENT)
    assert failed(stack, url, SecurityFlags=["check-revocation"])[1].startswith("tls-")


def test_D_22_https_is_left_by_a_redirect_only_where_it_is_allowed(new_stack, authority):
    stack = new_stack(env={"SSL_CERT_FILE": str(authority.certificate)})
    plain = stack.nginx().add("file", CONTENT)
    secure = stack.nginx(authority=authority, server=f"location /from {{ return 302 {plain}; }}")
    assert failed(stack, secure.url("from"))[1] == "redirect-refused"
    fetched(stack, secure.url("from"), SecurityFlags=["allow-https-to-http"])


def test_a_client_certificate_is_shown(new_stack, authority):
    stack = new_stack(env={"SSL_CERT_FILE": str(authority.certificate)})
    server = stack.nginx(authority=authority, server=f"ssl_client_certificate {authority.certificate}; ssl_verify_client on;")
    url = server.add("file", CONTENT)
    assert failed(stack, url)[1] in ("http-status", "tls-certificate", "tls-handshake")
    both = pathlib.Path(stack.directory / "client.pem")
    both.write_text(authority.server_certificate.read_text() + authority.server_key.read_text())
    fetched(stack, url, ClientCertificate=str(both))
    job = fetched(stack, url, ClientCertificate=str(authority.server_certificate), ClientKey=str(authority.server_key))
    assert job.get("ClientKey") == str(authority.server_key)
    missing = failed(stack, url, ClientCertificate=str(authority.server_certificate), ClientKey=f"{stack.directory}/none")
    assert missing[1] == "tls-certificate" and "none" in missing[3]


def test_a_job_trusts_certificate_authorities_of_its_own(stack, authority):
    url = stack.nginx(authority=authority).add("file", CONTENT)
    assert failed(stack, url)[1] == "tls-certificate"
    job = stack.manager.create(files=[(url, stack.downloads / "own")], CertificateAuthority=str(authority.certificate))
    stack.kill_daemon()
    assert job.get("CertificateAuthority") == str(authority.certificate)
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "own", CONTENT)
    assert failed(stack, url)[1] == "tls-certificate", "the next job is not served over the connection of this one"


def test_a_file_without_certificate_authorities_fails_the_job_and_can_be_mended(stack, authority):
    url = stack.nginx(authority=authority).add("file", CONTENT)
    words = stack.directory / "words.pem"
    words.write_text("not a certificate")
    for path in (words, stack.directory / "missing.pem", stack.directory):
        context, name, _code, message, _file = failed(stack, url, CertificateAuthority=str(path))
        assert (context, name) == ("transport", "tls-certificate") and f"'{path}'" in message
    job = stack.manager.create(files=[(url, stack.downloads / "file")], CertificateAuthority=str(words), Resume=True)
    job.wait_state("error", unless=())
    job.set("CertificateAuthority", str(authority.certificate))
    job.resume()
    job.wait_state("transferred")


# ---- names ----

def test_names_in_other_scripts(stack):
    server = stack.fault_server()
    server.add("/b%c3%bccher", CONTENT)
    url = f"http://bücher.localhost:{server.port}/bücher"
    job = fetched(stack, url)
    assert server.requests[0].headers["host"] == f"xn--bcher-kva.localhost:{server.port}"
    assert job.files()[0]["RemoteName"] == url


def test_ipv6(stack):
    server = stack.fault_server(host="::1")
    server.add("/file", CONTENT)
    fetched(stack, server.url("/file"))
