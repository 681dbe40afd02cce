# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples do what they say: other people's D-Bus libraries as callback objects and as activatable services."""

import os
import shutil
import subprocess

import pytest

from support.client.checks import assert_file, leftovers
from support.content import body
from support.environment import EXAMPLES, PYTHON, SOURCE, patience
from support.servers.response_script import Script

DATA = body(400_000)
LIBRARIES = {"dbus-python": ("org.haulier.example.DBusPython", "/org/haulier/example/DBusPython")}


def run(stack, library: str, script: str, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run([PYTHON, str(EXAMPLES / library / script), *map(str, arguments)], env=stack.env, text=True,
                          timeout=patience(30), capture_output=True, check=False)


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_activatable_service_is_started_told_and_completes_the_job(stack, library):
    name, path = LIBRARIES[library]
    log = stack.add_python_service(name, EXAMPLES / library / "notify_service.py")
    server = stack.fault_server()
    resource = server.add("/f", DATA, script=Script(send=1000, gate=True, then="finish"))
    target = stack.downloads / "file"
    client = run(stack, library, "fetch_and_leave.py", server.url("/f"), target, name, path)
    assert client.returncode == 0, client.stderr
    job_id = client.stdout.strip()
    assert not stack.client.owner(name)
    resource.gate.set()
    removed = stack.client.wait_signal("JobRemoved")
    assert removed.args[1:] == (job_id, "complete")
    assert_file(target, DATA)
    stack.client.wait(lambda: f"job {job_id}: complete 1 0" in log.read_text(), "the service's own words")
    stack.client.wait(lambda: not stack.client.owner(name), "the service to leave")


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_callback_object_is_called_and_completes_the_job(stack, library):
    server = stack.fault_server()
    server.add("/f", DATA)
    client = run(stack, library, "fetch_and_stay.py", server.url("/f"), stack.downloads / "file")
    assert client.returncode == 0, client.stderr
    assert client.stdout.strip().endswith(": complete 1 0")
    assert_file(stack.downloads / "file", DATA)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_failure_reaches_the_callback_object(stack, library):
    server = stack.fault_server()
    client = run(stack, library, "fetch_and_stay.py", server.url("/missing"), stack.downloads / "file")
    assert client.returncode == 1
    assert "failed:" in client.stdout and "(http-status)" in client.stdout
    assert leftovers(stack.downloads) == [] and stack.manager.list() == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_refusals_are_readable(stack, library):
    client = run(stack, library, "fetch_and_leave.py", "ftp://127.0.0.1/f", stack.downloads / "file")
    assert client.returncode == 1
    assert "ftp" in client.stderr and "Traceback" not in client.stderr


@pytest.fixture(scope="module")
def cpp_fetch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples") / "cpp"
    shutil.copytree(EXAMPLES / "cpp", folder)
    subprocess.run(["make", "-C", folder, f"interfaces={SOURCE / 'dbus'}", "CXXFLAGS=-O0 -Werror"], check=True,
                   env=os.environ | {"PKG_CONFIG_PATH": "/nowhere"}, timeout=patience(60))
    return folder / "fetch"


def fetch(stack, *command) -> subprocess.CompletedProcess:
    return subprocess.run([*map(str, command)], env=stack.env, cwd=stack.downloads, text=True, timeout=patience(30),
                          capture_output=True, check=False)


def test_generated_proxies_fetch_a_file(stack, cpp_fetch):
    server = stack.fault_server()
    server.add("/f", DATA)
    client = fetch(stack, cpp_fetch, server.url("/f"), "file")
    assert (client.returncode, client.stdout, client.stderr) == (0, "file\n", "")
    assert_file(stack.downloads / "file", DATA)


def test_generated_proxies_say_what_went_wrong(stack, cpp_fetch):
    server = stack.fault_server()
    failed = fetch(stack, cpp_fetch, server.url("/missing"), "file")
    refused = fetch(stack, cpp_fetch, "ftp://127.0.0.1/f", "file")
    assert (failed.returncode, refused.returncode) == (1, 1)
    assert "404" in failed.stderr and "ftp" in refused.stderr
    assert leftovers(stack.downloads) == [] and stack.manager.list() == []


def test_the_walk_through_with_nothing_but_busctl(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    script = EXAMPLES / "shell" / "walk_through.sh"
    client = fetch(stack, script, "--user", server.url("/f"), "file")
    assert client.returncode == 0, client.stderr
    assert 's "suspended"' in client.stdout and "complete" in client.stdout
    assert_file(stack.downloads / "file", DATA)
    failed = fetch(stack, script, server.url("/missing"), "file2")
    assert failed.returncode == 1 and "404" in failed.stdout
    assert stack.manager.list() == [] and leftovers(stack.downloads) == ["file"]
