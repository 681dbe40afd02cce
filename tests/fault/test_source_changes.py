# SPDX-License-Identifier: LGPL-2.1-or-later
"""The file on the server is replaced while it is fetched: old whole, new whole, or an explained error."""

import pytest

from support.client.checks import assert_file
from support.content import body
from support.environment import patience
from support.servers.response_script import Script, http_date

MEBI = 1 << 20
OLD = body(4 * MEBI, seed=1)
NEW = body(4 * MEBI, seed=2)
EARLIER, LATER = 1_600_000_000, 1_700_000_000


@pytest.mark.parametrize("how", ["suspended", "daemon killed", "worker killed"])
def test_a_file_replaced_on_nginx_while_nobody_reads_it(new_stack, how):
    stack = new_stack({"Transfer": {"CheckpointBytes": "64K"}})
    nginx = stack.nginx(rate=f"{round(1024 / patience(1))}k")
    url = nginx.add("f", OLD, modified=EARLIER)
    job = stack.manager.create(files=[(url, stack.downloads / "f")], Resume=True)
    job.wait_bytes(MEBI)
    if how == "suspended":
        job.suspend()
        nginx.add("f", NEW, modified=LATER)
        job.resume()
    elif how == "daemon killed":
        stack.kill_daemon()
        nginx.add("f", NEW, modified=LATER)
        stack.start()
    else:
        nginx.add("f", NEW, modified=LATER)
        stack.kill_worker()
    job.wait_state("transferred", seconds=30)
    job.complete()
    assert_file(stack.downloads / "f", NEW)
    assert (stack.downloads / "f").stat().st_mtime == LATER
    _first, second = nginx.finished_log()
    assert second.range.startswith("bytes=") and second.if_range and second.status == 200


def test_a_file_replaced_on_nginx_while_it_is_being_sent(stack):
    """nginx goes on sending what it has opened: the old file, whole."""
    nginx = stack.nginx(rate="2m")
    job = stack.manager.create(files=[(nginx.add("f", OLD, modified=EARLIER), stack.downloads / "f")], Resume=True)
    job.wait_bytes(MEBI)
    nginx.add("f", NEW, modified=LATER)
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f", OLD)


def test_a_source_that_changes_whenever_it_is_looked_at_ends_in_an_explained_error(new_stack):
    stack = new_stack({"Transfer": {"MaxRestarts": "3"}})
    server = stack.fault_server()
    resource = server.add("/f", OLD, script=Script(send=MEBI, then="close"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    for version in range(1, 10):
        state = job.wait_state("transient-error", "error", unless=())
        if state == "error":
            break
        resource.change(body(4 * MEBI, seed=version), f'"{version}"', http_date(-86400 + version))
        job.resume()
        server.wait(lambda: len(server.requests) == version + 1, "the next request")
        job.wait_property("State", lambda state: state not in ("queued", "connecting", "transferring"))
    context, name, _code, sentence, index = job.get("Error")
    assert (context, name, index) == ("remote-file", "remote-file-changed", 0) and sentence
    assert len(server.requests) == 5, "the first, three restarts, and the one too many"
    # Time heals: once the source rests, Resume brings it whole.
    resource.script = Script()
    job.resume()
    state = job.wait_state("transferred", "error", unless=())
    assert state == "transferred", job.get("Error")
    job.complete()
    assert_file(stack.downloads / "f", resource.version[0])


def test_D_21_one_file_of_a_job_may_change_and_the_finished_ones_stay(stack):
    server = stack.fault_server()
    server.add("/a", OLD)
    b = server.add("/b", OLD)
    b.next_scripts(Script(send=MEBI, then="stall"))
    job = stack.manager.create(files=[(server.url(f"/{name}"), stack.downloads / name) for name in "ab"], Resume=True)
    job.wait_property("FilesTransferred", lambda count: count == 1)
    job.wait_bytes(len(OLD) + MEBI)
    job.suspend()
    for resource in server.resources.values():
        resource.change(NEW, '"new"', http_date(-86400))
    job.resume()
    job.wait_state("transferred")
    assert job.get("BytesTransferred") == 2 * len(OLD)
    job.complete()
    assert_file(stack.downloads / "a", OLD)
    assert_file(stack.downloads / "b", NEW)
    assert len(server.of("/a")) == 1
