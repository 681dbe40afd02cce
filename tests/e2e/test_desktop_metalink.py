# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-notify --open: what happens when someone opens a Metalink file."""

import os
import pathlib
import subprocess

import pytest

from support.bus.fake_desktop import NotificationServer
from support.daemon.agent import desktop_environment
from support.environment import patience, program

CONTENT = b"content"


@pytest.fixture
def notices(stack):
    return stack.stop_at_end(NotificationServer(stack.bus.address))


@pytest.fixture
def metalink(stack):
    """Writes a Metalink file of files with these names."""
    server = stack.fault_server()
    server.add("/file", CONTENT)

    def write(*names: str) -> pathlib.Path:
        files = "".join(f'<file name="{name}"><url>{server.url("/file")}</url></file>' for name in names)
        path = stack.directory / "<b>list.meta4"
        path.write_text(f'<metalink xmlns="urn:ietf:params:xml:ns:metalink">{files}</metalink>')
        return path
    return write


@pytest.fixture
def prompt(stack):
    started = []

    def begin(path, **changes: str) -> subprocess.Popen:
        started.append(subprocess.Popen([program("HAULIER_NOTIFY"), "--open", path], env=desktop_environment(stack) | changes,
                                        text=True, errors="replace", stderr=subprocess.PIPE))
        return started[-1]
    yield begin
    for process in started:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen) -> tuple[int, str]:
    _, errors = process.communicate(timeout=patience(20))
    return process.returncode, errors


def test_nothing_is_done_before_the_user_says_so(stack, notices, folder, metalink, prompt):
    asked = prompt(metalink("film.iso"))
    note = notices.wait_note("Start the downloads of <b>list.meta4?")
    assert note.body == f"The files go to {folder}." and note.actions == {"start": "Start", "cancel": "Cancel"}
    assert note.timeout == 0 and not stack.running()
    notices.press(note, "cancel")
    assert ended(asked) == (0, "") and not stack.running() and list(folder.iterdir()) == []


def test_start_gives_the_files_to_haulier(stack, notices, folder, metalink, prompt):
    asked = prompt(metalink("a/b/film.iso", ".bashrc", "plain"))
    notices.wait_for(lambda: notices.notes, "the question")
    notices.press(notices.notes[0], "start")
    assert ended(asked) == (0, "")
    stack.client.wait(lambda: len(list(folder.glob("[!.]*"))) == 3, "the files")
    assert sorted(path.name for path in folder.iterdir()) == ["bashrc", "film.iso", "plain"]
    assert (folder / "film.iso").read_bytes() == CONTENT
    assert len(notices.notes) == 1


def test_a_question_that_is_closed_starts_nothing(stack, notices, folder, metalink, prompt):
    asked = prompt(metalink("film.iso"))
    notices.wait_for(lambda: notices.notes, "the question")
    notices.dismiss(notices.notes[0])
    assert ended(asked) == (0, "") and not stack.running()


def test_what_is_there_is_not_replaced(stack, notices, folder, metalink, prompt):
    (folder / "thesis.odt").write_text("mine")
    asked = prompt(metalink("thesis.odt"))
    notices.wait_for(lambda: notices.notes, "the question")
    notices.press(notices.notes[0], "start")
    note = notices.wait_note("The downloads cannot be started")
    assert "thesis.odt" in note.body and ended(asked)[0] == 1
    assert (folder / "thesis.odt").read_text() == "mine"


def test_a_file_that_is_no_metalink_is_refused_in_plain_words(stack, notices, folder, prompt):
    path = stack.directory / "bad.meta4"
    path.write_text("<html>")
    asked = prompt(path)
    notices.wait_for(lambda: notices.notes, "the question")
    notices.press(notices.notes[0], "start")
    assert "bad.meta4" in notices.wait_note("The downloads cannot be started").body
    assert ended(asked)[0] == 1 and not stack.running()


def test_a_name_that_is_not_utf8_is_asked_about(stack, notices, folder, metalink, prompt):
    asked = prompt(metalink("film.iso").rename(os.fsdecode(os.fsencode(stack.directory) + b"/caf\xe9.meta4")))
    notices.wait_for(lambda: notices.notes, "the question")
    assert notices.notes[0].summary == "Start the downloads of caf?.meta4?"
    notices.press(notices.notes[0], "start")
    assert "caf?.meta4" in notices.wait_note("The downloads cannot be started").body
    assert ended(asked)[0] == 1


def test_a_command_that_is_missing_is_named(stack, notices, folder, metalink, prompt):
    (stack.directory / "tools").mkdir()
    asked = prompt(metalink("film.iso"), PATH=str(stack.directory / "tools"))
    notices.wait_for(lambda: notices.notes, "the question")
    notices.press(notices.notes[0], "start")
    assert "haulierctl" in notices.wait_note("The downloads cannot be started").body
    assert ended(asked)[0] == 1


@pytest.mark.parametrize("capabilities", [None, ("body",)])
def test_without_anyone_to_ask_nothing_starts(stack, folder, metalink, prompt, capabilities):
    if capabilities:
        stack.stop_at_end(NotificationServer(stack.bus.address, capabilities=capabilities))
    status, errors = ended(prompt(metalink("film.iso")))
    assert status == 1 and "can ask the user" in errors and not stack.running()


@pytest.mark.parametrize("words, status, stream", [(["--help"], 0, "stdout"), (["--version"], 0, "stdout"), (["film"], 2, "stderr"),
                                                   (["--open"], 2, "stderr")])
def test_the_command_line(stack, words, status, stream):
    done = subprocess.run([program("HAULIER_NOTIFY"), *words], env=stack.env, capture_output=True, text=True, check=False)
    assert done.returncode == status and "haulier-notify" in getattr(done, stream)
