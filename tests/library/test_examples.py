# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples for libhaulier do what they say, in each language that is installed."""

import os
import re
import shutil
import subprocess

import pytest

from support.client.checks import assert_file, leftovers
from support.content import body
from support.environment import EXAMPLES, PYTHON, SOURCE, patience
from support.library import FOLDER, environment, needs, needs_library, needs_typelib
from support.servers.response_script import Script

DATA = body(400_000)
NAME, PATH = "org.haulier.example.Python", "/org/haulier/example/Python"


def build(folder, *command) -> None:
    done = subprocess.run([*map(str, command)], cwd=folder, text=True, capture_output=True, timeout=patience(60), check=False,
                          env=os.environ | {"PKG_CONFIG_PATH": str(FOLDER.parent / "meson-uninstalled")})
    assert done.returncode == 0, done.stdout + done.stderr


def c(folder) -> list[str]:
    needs_library()
    shutil.copytree(EXAMPLES / "c", folder, dirs_exist_ok=True)
    build(folder, "make", "CFLAGS=-O0 -Werror")
    return [str(folder / "fetch")]


def vala(folder) -> list[str]:
    needs_typelib()
    needs("valac")
    if not (FOLDER / "libhaulier-1.0.vapi").exists():
        pytest.skip("libhaulier was built without its description for Vala")
    build(folder, "valac", "--vapidir", FOLDER, "--pkg", "libhaulier-1.0", "--pkg", "gio-2.0", "-o", folder / "fetch",
          EXAMPLES / "vala" / "fetch.vala")
    return [str(folder / "fetch")]


def javascript(_folder) -> list[str]:
    needs_typelib()
    return [needs("gjs"), str(EXAMPLES / "javascript" / "fetch.js")]


def python(_folder) -> list[str]:
    needs_typelib()
    return [PYTHON, str(EXAMPLES / "python" / "fetch_and_stay.py")]


@pytest.fixture(params=[c, javascript, python, vala], ids=lambda made: made.__name__)
def fetch(request, tmp_path, stack):
    command = request.param(tmp_path)

    def run(*arguments) -> subprocess.CompletedProcess:
        return subprocess.run([*command, *map(str, arguments)], env=environment(stack), text=True, timeout=patience(30),
                              capture_output=True, check=False)

    return run


def test_a_file_is_fetched(stack, fetch):
    server = stack.fault_server()
    server.add("/f", DATA)
    done = fetch(server.url("/f"), stack.downloads / "file")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("complete")
    assert_file(stack.downloads / "file", DATA)


def test_a_failure_is_told(stack, fetch):
    server = stack.fault_server()
    done = fetch(server.url("/missing"), stack.downloads / "file")
    assert done.returncode == 1
    assert "404" in done.stdout + done.stderr and "Traceback" not in done.stderr


def run_python(stack, script: str, *arguments) -> subprocess.CompletedProcess:
    needs_typelib()
    return subprocess.run([PYTHON, str(EXAMPLES / "python" / script), *map(str, arguments)], env=environment(stack), text=True,
                          timeout=patience(30), capture_output=True, check=False)


def test_a_python_service_is_started_told_and_completes_the_job(stack):
    needs_typelib()
    settings = [f"{name}={value}" for name, value in environment(stack).items()
                if name in ("LD_LIBRARY_PATH", "GI_TYPELIB_PATH", "PYTHONPATH")]
    log = stack.bus.add_service(NAME, ["/usr/bin/env", *settings, PYTHON, str(EXAMPLES / "python" / "notify_service.py")])
    server = stack.fault_server()
    resource = server.add("/f", DATA, script=Script(send=1000, gate=True, then="finish"))
    target = stack.downloads / "file"
    client = run_python(stack, "fetch_and_leave.py", server.url("/f"), target, NAME, PATH)
    assert client.returncode == 0, client.stderr
    job_id = client.stdout.strip()
    assert not stack.client.owner(NAME)
    resource.gate.set()
    assert stack.client.wait_signal("JobRemoved").args[1:] == (job_id, "complete")
    assert_file(target, DATA)
    stack.client.wait(lambda: f"job {job_id}: complete" in log.read_text(), "the service's own words")
    stack.client.wait(lambda: not stack.client.owner(NAME), "the service to leave")


def test_refusals_are_readable_in_python(stack):
    client = run_python(stack, "fetch_and_stay.py", "ftp://127.0.0.1/f", stack.downloads / "file")
    assert client.returncode == 1
    assert "ftp" in client.stderr and "Traceback" not in client.stderr
    assert leftovers(stack.downloads) == []


@pytest.mark.parametrize("page", ["README.md", "docs/client-guide.md"])
def test_the_python_of_the_documentation(stack, page):
    needs_typelib()
    server = stack.fault_server()
    server.add("/song.ogg", DATA)
    script = next(block for block in re.findall(r"^```python\n(.*?)^```$", (SOURCE / page).read_text(), flags=re.M | re.S)
                  if "import haulier" in block)
    done = subprocess.run([PYTHON, "-c", script.replace("https://example.org/", server.url("/"))], env=environment(stack),
                          cwd=stack.downloads, text=True, timeout=patience(30), capture_output=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["complete"], done.stdout + done.stderr
    (file,) = stack.downloads.iterdir()
    assert_file(file, DATA)
