# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl get with several files, lists, checksums, logins and limits, and the same command twice."""

import os
import pty
import shutil
import signal
import time

from support.client.checks import assert_file, leftovers, sha256
from support.client.haulierctl import DATA, INTERRUPTED, JOB_FAILED, MISUSED, REFUSED, Result, descriptor, wait_told
from support.environment import patience
from support.servers.certificates import Authority
from support.servers.response_script import Script

OTHER = DATA[::-1]


def two(remote) -> list[str]:
    remote.add("/dir/other.bin", OTHER)
    return [remote.url("/file.bin"), remote.url("/dir/other.bin")]


def test_several_urls_are_one_job(stack, ctl, remote):
    (stack.downloads / "d").mkdir()
    result = ctl("get", "-d", "d", *two(remote))
    assert result.out == f"{stack.downloads}/d/file.bin\n{stack.downloads}/d/other.bin\n"
    assert_file(stack.downloads / "d/file.bin", DATA)
    assert_file(stack.downloads / "d/other.bin", OTHER)
    answer = ctl("get", "--json", *two(remote)).json
    assert answer["FilesTotal"] == 2 and answer["Files"] == [f"{stack.downloads}/{name}" for name in ("file.bin", "other.bin")]
    assert answer["DisplayName"] == "file.bin and 1 more"


def test_urls_come_from_a_list(stack, ctl, remote):
    first, second = two(remote)
    (stack.downloads / "list").write_text(f"# mine\n\n  {first}  \r\n{second}\n")
    assert len(ctl("-q", "get", "-i", "list").out.splitlines()) == 2
    with open(stack.downloads / "list") as stream:
        assert len(ctl("-q", "get", "-i", "-", stdin=stream).out.splitlines()) == 2


def test_sums_verify_each_file(stack, ctl, remote):
    urls = two(remote)
    (stack.downloads / "SUMS").write_text(f"{sha256(DATA)} *file.bin\n{sha256(OTHER)}  ./dir/other.bin\n")
    ctl("get", "--sums", "SUMS", *urls)
    assert_file(stack.downloads / "other.bin", OTHER)
    (stack.downloads / "WRONG").write_text(f"{sha256(DATA)}  file.bin\n{sha256(DATA)}  other.bin\n")
    (stack.downloads / "d").mkdir()
    ctl("get", "-d", "d", "--sums", "WRONG", "-q", *urls, code=JOB_FAILED)
    assert_file(stack.downloads / "d/file.bin", DATA)
    assert not (stack.downloads / "d/other.bin").exists()
    remote.add("/third", DATA)
    assert "no checksum of 'third'" in ctl("get", "--sums", "SUMS", remote.url("/third"), code=MISUSED).err
    assert not (stack.downloads / "third").exists()


def test_what_makes_no_sense_is_refused_before_anything_happens(stack, ctl, remote):
    first, second = two(remote)
    for words, said in [((first, second, "c"), "'c' is not a URL"), ((first, "ftp://x"), "looks like a URL"),
                        (("example.org/x",), "did you mean 'https://example.org/x'?"), ((first, first), "would both become"),
                        ((first, second, "-o", "x"), "--directory"), ((first, "--range", "0-99"), "write '0:100'"),
                        ((first, "--sha256", "00"), "64 hex digits"), ((first, "--priority", "urgent"), "foreground"),
                        ((first, "-H", "bad"), "header"), ((first.replace("file", "a file"),), "")]:
        assert said in ctl("get", *words, code=MISUSED).err, words
    assert "would both become" in ctl("add", first, "x", second, "./x", code=MISUSED).err
    assert stack.manager.list() == [] and leftovers(stack.downloads) == []


def test_the_same_command_again_continues_its_job(stack, ctl, remote):
    resource = remote.add("/slow", DATA, script=Script(send=100_000, gate=True, then="finish"))
    words = ("get", remote.url("/slow"), "--limit-rate", "50M")
    process = ctl.begin(*words)
    remote.wait_sent("/slow", 100_000)
    wait_told(process)
    process.send_signal(signal.SIGINT)
    assert Result(process).code == INTERRUPTED
    (_, properties), = stack.manager.list()
    again = ctl.begin("get", remote.url("/slow"), "--limit-rate", "60M", "-H", "X-A: b")
    wait_told(again, f"continuing job {properties['Id'][:8]}")
    job = stack.manager.get(properties["Id"])
    assert (job.get("BandwidthLimit"), job.get("CustomHeaders")) == (60_000_000, ["X-A: b"])
    assert len(stack.manager.list()) == 1
    resource.gate.set()
    assert Result(again).code == 0
    assert_file(stack.downloads / "slow", DATA)


def test_a_script_does_not_wait_for_ever(stack, ctl, remote):
    remote.add("/busy", DATA, script=Script(status=503))
    process = ctl.begin("get", remote.url("/busy"))
    wait_told(process, "retry")
    (_, properties), = stack.manager.list()
    job = stack.manager.get(properties["Id"])
    assert (job.get("NoProgressTimeout"), job.get("Priority")) == (900, "normal")
    process.send_signal(signal.SIGINT)
    assert Result(process).code == INTERRUPTED
    begin = time.monotonic()
    failed = ctl("get", remote.url("/busy"), "again", "--retry-for", "6s", code=JOB_FAILED)
    assert "no progress for 6 seconds" in failed.err and 6 <= time.monotonic() - begin < patience(20)
    assert len(remote.of("/busy")) >= 3, "it was retried"
    ctl("get", remote.url("/busy"), "once", "--no-retry", code=JOB_FAILED)
    ctl("upload", "missing-host", "http://127.0.0.1:1/x", code=REFUSED)


