# SPDX-License-Identifier: LGPL-2.1-or-later
"""HTTP as it is spoken: TLS, HTTP/2, parallel files, redirects, sizes, sums and dates."""

import hashlib
import os

import pytest

from support.client.checks import assert_file, sha256
from support.content import body
from support.environment import patience
from support.servers.certificates import Authority
from support.servers.response_script import Script

DATA = body(500_000)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.mark.parametrize("http2", [False, True], ids=["http/1.1", "http/2"])
def test_https_with_a_trusted_server(new_stack, authority, http2):
    stack = new_stack(env={"SSL_CERT_FILE": str(authority.certificate)})
    nginx = stack.nginx(rate=f"{round(200 / patience(1))}k", authority=authority, http2=http2)
    contents = {f"f{n}": body(300_000, seed=n) for n in range(4)}
    job = stack.manager.create(files=[(nginx.add(n, c), stack.downloads / n) for n, c in contents.items()], Resume=True)
    job.wait_state("transferred")
    job.complete()
    for name, content in contents.items():
        assert_file(stack.downloads / name, content)
    log = nginx.finished_log()
    assert {access.protocol for access in log} == {"HTTP/2.0" if http2 else "HTTP/1.1"}
    assert {access.encoding for access in log} == {"identity"}
    assert max(access.begin for access in log) < min(access.end for access in log), "all four at the same time"
    if http2:
        assert len({access.connection for access in log}) == 1, "HTTP/2 needs one connection for all files"


def test_a_server_that_nobody_vouches_for_is_refused(stack, authority):
    nginx = stack.nginx(authority=authority)
    job = stack.manager.create(files=[(nginx.add("f", DATA), stack.downloads / "f")], Resume=True)
    job.wait_state("error", unless=())
    context, name, _code, sentence, index = job.get("Error")
    assert context == "transport" and name.startswith("tls") and "certificate" in sentence and index == 0
    assert nginx.finished_log() == []


def test_a_certificate_for_another_name_is_refused(new_stack, authority):
    stack = new_stack(env={"SSL_CERT_FILE": str(authority.certificate)})
    nginx = stack.nginx(authority=authority)
    url = nginx.add("f", DATA).replace("localhost", "localhost.localdomain")
    job = stack.manager.create(files=[(url, stack.downloads / "f")], Resume=True, NoProgressTimeout=0)
    job.wait_state("error", unless=())
    assert job.get("Error")[1] in ("tls-certificate", "tls", "name-resolution")


def test_several_files_of_a_job_are_in_flight_at_once_and_no_more_than_configured(new_stack):
    stack = new_stack({"Scheduler": {"MaxFilesInFlight": "3"}})
    server = stack.fault_server()
    names = [f"f{n}" for n in range(5)]
    for name in names:
        server.add(f"/{name}", DATA, script=Script(send=10_000, gate=True, then="finish"))
    job = stack.manager.create(files=[(server.url(f"/{n}"), stack.downloads / n) for n in names], Resume=True)
    server.wait(lambda: sum(r.sent >= 10_000 for r in server.requests) == 3, "three files in flight")
    first = server.requests[0].path
    server.resources[first].gate.set()
    server.wait(lambda: len(server.requests) == 4, "the fourth, once the first is done")
    server.wait(lambda: [r.path for r in server.requests if r.ended] == [first], "the end of the first, and of it alone")
    for resource in server.resources.values():
        resource.gate.set()
    job.wait_state("transferred")
    job.complete()
    for name in names:
        assert_file(stack.downloads / name, DATA)


def test_several_jobs_run_at_once_and_no_more_than_configured(new_stack):
    stack = new_stack({"Scheduler": {"MaxBackgroundJobs": "2"}})
    server = stack.fault_server()
    jobs = []
    for name in ("a", "b", "c"):
        server.add(f"/{name}", DATA, script=Script(send=10_000, gate=True, then="finish"))
        jobs.append(stack.manager.create(files=[(server.url(f"/{name}"), stack.downloads / name)], Resume=True))
    server.wait(lambda: len(server.requests) == 2, "two jobs at work")
    assert jobs[2].state == "queued" and jobs[2].get("WaitReason") == ("turn", 0)
    server.resources["/a"].gate.set()
    server.wait(lambda: len(server.requests) == 3, "the third")
    for resource in server.resources.values():
        resource.gate.set()
    for job in jobs:
        job.wait_state("transferred")


def test_five_hundred_small_files(stack):
    nginx = stack.nginx()
    contents = {f"n{n}": body(1000 + n, seed=n) for n in range(500)}
    job = stack.manager.create(files=[(nginx.add(n, c), stack.downloads / n) for n, c in contents.items()], Resume=True)
    job.wait_state("transferred", seconds=60)
    assert job.complete() == ("complete", 500, 0)
    for name, content in contents.items():
        assert_file(stack.downloads / name, content)
    assert len(nginx.finished_log()) == 500


def test_a_fast_server_sends_one_file_after_the_other_over_a_connection(new_stack):
    stack = new_stack({"Transfer": {"CheckpointBytes": "32M", "CheckpointInterval": "5s"}})
    nginx = stack.nginx(fast=True)
    url = nginx.add("big", 128 * body(1 << 20))
    for n in range(6):
        job = stack.manager.create(files=[(url, stack.downloads / f"copy{n}")], Resume=True)
        stack.client.wait(lambda: job.state in ("transferred", "transient-error"), "the end", 60)
        assert job.state == "transferred", job.get("Error")
        job.complete()
    assert len({access.connection for access in nginx.finished_log()}) == 1


