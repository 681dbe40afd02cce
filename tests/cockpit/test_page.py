# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page in a browser: it shows what happens, and what is pressed happens."""

import pytest
from selenium.webdriver.common.keys import Keys

from support.client.checks import assert_file, sha256
from support.client.dbus_client import BUS, NAME, Job
from support.content import body
from support.servers.response_script import Script

SIZE = 4_000_000
CONTENT = body(SIZE)


@pytest.fixture
def server(stack):
    one = stack.fault_server()
    one.add("/slow.bin", CONTENT, script=Script(rate=100_000))
    one.add("/fast.bin", CONTENT)
    return one


def begin(stack, server, name: str = "film", path: str = "/slow.bin", **options):
    return stack.manager.create(name, files=[(server.url(path), stack.downloads / name)], Resume=True, **options)


def test_progress_is_live(stack, server, page):
    page.wait_text("There are no jobs")
    begin(stack, server)
    first = page.wait_row("film", state="^Transferring$", speed=r"\d kB/s, \d+ s left$")
    assert first["target"] == str(stack.downloads / "film") and first["buttons"] == ["Pause", "Cancel"]
    page.wait_row("film", amount=r"of 4\.0 MB")
    further = page.until(lambda: row if (row := page.row("film"))["share"] > first["share"] else None, "more progress")
    assert 0 < further["share"] < 1
    page.wait_text(r"Jobs: 1 · running: 1, \d+\.\d kB/s")
    page.wait_text(r"Your session \(1\)")


def test_pause_resume_and_complete(stack, server, page):
    job = begin(stack, server)
    page.wait_row("film", state="Transferring")
    page.press("Pause", "film")
    assert page.wait_row("film", state="^Paused$")["buttons"] == ["Resume", "Cancel"]
    assert job.state == "suspended"
    server.resources["/slow.bin"].script = Script()
    page.press("Resume", "film")
    row = page.wait_row("film", state="^Transferred$", reason="get their names with Complete")
    assert row["buttons"] == ["Complete", "Cancel"] and row["share"] == 1
    page.press("Complete", "film")
    page.wait_gone("film")
    assert_file(stack.downloads / "film", CONTENT)


def test_cancelling_asks_first(stack, server, page):
    job = begin(stack, server)
    page.wait_row("film", state="Transferring")
    page.press("Cancel", "film")
    page.wait_text("Everything that was downloaded and not completed is deleted")
    assert page.focused() == "Keep the job"
    page.press("Keep the job")
    page.wait("!document.querySelector('dialog')", "the dialog to close")
    assert job.state == "transferring"
    page.press("Cancel", "film")
    page.press("Cancel the job")
    page.wait_gone("film")
    page.wait_text("There are no jobs")
    assert job.state == "cancelled"


def test_a_failure_has_its_sentence_and_can_be_tried_again(stack, server, page):
    stack.manager.create("lost", files=[(server.url("/missing"), stack.downloads / "lost")], Resume=True, AutoComplete=True)
    row = page.wait_row("lost", state="^Failed$", error="404")
    assert row["buttons"] == ["Try again", "Cancel"] and row["error"].endswith(".")
    page.wait_text("failed: 1")
    page.expand("lost")
    page.wait_row("lost", details=r"Normal.*/missing.*Failed, 0 B of \?")
    server.add("/missing", CONTENT)
    page.press("Try again", "lost")
    page.wait_gone("lost")
    assert_file(stack.downloads / "lost", CONTENT)


def test_the_files_of_a_job_are_shown_as_they_move(stack, server, page):
    stack.manager.create("two", files=[(server.url("/slow.bin"), stack.downloads / "a"), (server.url("/fast.bin"), stack.downloads / "b")],
                         Resume=True, Description="of the summer")
    page.wait_row("two", state="Transferring", amount="1 of 2 files|of 8.0 MB")
    page.expand("two")
    page.wait_row("two", details=r"of the summer.*/a.*Transferring, [\d.]+ .B of 4\.0 MB, [\d.]+ kB/s.*/b.*Transferred, 4\.0 MB of 4\.0 MB")


def test_a_new_job(stack, server, page):
    page.press("New download")
    assert page.focused() == "URL"
    page.press("Download")
    page.wait_alert("Enter a URL")
    page.fill(url=server.url("/slow.bin"), path=str(stack.downloads / "x"), name="a film", priority="Low")
    page.press("Download")
    page.wait_row("a film", state="Transferring")
    (path, _), = stack.manager.list()
    assert Job(stack.client, path).get("Priority") == "low"
    page.press("New download")
    page.fill(url=server.url("/fast.bin"), path=f"{stack.downloads}/", checksum=sha256(CONTENT))
    page.press("Download")
    page.open_history()
    page.wait_text("(?s)Ended jobs.*fast.bin.*Completed")
    assert_file(stack.downloads / "fast.bin", CONTENT)


def test_what_the_form_cannot_know_haulier_says(stack, server, page):
    page.press("New download")
    page.fill(url="gopher://example.org/x", path=str(stack.downloads / "x"))
    page.press("Download")
    page.wait_alert("(?i)scheme|http")
    page.fill(url=server.url("/fast.bin"), path="/nowhere/x")
    page.press("Download")
    page.wait_alert("/nowhere")
    page.fill(path=str(stack.downloads / "x"), checksum="sha256:1234")
    page.press("Download")
    page.wait_alert("(?i)checksum|sha256")
    assert stack.manager.list() == []
    page.press("Close")
    page.wait("!document.querySelector('dialog')", "the dialog to close")