def test_on_a_terminal_the_job_is_in_the_foreground_and_has_time(stack, ctl, remote):
    resource = remote.add("/slow", DATA, script=Script(send=100_000, gate=True, then="finish"))
    ours, theirs = pty.openpty()
    process = ctl.begin("get", remote.url("/slow"), stderr=theirs)
    os.close(theirs)
    remote.wait_sent("/slow", 100_000)
    (_, properties), = stack.manager.list()
    job = stack.manager.get(properties["Id"])
    assert (job.get("NoProgressTimeout"), job.get("Priority")) == (1_209_600, "foreground")
    resource.gate.set()
    assert process.wait(patience(30)) == 0
    process.stdout.close()
    os.close(ours)


def test_a_login_is_asked_for_or_comes_from_netrc(stack, ctl):
    server = stack.digest_server("joe", "se:cret")
    server.files["/secret.bin"] = DATA
    url = server.url("/secret.bin")
    ctl("get", url, "refused", code=JOB_FAILED)
    ctl("get", url, "asked", "--login", "joe", stdin=descriptor("se:cret\n"))
    assert (stack.downloads / "asked").exists()
    netrc = stack.downloads / "netrc"
    netrc.write_text("machine 127.0.0.1 login joe password se:cret\n")
    netrc.chmod(0o600)
    env = stack.env | {"NETRC": str(netrc)}
    ctl("get", url, "refused", "--no-netrc", env=env, code=JOB_FAILED)
    ctl("get", url, "refused", "--login", "joe", stdin=descriptor("se:cret\n"))
    assert (stack.downloads / "refused").exists(), "the failed job has got the password"


METALINK = """<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <file name="distribution/file.bin">
    <size>{size}</size>
    <hash type="sha-256">{sum}</hash>
    <url priority="2">{mirror}</url>
    <url priority="1">{broken}</url>
  </file>
  <file name="other.bin"><hash type="md5">{wrong}</hash><url>{other}</url></file>
</metalink>
"""


def test_a_server_with_a_certificate_authority_of_its_own(stack, ctl):
    """The job that has failed goes on when the command is repeated with the authority, whose path may be relative."""
    authority = Authority(stack.directory)
    url = stack.nginx(authority=authority).add("file", DATA)
    shutil.copy(authority.certificate, stack.downloads / "own.pem")
    told = ctl("get", url, "f", code=JOB_FAILED).err
    assert "is not trusted" in told and "CertificateAuthority=" in told
    assert "continuing job" in ctl("get", url, "f", "--cacert", "own.pem").err
    assert_file(stack.downloads / "f", DATA)
    job = stack.manager.get(ctl("add", url, "g", "--cacert", "own.pem").out.strip())
    assert job.get("CertificateAuthority") == str(stack.downloads / "own.pem")
    os.mkfifo(stack.downloads / "pipe")
    assert "it is not a regular file" in ctl("get", url, "h", "--cacert", "pipe", code=REFUSED).err


def test_a_metalink_file_lists_mirrors_and_checksums(stack, ctl, remote):
    mirror, other = two(remote)
    broken = remote.url("/broken")
    text = METALINK.format(size=len(DATA), sum=sha256(DATA), mirror=mirror, broken=broken, wrong="0" * 32, other=other)
    (stack.downloads / "both.meta4").write_text(text)
    (stack.downloads / "d").mkdir()
    told = ctl("get", "--metalink", "both.meta4", "-d", "d", "--no-retry", code=JOB_FAILED).err
    assert f"{stack.downloads}/d/other.bin: " in told
    assert_file(stack.downloads / "d/file.bin", DATA)
    assert not (stack.downloads / "d/other.bin").exists()
    ctl("cancel", "--all")
    with open(stack.downloads / "both.meta4") as stream:
        job = stack.manager.get(ctl("add", "--metalink", "-", "-d", "d", stdin=stream).out.strip())
    first, second = job.files()
    assert (first["RemoteName"], first["Mirrors"], first["BytesTotal"]) == (broken, [mirror], len(DATA))
    assert second["Checksum"] == "md5:" + "0" * 32 and job.get("DisplayName") == "file.bin and 1 more"
    for words, said in [(("get", "--metalink", mirror), "download it first"), (("get", "--metalink", "d/file.bin"), "line 1"),
                        (("get", "--metalink", "both.meta4", mirror), "name no others"),
                        (("get", "--metalink", "both.meta4", "-o", "x"), "--directory"),
                        (("add", "--metalink", "both.meta4", "--range", "0:1"), "name no others"),
                        (("add", "-d", "d", mirror, "x"), "--metalink")]:
        assert said in ctl(*words, code=MISUSED).err, words
