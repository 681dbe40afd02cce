# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processes that may open few files: the limit is raised as far as is allowed, and a shortage passes."""

import os
import resource

import pytest

from support.client.checks import assert_file
from support.content import body
from support.servers.response_script import Script

DATA = body(100_000)
FILES = resource.RLIMIT_NOFILE


@pytest.fixture
def few_files():
    """Processes started from now on may open few files, unless they raise their limit."""
    soft, hard = resource.getrlimit(FILES)
    resource.setrlimit(FILES, (128, hard))
    yield min(hard, 65536) if hard != resource.RLIM_INFINITY else 65536
    resource.setrlimit(FILES, (soft, hard))


def test_field_limits_the_soft_limit_is_raised(few_files, stack):
    """Daemon and worker use the hard limit, and not the soft one with which they are started."""
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(send=1000, then="stall"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transferring")
    for pid in (stack.daemon_pid(), stack.worker_pid()):
        assert resource.prlimit(pid, FILES)[0] == few_files


def test_field_limits_a_shortage_of_files_passes(field):
    """A worker that can open no more files says so, and the job goes on when it can."""
    stack = field(Transfer={"StallTimeout": "60s"})
    server = stack.fault_server()
    server.add("/slow", DATA, script=Script(send=1000, then="stall"))
    server.add("/f", DATA)
    slow = stack.manager.create(files=[(server.url("/slow"), stack.downloads / "slow")], Resume=True)
    slow.wait_state("transferring")
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], MinimumRetryDelay=5)
    worker = stack.worker_pid()
    soft, hard = resource.prlimit(worker, FILES)
    resource.prlimit(worker, FILES, (len(os.listdir(f"/proc/{worker}/fd")), hard))
    job.resume()
    job.wait_state("transient-error", unless=("error", "transferred"))
    _context, name, _code, sentence, _ = job.get("Error")
    assert name != "internal" and "open files" in sentence
    resource.prlimit(worker, FILES, (soft, hard))
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "f", DATA)