def test_an_empty_file_and_one_byte(stack):
    nginx = stack.nginx()
    job = stack.manager.create(files=[(nginx.add("none", b""), stack.downloads / "none"),
                                      (nginx.add("one", b"1"), stack.downloads / "one")], Resume=True)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 2, 0)
    assert_file(stack.downloads / "none", b"")
    assert_file(stack.downloads / "one", b"1")


def test_D_28_date_and_mode_of_the_finished_file(stack):
    nginx = stack.nginx()
    url = nginx.add("f", DATA, modified=1_000_000_000)
    job = stack.manager.create(files=[(url, stack.downloads / "secret", {"Mode": 0o640}), (url, stack.downloads / "plain")],
                               Resume=True)
    job.wait_state("transferred")
    job.complete()
    secret, plain = (stack.downloads / "secret").stat(), (stack.downloads / "plain").stat()
    assert secret.st_mtime == plain.st_mtime == 1_000_000_000
    assert secret.st_mode & 0o7777 == 0o640
    assert plain.st_mode & 0o7777 == 0o666 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def run_files(stack, files):
    """Each (remote, options) as a job of its own; answers the jobs by their order."""
    return [stack.manager.create(files=[(remote, stack.downloads / f"f{n}", options)], Resume=True)
            for n, (remote, options) in enumerate(files)]


def test_checksums_and_sizes_that_fit(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    sums = [f"{kind}:{hashlib.new(kind, DATA).hexdigest()}" for kind in ("sha256", "sha512", "sha1", "md5")]
    options = [{"Checksum": text} for text in sums] + [{"Checksum": sums[0].upper().replace("SHA", "sha")}, {"Size": len(DATA)}]
    for number, job in enumerate(run_files(stack, [(server.url("/f"), o) for o in options])):
        job.wait_state("transferred")
        job.complete()
        assert_file(stack.downloads / f"f{number}", DATA)


def test_a_wrong_checksum_is_an_error_after_one_more_try(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f", {"Checksum": "sha256:" + sha256(b"other")})],
                               Resume=True)
    job.wait_state("error", unless=())
    assert job.get("Error")[:2] == ("remote-file", "checksum-mismatch")
    assert [(r.status, r.range_start) for r in server.requests] == [(200, 0), (200, 0)]
    assert job.complete() == ("partial", 0, 1)
    assert not (stack.downloads / "f").exists()


def test_a_damaged_transfer_is_repaired_by_the_checksum(stack):
    """The server has the wrong bytes once; the second try is right."""
    server = stack.fault_server()
    resource = server.add("/f", body(len(DATA), seed=99), script=Script(send=10_000, gate=True, then="finish"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f", {"Checksum": "sha256:" + sha256(DATA)})],
                               Resume=True)
    server.wait_sent("/f", 10_000)
    resource.change(DATA, *resource.version[1:])
    resource.gate.set()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f", DATA)


def test_a_size_other_than_asked_for_is_an_error(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    server.add("/chunked", DATA, script=Script(chunked=True))
    cases = [(path, len(DATA) + step) for path in ("/f", "/chunked") for step in (1, -1)]
    for job in run_files(stack, [(server.url(path), {"Size": size}) for path, size in cases]):
        job.wait_state("error", unless=())
        assert job.get("Error")[:2] == ("remote-file", "size-mismatch")


def redirects(server, length: int) -> str:
    """A chain of so many redirects that ends at /end; of all kinds, relative and absolute."""
    statuses = [301, 302, 303, 307, 308]
    for step in range(length):
        target = f"/hop-{length}-{step + 1}" if step + 1 < length else "/end"
        server.add(f"/hop-{length}-{step}", script=Script(
            status=statuses[step % 5], headers={"Location": server.url(target) if step % 2 else target}))
    return server.url(f"/hop-{length}-0")


def test_redirects_are_followed_to_a_limit_and_only_to_the_web(stack):
    server = stack.fault_server()
    server.add("/end", DATA)
    server.add("/ftp", script=Script(status=302, headers={"Location": "ftp://127.0.0.1/x"}))
    server.add("/local", script=Script(status=302, headers={"Location": "file:///etc/passwd"}))
    urls = [redirects(server, 10), redirects(server, 11), server.url("/ftp"), server.url("/local")]
    ten, eleven, to_ftp, to_file = run_files(stack, [(url, {}) for url in urls])
    ten.wait_state("transferred")
    ten.complete()
    assert_file(stack.downloads / "f0", DATA)
    for job, name in ((eleven, "too-many-redirects"), (to_ftp, "redirect-refused"), (to_file, "redirect-refused")):
        job.wait_state("error", unless=())
        assert job.get("Error")[1] == name


def test_a_resume_behind_a_redirect(stack):
    server = stack.fault_server()
    server.add("/end", DATA).next_scripts(Script(send=300_000, then="stall"))
    job = stack.manager.create(files=[(redirects(server, 2), stack.downloads / "f")], Resume=True)
    job.wait_bytes(300_000)
    job.suspend()
    job.resume()
    job.wait_state("transferred")
    assert server.of("/end")[1].range_start == 300_000
    job.complete()
    assert_file(stack.downloads / "f", DATA)


def test_names_with_spaces_and_umlauts_and_queries(stack):
    server = stack.fault_server()
    server.add("/a%20b?x=1&y=%C3%A4", DATA)
    target = stack.downloads / "ein schöner Name 🚚"
    job = stack.manager.create(files=[(server.url("/a%20b?x=1&y=%C3%A4"), target)], Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert_file(target, DATA)
