# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fixtures for the tests of what happens on the internet: short times, a certificate authority, networks and disks."""

import os

import pytest

from support.environment import patience
from support.network_namespace import Network
from support.servers.certificates import Authority

# The servers of a test share a process with it, and on a busy machine it may be silent for a second.
TIMEOUT_SECONDS = max(1, patience(3))  # less than one is not accepted
TIMEOUT = f"{round(1000 * TIMEOUT_SECONDS)}ms"

# Retries come after MinimumRetryDelay, which is at least five seconds.
SHORT = {
    "Transfer": {"CheckpointBytes": "64K", "CheckpointInterval": "200ms", "StallTimeout": TIMEOUT,
                 "ConnectTimeout": TIMEOUT},
    "Scheduler": {"MaxBackgroundJobs": "100"},
}


@pytest.fixture
def field(new_stack):
    """Makes stacks with short times; sections of the configuration can be changed."""
    def make(env=None, **sections):
        merged = {section: SHORT.get(section, {}) | sections.get(section, {}) for section in SHORT | sections}
        return new_stack(merged, env)
    return make


@pytest.fixture
def stack(field):
    return field()


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def tls_stack(field, authority):
    """A stack that trusts the authority."""
    return field(env={"SSL_CERT_FILE": str(authority.certificate)})


@pytest.fixture
def network():
    if os.geteuid() != 0:
        pytest.skip("a network namespace needs root")
    own = Network()
    yield own
    own.leave()
