# SPDX-License-Identifier: LGPL-2.1-or-later
"""Paths at which opening would block: they harm the job that names them, and no other."""

import os
import time

import pytest

from support.client.checks import assert_file
from support.content import body
from support.environment import patience
from support.servers.certificates import Authority
from support.servers.response_script import Script

DATA = body(300_000)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def stack(new_stack, authority):
    return new_stack(env={"SSL_CERT_FILE": str(authority.certificate)})


@pytest.mark.parametrize("name", ["ClientCertificate", "CertificateAuthority"])
def test_a_certificate_that_is_a_pipe(stack, authority, name):
    """The job fails with a sentence, its neighbour goes on meanwhile, and Cancel is answered at once."""
    server = stack.fault_server(authority=authority)
    server.add("/f", DATA)
    server.add("/slow", DATA, script=Script(rate=200_000))
    pipe = stack.directory / "pipe"
    os.mkfifo(pipe)
    good = stack.manager.create(files=[(server.url("/slow"), stack.downloads / "good")], Resume=True)
    good.wait_bytes(1)
    bad = stack.manager.create(files=[(server.url("/f"), stack.downloads / "bad")], Resume=True,
                               **{name: str(pipe)})
    bad.wait_state("error", "transient-error", unless=())
    assert bad.get("Error")[1] == "tls-certificate" and "regular file" in bad.get("Error")[3]
    began = time.monotonic()
    bad.cancel()
    assert time.monotonic() - began < patience(10)
    good.wait_state("transferred", unless=("error", "transient-error"))
    good.complete()
    assert_file(stack.downloads / "good", DATA)


@pytest.mark.parametrize("name", ["ClientCertificate", "CertificateAuthority"])
def test_a_certificate_that_is_no_certificate(stack, authority, name):
    server = stack.fault_server(authority=authority)
    server.add("/f", DATA)
    endless = stack.directory / "large"
    with endless.open("wb") as file:
        file.truncate(1 << 40)
    for path in (endless, stack.directory / "missing", stack.directory):
        job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True,
                                   **{name: str(path)})
        job.wait_state("error", "transient-error", unless=())
        assert job.get("Error")[1] == "tls-certificate" and job.get("Error")[3]
        job.cancel()


def test_a_source_that_becomes_a_pipe(stack):
    """An upload whose file was replaced by a pipe before it began."""
    server = stack.fault_server()
    source = stack.downloads / "source"
    source.write_bytes(DATA)
    job = stack.manager.create(job_type="upload", files=[(server.url("/f"), source)])
    source.unlink()
    os.mkfifo(source)
    job.resume()
    job.wait_state("error", "transient-error", unless=())
    assert job.get("Error")[:2] == ("local-file", "local-file") and job.get("Error")[3]
    job.cancel()
