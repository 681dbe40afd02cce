# SPDX-License-Identifier: LGPL-2.1-or-later
"""The extension in a real Chromium, with its real host and a real daemon: files go to Haulier, and if they cannot, to the browser."""

import pytest

from support.browser.extension import BrowserWithExtension
from support.browser.site import Site
from support.client.checks import assert_file
from support.client.dbus_client import Job
from support.content import body

CONTENT = body(300_000)
NAMES_TO_ATTACK = ["../../.ssh/authorized_keys", ".bashrc", "<img src=x onerror=alert(1)>.html", "a\u202egpj.exe".encode().decode("latin-1"),
                   "x" * 300 + ".iso"]


@pytest.fixture
def site(stack):
    return stack.stop_at_end(Site({"/file.bin": (CONTENT, "film.iso")}))


@pytest.fixture
def browser(stack):
    one = stack.stop_at_end(BrowserWithExtension(stack))
    one.install_host()
    yield one
    assert not one.errors()


def visit(browser, site, path: str) -> None:
    """The page follows its link, and the browser begins a download."""
    browser.driver.get(site.url(path))


def test_all_downloads_can_go_to_haulier_with_the_cookies_of_the_file(stack, site, browser):
    browser.take_over(True)
    visit(browser, site, "/click?file.bin")
    target = browser.haulier_downloads / "film.iso"
    browser.wait(target.exists, "the file")
    assert_file(target, CONTENT)
    asked, fetched = site.of("/file.bin")
    for name in ("cookie", "referer", "user-agent"):
        assert fetched.headers[name] == asked.headers[name], name
    assert fetched.headers["cookie"] == "login=yes" and "sec-fetch-mode" not in fetched.headers
    assert "film.iso" in browser.wait(browser.outcome, "what became of it")
    browser.wait(lambda: browser.own() == {}, "the browser to forget its own download")
    # Once more: nothing is replaced, and the server is asked again.
    visit(browser, site, "/click?file.bin")
    browser.wait((browser.haulier_downloads / "film (1).iso").exists, "the second file")
    browser.wait(lambda: browser.own() == {}, "the browser to forget its own download")


def test_cookies_can_never_be_read_back(stack, site, browser):
    stack.manager._call("Hold", "(t)", 0)
    browser.take_over(True)
    visit(browser, site, "/click?file.bin")
    (path, _), = browser.wait(stack.manager.list, "the job")
    job = Job(stack.client, path)
    browser.wait(lambda: job.get("WaitReason")[0] == "held", "the job to be started")
    assert job.get("CustomHeaders") == [] and job.get("DisplayName") == "film.iso" and job.get("Priority") == "high"
    stack.manager._call("Release")
    browser.wait((browser.haulier_downloads / "film.iso").exists, "the file")


def test_without_the_option_the_browser_keeps_its_downloads(stack, site, browser):
    visit(browser, site, "/click?file.bin")
    browser.wait(lambda: browser.own() == {"film.iso": CONTENT}, "the browser's own download")
    assert not stack.running() and len(site.of("/file.bin")) == 1


def test_without_a_host_the_browser_downloads_the_file(stack, site, browser):
    browser.take_over(True)
    browser.remove_host()
    visit(browser, site, "/click?file.bin")
    browser.wait(lambda: browser.own() == {"film.iso": CONTENT}, "the browser's own download")
    assert "The browser downloads the newest file itself." in browser.wait(browser.outcome, "what became of it")
    assert "cannot be reached" in browser.text("status")
    assert list(browser.haulier_downloads.iterdir()) == []


def test_what_haulier_refuses_the_browser_downloads(new_stack):
    stack = new_stack({"Jobs": {"MaxJobsPerUser": "1"}})
    site = stack.stop_at_end(Site({"/file.bin": (CONTENT, "film.iso")}))
    browser = stack.stop_at_end(BrowserWithExtension(stack))
    browser.install_host()
    stack.manager.create("the only one")
    browser.take_over(True)
    visit(browser, site, "/click?file.bin")
    browser.wait(lambda: browser.own() == {"film.iso": CONTENT}, "the browser's own download")
    assert "jobs" in browser.wait(browser.outcome, "what became of it")


def test_what_a_form_requests_stays_in_the_browser(stack, site, browser):
    browser.take_over(True)
    visit(browser, site, "/submit?file.bin")
    browser.wait(lambda: browser.own() == {"film.iso": CONTENT}, "the browser's own download")
    assert [one.method for one in site.of("/file.bin")] == ["POST"]


def test_names_that_attack_stay_names_in_the_folder(stack, site, browser):
    browser.take_over(True)
    for index, name in enumerate(NAMES_TO_ATTACK):
        site.files[f"/{index}"] = (CONTENT, name)
        visit(browser, site, f"/click?{index}")
        browser.wait(lambda: len(list(browser.haulier_downloads.glob("[!.]*"))) == index + 1, name)
    files = list(browser.haulier_downloads.iterdir())
    assert all(path.is_file() and not path.name.startswith(".") and path.read_bytes() == CONTENT for path in files)
    home = browser.haulier_downloads.parent
    assert not (home / ".ssh").exists() and not (home / ".bashrc").exists()
    browser.open_popup()
    browser.picture("extension-attack")
    assert not browser.script("return document.querySelector('img')")


def test_a_chosen_link_goes_to_haulier_or_to_the_browser(stack, site, browser):
    """What the entry in the context menu does; the menu itself cannot be opened without a window."""
    visit(browser, site, "/page")
    browser.wait(lambda: browser.script("return document.title") == "Files", "the page, with its cookie")
    browser.open_popup()
    take = """const { HandOver } = await import("./handover.js");
        return await new HandOver(chrome, null, navigator.userAgent).take(arguments[0], arguments[1]);"""
    taken = browser.in_extension(take, site.url("/file.bin"), site.url("/page"))
    assert taken == {"taken": True, "path": str(browser.haulier_downloads / "file.bin")}
    browser.wait((browser.haulier_downloads / "film.iso").exists, "the file, as the server calls it")
    (fetched,) = site.of("/file.bin")
    assert fetched.headers["referer"] == site.url("/page") and fetched.headers["cookie"] == "login=yes"
    browser.remove_host()
    assert browser.in_extension(take, site.url("/file.bin"), "")["taken"] is False
    browser.wait(lambda: browser.own() == {"film.iso": CONTENT}, "the browser's own download")


@pytest.mark.parametrize("language, words", [("en", "is ready. Files go to"), ("de", "ist bereit. Die Dateien kommen nach"),
                                             ("fr", "est prêt. Les fichiers vont dans")])
def test_the_popup_says_where_files_go(stack, language, words):
    browser = stack.stop_at_end(BrowserWithExtension(stack, language))
    browser.install_host()
    browser.open_popup()
    assert words in browser.text("status") and str(browser.haulier_downloads) in browser.text("status")
    browser.picture(f"extension-{language}")
    assert not browser.errors()
