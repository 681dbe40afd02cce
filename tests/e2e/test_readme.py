# SPDX-License-Identifier: LGPL-2.1-or-later
"""What README.md and docs/client-guide.md tell people to type does what they say."""

import os
import pathlib
import re
import subprocess

import pytest

from support.client.checks import assert_file, leftovers
from support.content import body
from support.environment import PYTHON, SOURCE, patience, program
from support.servers.response_script import Script

FILES = {"small.bin": body(70_000, seed=1), "film.iso": body(6_000_000, seed=2), "song.ogg": body(900_000, seed=3)}


def blocks(page: str, language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", (SOURCE / page).read_text(), flags=re.MULTILINE | re.DOTALL)
    assert found, f"no {language} in {page}"
    return found


@pytest.fixture
def example_org(stack) -> str:
    """What stands for https://example.org. The film comes to a halt, so that the job can be suspended in the middle."""
    server = stack.fault_server()
    for name, content in FILES.items():
        server.add(f"/{name}", content)
    server.resources["/film.iso"].next_scripts(Script(send=1_000_000, then="stall"))
    return server.url("/")


def run(stack, command: list[str]) -> str:
    tools = pathlib.Path(program("HAULIERCTL")).parent
    env = stack.env | {"PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=stack.downloads, env=env, text=True, timeout=patience(40), capture_output=True,
                          stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def home(stack) -> pathlib.Path:
    return pathlib.Path(stack.env["HOME"])


def test_the_walk_through_with_haulierctl(stack, example_org):
    script = blocks("README.md", "sh")[0].replace("https://example.org/", example_org)
    said = run(stack, ["sh", "-eu", "-c", script])
    assert_file(stack.downloads / "small.bin", FILES["small.bin"])
    assert_file(home(stack) / "film.iso", FILES["film.iso"])
    assert "film.iso" in said and "suspended" in said
    assert stack.manager.list() == [] and leftovers(stack.downloads) == ["small.bin"]


def test_the_walk_through_with_busctl(stack, example_org):
    script = blocks("README.md", "sh")[1].replace("https://example.org/", example_org)
    said = run(stack, ["sh", "-eu", "-c", script])
    assert_file(home(stack) / "song.ogg", FILES["song.ogg"])
    assert 'suu "complete" 1 0' in said and "a(oa{sv}) 0" in said


def test_client_and_service_of_the_client_guide(stack, example_org):
    """The C++ client asks and leaves, the Python service is started and completes."""
    (service,) = [block for block in blocks("docs/client-guide.md", "python") if "register_object" in block]
    script = service.replace("/usr/share/dbus-1/interfaces/", f"{SOURCE}/dbus/")
    (stack.directory / "notify.py").write_text(script)
    log = stack.add_python_service("org.example.App", stack.directory / "notify.py")

    target = stack.downloads / "song.ogg"
    source = stack.directory / "client.cpp"
    text = blocks("docs/client-guide.md", "cpp")[0].replace("https://example.org/", example_org)
    version = subprocess.run(["pkg-config", "--modversion", "sdbus-c++"], capture_output=True, text=True, check=True)
    if version.stdout.startswith("1."):
        text = text.replace("sdbus::ServiceName", "std::string")  # as the guide says
    source.write_text(text.replace("/tmp/song.ogg", str(target)))
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "sdbus-c++"], capture_output=True, text=True, check=True)
    client = stack.directory / "client"
    subprocess.run(["c++", "-std=c++20", str(source), "-o", str(client), *flags.stdout.split()], check=True,
                   capture_output=True, timeout=patience(60))
    run(stack, [str(client)])

    assert stack.client.wait_signal("JobRemoved", seconds=30).args[2] == "complete", log.read_text()
    assert_file(target, FILES["song.ogg"])


def lines_of_code(text: str) -> int:
    text = re.sub(r'^""".*?"""\n', "", text, flags=re.MULTILINE | re.DOTALL)
    return sum(bool(line.strip()) and not re.match(r"\s*(//|#(?!include))", line) for line in text.splitlines())


def test_the_guide_counts_the_lines_of_the_examples_right():
    rows = re.findall(r"\| (\d+) \(`(examples/[^`]*)`\) \|", (SOURCE / "docs/client-guide.md").read_text())
    assert len(rows) == 6
    assert rows == [(str(lines_of_code((SOURCE / path).read_text())), path) for _count, path in rows]
