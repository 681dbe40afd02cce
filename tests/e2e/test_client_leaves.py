# SPDX-License-Identifier: LGPL-2.1-or-later
"""The promise of the whole thing: a program asks, leaves, and is told."""

import subprocess

from support.bus.notify_service import NotifyService
from support.client.checks import assert_file, leftovers
from support.content import body
from support.environment import EXAMPLES, PYTHON, patience


def ask_and_leave(stack, *arguments) -> None:
    """A client in a process of its own, which is gone when this returns."""
    script = EXAMPLES / "dbus-python" / "fetch_and_leave.py"
    done = subprocess.run([PYTHON, str(script), *map(str, arguments)], env=stack.env, timeout=patience(30),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_job_of_a_client_that_exits_at_once_is_finished_published_and_announced(stack):
    content = body(3_000_000)
    target = stack.downloads / "film.bin"
    nginx = stack.nginx(rate="4m")
    service = NotifyService(stack, behaviour="complete")

    ask_and_leave(stack, nginx.add("film", content), target, service.name, "/client")
    removed = stack.client.wait_signal("JobRemoved", seconds=30)

    job_id = removed.args[1]
    assert removed.args[2] == "complete"
    assert_file(target, content)
    assert leftovers(stack.downloads) == ["film.bin"]
    assert service.calls == [("JobTransferred", job_id)]
    assert len(service.starts) == 1
    told = [s.member for s in stack.client.signals if s.path == "/org/haulier/Haulier1" and s.member.startswith("Job")]
    assert told == ["JobAdded", "JobTransferred", "JobRemoved"]
    assert stack.manager.list() == []


def test_without_a_service_the_job_waits_for_whoever_comes_back(stack):
    content = body(200_000)
    target = stack.downloads / "file"
    nginx = stack.nginx()
    ask_and_leave(stack, nginx.add("file", content), target)
    stack.client.wait_signal("JobTransferred")

    (path, properties), = stack.manager.list(States=["transferred"])
    job = stack.manager.get(properties["Id"])
    assert job.path == path
    assert not target.exists()
    assert job.get("WaitReason") == ("needs-complete", 0)
    assert job.complete() == ("complete", 1, 0)
    assert_file(target, content)
