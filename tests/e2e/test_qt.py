# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example in Qt, and the client of the guide, from their sources to their callbacks, with Qt 5 and Qt 6."""

import pathlib
import re
import shutil
import subprocess

import pytest

from support.client.checks import assert_file, leftovers
from support.content import body
from support.environment import EXAMPLES, SOURCE, is_sanitized, patience
from support.library import needs
from support.servers.response_script import Script

DATA = body(60_000)
# Starts a download, may cancel it at once, and starts another one with the same object.
TWICE = """#include "haulier_download.hpp"
#include <QCoreApplication>
int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const auto words = app.arguments();
    HaulierDownload download;
    QObject::connect(&download, &HaulierDownload::finished, &app, [&] { app.exit(0); });
    QObject::connect(&download, &HaulierDownload::failed, &app, [&] { app.exit(1); });
    download.start("first", words.value(2), words.value(3));
    if (words.value(1) == "cancel") download.cancel();
    download.start("second", words.value(4), words.value(5));
    return app.exec();
}
"""
pytestmark = pytest.mark.skipif(is_sanitized(), reason="with sanitizers, the example is the same, and takes as long to compile")


def guide() -> str:
    text = (SOURCE / "docs/client-guide.md").read_text()
    (client,) = [block for block in re.findall(r"^```cpp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if "haulier_download" in block]
    return client.replace('"https://example.org/song.ogg"', "app.arguments().value(1)")


@pytest.fixture(scope="module", params=["5", "6"], ids=["Qt 5", "Qt 6"])
def built(request, tmp_path_factory) -> pathlib.Path:
    """Builds the example as its CMakeLists.txt says, and the guide's client in the same way."""
    folder = tmp_path_factory.mktemp(f"qt{request.param}")
    sources = folder / "sources"
    shutil.copytree(EXAMPLES / "qt", sources)
    (sources / "guide.cpp").write_text(guide())
    (sources / "twice.cpp").write_text(TWICE)
    with open(sources / "CMakeLists.txt", "a") as file:
        for name in ("guide", "twice"):
            file.write(f"add_executable({name} {name}.cpp)\ntarget_link_libraries({name} haulier_qt)\n")
    options = [f"-DQT_VERSION_MAJOR={request.param}", f"-DHAULIER_INTERFACES={SOURCE}/dbus",
               "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror", "-DCMAKE_UNITY_BUILD=ON"]
    for words in (["-B", folder, "-S", sources, *options], ["--build", folder]):
        done = subprocess.run([needs("cmake"), *map(str, words)], text=True, capture_output=True, timeout=patience(250), check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def fetch(built) -> str:
    return str(built / "fetch")


def test_the_client_of_the_guide(stack, built):
    server = stack.fault_server()
    server.add("/f", DATA)
    done = subprocess.run([built / "guide", server.url("/f")], env=stack.env, cwd=stack.downloads, text=True,
                          capture_output=True, timeout=patience(30), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_file(stack.downloads / "song.ogg", DATA)


def test_a_file_is_fetched_with_progress_and_a_callback(stack, fetch):
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(rate=40_000))
    done = subprocess.run([fetch, server.url("/f"), str(stack.downloads / "file")], env=stack.env, text=True,
                          capture_output=True, timeout=patience(30), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    *progress, result = done.stdout.splitlines()
    assert result == "complete" and progress and all(line.endswith(" bytes") for line in progress)
    assert_file(stack.downloads / "file", DATA)


def test_a_job_of_an_earlier_run_is_found(stack, fetch):
    server = stack.fault_server()
    url = server.url("/f")
    server.add("/f", DATA, script=Script(send=20_000, gate=True, then="finish"))
    first = subprocess.Popen([fetch, url, str(stack.downloads / "file")], env=stack.env, stdout=subprocess.DEVNULL)
    server.wait_sent("/f", 20_000)
    first.kill()
    first.wait()
    second = subprocess.Popen([fetch, url, str(stack.downloads / "file")], env=stack.env, text=True, stdout=subprocess.PIPE)
    (job,) = [stack.manager.get(values["Id"]) for _path, values in stack.manager.list()]
    pid_of = stack.client.pid_of
    job.wait_property("NotifyObject", lambda target: stack.client.of_all(pid_of).get(target[0]) == second.pid)
    server.resources["/f"].gate.set()
    assert second.communicate(timeout=patience(30))[0].splitlines()[-1] == "complete"
    assert len(server.of("/f")) == 1
    assert_file(stack.downloads / "file", DATA)


def test_the_daemon_is_killed_meanwhile(stack, fetch):
    server = stack.fault_server()
    server.add("/f", DATA, script=Script(send=20_000, gate=True, then="finish"))
    client = subprocess.Popen([fetch, server.url("/f"), str(stack.downloads / "file")], env=stack.env, text=True,
                              stdout=subprocess.PIPE)
    server.wait_sent("/f", 20_000)
    stack.kill_daemon()
    server.wait_sent("/f", 1, times=2)
    server.resources["/f"].gate.set()
    assert client.communicate(timeout=patience(30))[0].splitlines()[-1] == "complete"
    assert_file(stack.downloads / "file", DATA)


def test_a_failure_is_told_and_leaves_nothing(stack, fetch):
    server = stack.fault_server()
    done = subprocess.run([fetch, server.url("/missing"), str(stack.downloads / "file")], env=stack.env, text=True,
                          capture_output=True, timeout=patience(30), check=False)
    assert done.returncode == 1 and "404" in done.stdout, done.stdout + done.stderr
    assert leftovers(stack.downloads) == []


def test_a_refusal_is_told(stack, fetch):
    done = subprocess.run([fetch, "ftp://127.0.0.1/f", str(stack.downloads / "file")], env=stack.env, text=True,
                          capture_output=True, timeout=patience(30), check=False)
    assert done.returncode == 1 and "ftp" in done.stdout, done.stdout + done.stderr


def twice(stack, built, word: str, first: str, second: str) -> subprocess.Popen:
    return subprocess.Popen([built / "twice", word, first, str(stack.downloads / "first"), second, str(stack.downloads / "second")],
                            env=stack.env)


def test_a_download_is_cancelled_before_there_is_a_job(stack, built):
    server = stack.fault_server()
    server.add("/first", DATA, script=Script(send=20_000, gate=True, then="finish"))
    server.add("/second", DATA)
    assert twice(stack, built, "cancel", server.url("/first"), server.url("/second")).wait(patience(30)) == 0
    assert_file(stack.downloads / "second", DATA)
    stack.client.wait(lambda: not stack.manager.list(), "the end of the first job")
    assert not (stack.downloads / "first").exists()


def test_the_end_of_an_earlier_download_is_not_that_of_the_later_one(stack, built):
    server = stack.fault_server()
    server.add("/first", DATA)
    server.add("/second", DATA, script=Script(send=20_000, gate=True, then="finish"))
    client = twice(stack, built, "go on", server.url("/first"), server.url("/second"))
    server.wait_sent("/second", 20_000)
    jobs = {values["Key"]: stack.manager.get(values["Id"]) for _path, values in stack.manager.list()}
    jobs["first"].wait_state("transferred")
    server.resources["/second"].gate.set()
    assert client.wait(patience(30)) == 0
    assert_file(stack.downloads / "second", DATA)
    assert jobs["first"].state == "transferred"
