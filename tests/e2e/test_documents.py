# SPDX-License-Identifier: LGPL-2.1-or-later
"""Apps in sandboxes and the real document portal: files that a user has given to one app, and to no other."""

import os
import pathlib

import pytest

from support.bus.documents import PROGRAM, Documents
from support.bus.flatpak import FlatpakApp, need_sandboxes
from support.client.checks import assert_file, leftovers, refused
from support.content import body
from support.daemon.person_stack import PersonStack
from support.daemon.stack import Stack

CONTENT = body(100_000)
APP, OTHER = "org.example.App", "org.example.Other"


@pytest.fixture(params=["session bus", "system bus"])
def stack(request, mounts, new_stack):  # mounts: where the portal mounts its file system
    need_sandboxes()
    if not pathlib.Path(PROGRAM).exists():
        pytest.skip("xdg-desktop-portal is not installed")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("there is no FUSE here")
    stack = new_stack(kind=Stack if request.param == "session bus" else PersonStack)
    yield stack
    stack.stop_daemon()
    mounts.unmount(pathlib.Path(stack.env["XDG_RUNTIME_DIR"]) / "doc")


@pytest.fixture
def documents(stack) -> Documents:
    return Documents(stack, stack.bus if stack.person is None else stack.session)


@pytest.fixture
def shared(stack) -> pathlib.Path:
    folder = pathlib.Path(stack.env["HOME"]) / "Shared"
    folder.mkdir()
    if stack.person is not None:
        os.chown(folder, stack.person, stack.person)
    return folder


def test_a_document_is_downloaded_to_where_the_user_chose(stack, documents, shared):
    path = documents.give(shared / "film", APP, "read", "write")
    app = FlatpakApp(stack)
    url = stack.nginx().add("film", CONTENT)
    job = app.manager.create(files=[(url, path)], Resume=True)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert_file(shared / "film", CONTENT)
    assert leftovers(shared) == ["film"]
    assert job.get("Target") == path


def test_a_document_is_uploaded(stack, documents, shared):
    (shared / "film").write_bytes(CONTENT)
    path = documents.give(shared / "film", APP, "read")
    server = stack.nginx(writable=True)
    job = FlatpakApp(stack).manager.create(job_type="upload", files=[(server.url("film"), path)], Resume=True)
    job.wait_state("transferred")
    assert_file(server.files / "film", CONTENT)


def test_documents_of_others_are_not_there(stack, documents, shared):
    (shared / "film").write_bytes(CONTENT)
    of_other = documents.give(shared / "film", OTHER, "read", "write")
    of_app = documents.give(shared / "own", APP, "read", "write")
    app = FlatpakApp(stack)
    url = stack.nginx().add("film", CONTENT[:10])
    relative = pathlib.Path(of_other).relative_to(documents.folder)
    for path in (of_other, documents.folder / "by-app" / OTHER / relative, documents.folder / "by-app" / APP / relative,
                 documents.folder / "film", pathlib.Path(of_app).parent / ".." / relative):
        with refused("LocalFile", "OutsideSandbox"):
            app.manager.create(files=[(url, path)], Resume=True)
        with refused("LocalFile", "OutsideSandbox"):
            app.manager.create(job_type="upload", files=[(url, path)], Resume=True)
    assert_file(shared / "film", CONTENT)
    assert leftovers(shared) == ["film"]


def test_a_document_that_may_be_read_only_is_not_replaced(stack, documents, shared):
    (shared / "film").write_bytes(CONTENT)
    path = documents.give(shared / "film", APP, "read")
    with refused("LocalFile"):
        FlatpakApp(stack).manager.create(files=[(stack.nginx().add("film", b"other"), path)], Resume=True)
    assert_file(shared / "film", CONTENT)