def test_a_refused_action_is_an_alert(stack, server, page):
    """The file cannot get its name, because a directory has it."""
    begin(stack, server, "taken", "/fast.bin")
    page.wait_row("taken", state="^Transferred$")
    (stack.downloads / "taken").mkdir()
    page.press("Complete", "taken")
    page.wait_alert("Complete: .*taken(.|\n)*directory")
    page.until(lambda: (page.row("taken") or {}).get("buttons") == ["Complete", "Cancel"], "the buttons to be back")
    page.press("Close")
    page.wait("!document.querySelector('.alert')", "the alert to close")


def test_jobs_that_have_ended(stack, server, page):
    page.open_history()
    page.wait_text("There are none")
    begin(stack, server, "film", "/fast.bin", AutoComplete=True)
    page.wait_text(r"(?s)film.*Completed.*4\.0 MB")
    begin(stack, server, "other").cancel()
    page.wait_text("(?s)other.*Cancelled.*film.*Completed")


def test_the_filter_hides_other_jobs(stack, server, page):
    for name in ("summer", "winter"):
        stack.manager.create(name)
    page.wait_row("winter")
    page.script("document.querySelector('[role=tabpanel]:not([hidden]) .filter').focus()")
    page.keys("sum")
    page.wait_gone("winter")
    assert page.row("summer")
    page.keys("x")
    page.wait_text("No job matches the filter")


def test_a_daemon_that_is_killed_is_started_again(stack, server, page):
    begin(stack, server)
    page.wait_row("film", state="Transferring")
    pid = stack.daemon_pid()
    stack.kill_daemon()
    stack.client.wait(stack.running, "the page to start the daemon")
    assert stack.daemon_pid() != pid
    row = page.wait_row("film", state="Transferring", speed=r"\d kB/s")
    page.until(lambda: page.row("film")["share"] > row["share"], "more progress")


def test_an_idle_daemon_may_leave_and_comes_back(new_stack, open_page):
    stack = new_stack({"Daemon": {"IdleTimeout": "300ms"}})
    page = open_page(stack)
    page.wait_text("has nothing to do and is not running")
    stack.wait_stopped()
    stack.client.pause(1)  # the page leaves it alone
    assert not stack.running()
    job = stack.manager.create("kept")
    page.wait_row("kept", state="Paused")
    stack.wait_stopped()
    page.wait_text("has nothing to do and is not running")
    assert page.row("kept")
    page.press("Cancel", "kept")
    page.press("Cancel the job")
    page.wait_gone("kept")
    assert job.path not in dict(stack.manager.list())


def test_without_the_service_the_page_says_so(stack, page):
    page.wait_text("There are no jobs")
    (stack.bus.services / f"{NAME}.service").unlink()
    stack.client.call(*BUS, "ReloadConfig")
    stack.signal_daemon(15)
    page.driver.refresh()
    page.wait_text("Haulier cannot be reached here")


def test_the_page_can_be_loaded_again(stack, server, page):
    """The system bus does not exist here: some bridges end when they are asked for it a second time."""
    begin(stack, server)
    for _ in range(3):
        page.wait_row("film", state="Transferring")
        page.driver.refresh()
    page.wait_row("film", state="Transferring")


def test_all_jobs_are_held_and_released(stack, server, page):
    begin(stack, server)
    page.wait_row("film", state="Transferring")
    page.press("Hold all jobs")
    page.wait_text("All jobs are held")
    page.wait_row("film", reason="Waiting for the end of a hold")
    assert not page.too_wide()
    page.picture("held")
    page.press("Release")
    page.wait_row("film", state="Transferring")
    page.until(lambda: "All jobs are held" not in page.text(), "the hold to be forgotten")


def test_the_limit_of_all_jobs(stack, server, page):
    begin(stack, server)
    page.wait_row("film", state="Transferring")
    page.wait_text("Limit of all jobs")
    page.tab_to("Limit of all your jobs in kB/s")
    page.keys("300", Keys.ENTER)
    stack.client.wait(lambda: stack.manager.property("BandwidthLimit") == 300_000, "the limit")
    assert not page.too_wide()
    page.picture("limit")
    page.keys(Keys.BACKSPACE, Keys.BACKSPACE, Keys.BACKSPACE, "1", Keys.ENTER)
    page.wait_alert("This was refused(.|\n)*1,?024")
    assert stack.manager.property("BandwidthLimit") == 300_000


def test_the_limit_of_a_job(stack, server, page):
    job = begin(stack, server)
    page.wait_row("film", state="Transferring")
    page.expand("film")
    page.wait_text("Identifier")
    page.tab_to("Limit of the job in kB/s")
    page.keys("200", Keys.ENTER)
    stack.client.wait(lambda: job.get("BandwidthLimit") == 200_000, "the limit")
    page.keys(Keys.BACKSPACE, Keys.BACKSPACE, Keys.BACKSPACE, "1", Keys.ENTER)
    page.wait_alert("Limit: .*film(.|\n)*1,?024")
    assert job.get("BandwidthLimit") == 200_000
