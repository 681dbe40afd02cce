# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fixtures for all tests, and the logs in the report of a test that failed."""

import pytest

from support.fault_server import FaultServer
from support.haulierctl import DATA, Ctl
from support.stack import Stack, drain


@pytest.fixture
def new_stack(request):
    """Makes stacks with a configuration or environment of their own; all are torn down, and none may have tripped a
    sanitizer."""
    stacks = request.node.stacks = []

    def make(config=None, env=None, kind=Stack) -> Stack:
        stacks.append(kind(config, env))
        return stacks[-1]

    drain()
    yield make
    findings = ""
    for stack in stacks:
        try:
            stack.stop_daemon()
        finally:
            request.node.logs = getattr(request.node, "logs", []) + stack.logs()
            findings += stack.sanitizer_findings()
            stack.close()
    assert not findings, findings


@pytest.fixture
def stack(new_stack) -> Stack:
    return new_stack()


@pytest.fixture
def ctl(stack) -> Ctl:
    return Ctl(stack)


@pytest.fixture
def remote(stack) -> FaultServer:
    """What haulierctl is sent to: it has /file.bin."""
    fault_server = stack.fault_server()
    fault_server.add("/file.bin", DATA)
    return fault_server


@pytest.fixture
def server():
    """A fault server without a stack."""
    fault_server = FaultServer()
    yield fault_server
    fault_server.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if not report.failed:
        return
    logs = getattr(item, "logs", None)
    if logs is None:
        logs = [log for stack in getattr(item, "stacks", []) for log in stack.logs()]
    for name, text in logs:
        if text.strip():
            report.sections.append((f"log {name}", text[-12000:]))
