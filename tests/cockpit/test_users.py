# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system's jobs: an administrator sees those of all users, others their own."""

import os
import pwd

import pytest

from support.bus.system_bus import ANNA, BERT
from support.client.dbus_client import Manager
from support.content import body
from support.daemon.system_stack import SystemStack

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")


@pytest.fixture
def machine(new_stack) -> SystemStack:
    return new_stack(kind=SystemStack)


def name_of(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name


def test_an_administrator_sees_and_controls_the_jobs_of_all_users(machine, open_page):
    url = machine.nginx(rate="40k").add("file", body(2_000_000))
    anna, bert = machine.user(ANNA), machine.user(BERT)
    Manager(bert).create("bert's")
    page = open_page(machine, "system")
    page.wait_row("bert's", owner=f"^{name_of(BERT)}$", state="Paused")
    job = Manager(anna).create("anna's", files=[(url, machine.downloads / "file")], Resume=True)
    page.wait_row("anna's", owner=f"^{name_of(ANNA)}$", state="Transferring", speed="/s")
    page.picture("all-users")
    page.press("Pause", "anna's")
    page.wait_row("anna's", state="Paused")
    assert job.state == "suspended"
    for width in (1600, 1280, 1030, 420):
        page.resize(width)
        assert not page.too_wide(), width
        assert min(page.script("return [...document.querySelectorAll('.job .title')].map(title => title.clientWidth)")) > 130, width
    page.picture("all-users-narrow")
    job.cancel()
    page.wait_gone("anna's")
    page.open_history()
    page.wait_text(f"(?s)anna's.*{name_of(ANNA)}.*Cancelled")


def test_the_page_does_not_keep_the_daemon_of_the_system(new_stack, open_page):
    machine = new_stack({"Daemon": {"IdleTimeout": "300ms"}}, kind=SystemStack)
    page = open_page(machine, "system")
    page.wait_text("has nothing to do and is not running")
    machine.wait_stopped()
    Manager(machine.user(ANNA)).create("anna's")
    page.wait_row("anna's", state="Paused")
    machine.wait_stopped()


def test_a_page_that_no_one_sees_is_not_told_of_bytes(machine, open_page):
    url = machine.nginx(rate="40k").add("file", body(2_000_000))
    page = open_page(machine, "system")
    job = Manager(machine.user(ANNA)).create("film", files=[(url, machine.downloads / "file")], Resume=True)
    page.wait_row("film", state="Transferring", speed="/s")
    page.hide(True)
    last = [0.0, 0]  # what was on its way is drawn first

    def stands_still():
        share, arrived = page.row("film")["share"], job.get("BytesTransferred")
        if share != last[0]:
            last[:] = share, arrived
        return arrived > last[1] + 100_000
    page.until(stands_still, "progress that is not told")
    hidden = last[0]
    job.suspend()
    page.wait_row("film", state="Paused")
    page.hide(False)
    page.until(lambda: page.row("film")["share"] > hidden, "the list to be read again")


def test_a_user_sees_their_own_jobs_only(machine, open_page):
    Manager(machine.user(BERT)).create("bert's")
    page = open_page(machine, "system", ANNA)
    page.wait_text("There are no jobs")
    Manager(machine.user(BERT)).create("bert's second")
    Manager(machine.user(ANNA)).create("anna's")
    page.wait_row("anna's", state="Paused")
    assert [row["name"] for row in page.rows()] == ["anna's"] and page.rows()[0]["owner"] == ""
    assert "bert" not in page.text()


def test_a_user_gains_administrative_access(machine, open_page):
    """And their new jobs are still their own, and not root's."""
    if os.statvfs(machine.directory).f_flag & os.ST_NOSUID:
        pytest.skip("there is no way to become root on a file system with nosuid")
    url = machine.nginx(rate="40k").add("file", body(2_000_000))
    Manager(machine.user(BERT)).create("bert's")
    Manager(machine.user(ANNA)).create("anna's")
    page = open_page(machine, "system", ANNA, may_administrate=True)
    page.wait_row("anna's", state="Paused")
    assert page.row("bert's") is None
    page.become_administrator()
    page.wait_row("bert's", owner=f"^{name_of(BERT)}$")
    page.press("Cancel", "bert's")
    page.press("Cancel the job")
    page.wait_gone("bert's")
    page.press("New download")
    page.fill(url=url, path=str(machine.downloads / "file"))
    page.press("Download")
    page.wait_row("file", owner=f"^{name_of(ANNA)}$")


def test_an_administrator_holds_the_jobs_of_all_users(machine, open_page):
    url = machine.nginx(rate="40k").add("file", body(2_000_000))
    Manager(machine.user(ANNA)).create("anna's", files=[(url, machine.downloads / "file")], Resume=True)
    page = open_page(machine, "system")
    page.wait_row("anna's", state="Transferring")
    page.press("Hold all jobs")
    page.wait_text("All jobs are held")
    page.wait_row("anna's", reason="Waiting for the end of a hold")
    page.press("Release")
    page.wait_row("anna's", state="Transferring")
