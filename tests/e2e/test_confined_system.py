# SPDX-License-Identifier: LGPL-2.1-or-later
"""Apps in sandboxes on the system bus: the worker of their user examines them, and they are confined as on a session bus."""

import os
import pathlib
import subprocess

import pytest

from support.bus.flatpak import FlatpakApp, flatpak_info, in_sandbox, need_sandboxes
from support.client.checks import assert_file, leftovers, refused
from support.content import body
from support.daemon.person_stack import PersonStack, person
from support.daemon.system_stack import SystemStack
from support.environment import PYTHON, patience, program
from support.processes import as_user

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")
APP = "org.example.App"
TESTS = pathlib.Path(__file__).parent.parent

CLIENT = """
import os, sys
from support.client.dbus_client import *
manager = Manager(Bus(sys.argv[1]))
url, own, outside = sys.argv[2:]

def attempt(call):
    try:
        return call()
    except BusError as error:
        return error.name

print(attempt(lambda: manager.create(files=[(url, outside)])))
job = attempt(lambda: manager.create(files=[(url, own + "/file")]))
print(job if isinstance(job, str) else f"{job.get('AppId')} {job.get('AppIdSource')} {job.get('Owner')}")
print(attempt(lambda: len(manager.list())), attempt(lambda: manager.property("Jobs")),
      attempt(lambda: len(manager.list(AllUsers=True))))
print(attempt(lambda: manager.bus.call(NAME, ROOT, MANAGER, "Hold", "(t)", 0)))
print(attempt(lambda: manager.get(sys.stdin.readline().strip())))
"""


@pytest.fixture
def stack(new_stack) -> SystemStack:
    need_sandboxes()
    stack = new_stack(kind=SystemStack)
    (pathlib.Path(stack.env["HOME"]) / ".var/app" / APP).mkdir(parents=True)
    return stack


@pytest.fixture
def url(stack) -> str:
    return stack.nginx().add("file", body(1000))


def say(stack, uid: int, url: str, others: str, info: str | None) -> list[str]:
    """Returns what the client prints, run as this user, in a sandbox if there is `info`."""
    own = pathlib.Path(stack.env["HOME"]) / ".var/app" / APP
    words = [PYTHON, "-c", CLIENT, stack.bus.address, url, str(own), str(stack.downloads / "x")]
    descriptors = []
    if info:
        words, descriptor = in_sandbox(info, words, user=uid)
        descriptors = [descriptor]
    else:
        words = as_user(uid, words)
    done = subprocess.run(words, env=stack.env | {"PYTHONPATH": str(TESTS)}, pass_fds=descriptors, capture_output=True, text=True,
                          timeout=patience(60), check=False, input=others + "\n")
    for descriptor in descriptors:
        os.close(descriptor)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_an_app_is_confined_to_its_own_files_and_jobs(stack, url):
    user = person()
    job = stack.user(user)
    theirs = job.call("org.haulier.Haulier1", "/org/haulier/Haulier1", "org.haulier.Haulier1.Manager", "CreateJob", "(ssa{sv})",
                      "theirs", "download", {})[1]
    said = say(stack, user, url, theirs, flatpak_info(APP))
    assert said == ["OutsideSandbox", f"{APP} sandbox {user}", "1 1 AccessDenied", "AccessDenied", "NotFound"]
    assert leftovers(stack.downloads) == []


def test_a_sandbox_without_network_may_call_nothing(stack, url):
    said = say(stack, person(), url, "0" * 32, flatpak_info(APP, network=False))
    assert set(said[:2]) == {"AccessDenied"}


@pytest.mark.parametrize("sandboxed", [False, True], ids=["outside sandboxes", "root in one"])
def test_programs_outside_sandboxes_and_those_of_root_are_not_confined(stack, url, sandboxed):
    said = say(stack, 0 if sandboxed else person(), url, "0" * 32, flatpak_info(APP) if sandboxed else None)
    assert "OutsideSandbox" not in said and not said[1].startswith(f"{APP} sandbox")


def test_the_proxy_of_a_sandbox_stands_for_the_app(new_stack):
    """A real xdg-dbus-proxy, which runs as the app's user, as does the worker that examines it."""
    stack = new_stack(kind=PersonStack)
    url = stack.nginx().add("file", body(1000))
    app = FlatpakApp(stack)
    for outside in (stack.downloads / "x", pathlib.Path(stack.env["HOME"]) / ".bashrc"):
        with refused("OutsideSandbox"):
            app.manager.create(files=[(url, outside)])
    job = app.manager.create(files=[(url, app.own / "data/file")], Resume=True)
    job.wait_state("transferred")
    assert (job.get("AppId"), job.get("AppIdSource"), job.get("Owner")) == (APP, "sandbox", stack.person)
    assert job.complete() == ("complete", 1, 0)
    assert_file(app.own / "data/file", body(1000))
    stack.manager.create("root's")
    assert app.manager.list() == []
    with refused("AccessDenied"):
        FlatpakApp(stack, "org.example.Other", network=False).manager.create()


class BreakableWorker(SystemStack):
    """The worker does not start while there is a file `broken`."""

    def daemon_command(self) -> list[str]:
        worker = self.directory / "worker"
        worker.write_text(f'#!/bin/sh\n[ -e {self.directory}/broken ] && exit 1\nexec {program("HAULIER_WORKER")} "$@"\n')
        worker.chmod(0o755)
        return [word for word in super().daemon_command() if not word.startswith("--worker=")] + [f"--worker={worker}"]


PERSISTENT = """
import sys
from support.client.dbus_client import *
manager = Manager(Bus(sys.argv[1]))

def jobs():
    try:
        return len(manager.list())
    except BusError as error:
        return error.name + " " + error.message

print(jobs(), flush=True)
sys.stdin.readline()
manager.bus.wait(lambda: jobs() == 0, "an answer")
"""


def test_a_caller_that_could_not_be_examined_is_examined_again(new_stack):
    """It keeps its connection to the bus."""
    stack = new_stack(kind=BreakableWorker)
    broken = stack.directory / "broken"
    broken.touch()
    user = person()
    client = subprocess.Popen(["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", PYTHON, "-c", PERSISTENT,
                               stack.bus.address], env=stack.env | {"PYTHONPATH": str(TESTS)}, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        refusal = client.stdout.readline()
        assert refusal.startswith("AccessDenied ") and "try again when this is over" in refusal
        broken.unlink()
        client.communicate("\n", timeout=patience(40))
    finally:
        client.kill()
    assert client.returncode == 0


def test_without_a_worker_only_root_is_served(new_stack):
    stack = new_stack(kind=BreakableWorker)
    url = stack.nginx().add("file", body(1000))
    broken = stack.directory / "broken"
    broken.touch()
    assert set(say(stack, person(), url, "0" * 32, None)) == {"AccessDenied", "AccessDenied AccessDenied AccessDenied"}
    assert stack.manager.list() == []
    broken.unlink()
    assert say(stack, person(), url, "0" * 32, None)[2].split()[0].isdigit(), "a new connection is examined again"
