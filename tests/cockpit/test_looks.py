# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names made to attack, narrow windows, the keyboard, the dark style, and other languages."""

import pytest
from selenium.webdriver.common.keys import Keys

from support.content import body
from support.servers.response_script import Script

CONTENT = body(2_000_000)
IMAGE = "<img src=x onerror=\"document.title='attacked'\">"
SCRIPT = "</bdi></td><script>document.title='attacked'</script>"
OVERRIDE = "invoice\u202egpj.exe"
WIDE = "漢" * 256
LONG = "W" * 256
STATES = {"de": ("Überträgt", "Angehalten", "Fehlgeschlagen"), "fr": ("Transfert", "Suspendue", "Échec")}
NAMES = [IMAGE, SCRIPT, OVERRIDE, WIDE, LONG, "שלום " * 20, "a\n\n\u2028b\u0007", "{{x}}${y}&amp;%s"]


@pytest.fixture
def server(stack):
    one = stack.fault_server()
    one.add("/slow.bin", CONTENT, script=Script(rate=30_000))
    one.add("/fast.bin", CONTENT)
    return one


@pytest.fixture
def jobs(stack, server):
    """One in each situation that looks different."""
    def create(name, path, **options):
        local = stack.downloads / name.replace(" ", "-").lower()
        return stack.manager.create(name, files=[(server.url(path), local)], **options)
    create("Debian 12 installation image", "/slow.bin", Resume=True)
    create("Nightly backup", "/fast.bin")
    create("Podcast", "/missing.ogg", Resume=True)
    create("Photos of the summer", "/fast.bin", Resume=True)
    create("Update", "/slow.bin", Resume=True, NotBefore=4_000_000_000_000_000)
    create("Old film", "/fast.bin", Resume=True, AutoComplete=True)


def attack(stack, server) -> None:
    for number, name in enumerate(NAMES):
        stack.manager.create(name, files=[(server.url("/missing?<script>"), stack.downloads / f"{number}<img src=x>{'W' * 150}")],
                             Resume=True, Description=IMAGE * 5)


def test_names_are_text(stack, server, page):
    attack(stack, server)
    page.until(lambda: len(page.rows()) == len(NAMES), "all jobs")
    shown = {row["name"] for row in page.rows()}
    assert {IMAGE, SCRIPT, WIDE, LONG} < shown
    assert "invoice\ufffdgpj.exe" in shown and "a\ufffd\ufffd\ufffdb\ufffd" in shown
    for name in (IMAGE, SCRIPT):
        page.expand(name)
    page.until(lambda: page.text().count("/missing?%3Cscript%3E") + page.text().count("/missing?<script>") >= 2, "the details")
    assert page.script("return document.querySelectorAll('#page img, #page script').length") == 0
    assert page.driver.title == "Transfers"
    for width in (1280, 800, 420, 320):
        page.resize(width)
        assert not page.too_wide(), width
    page.picture("attack-narrow")
    page.resize(1280)
    page.picture("attack")
    page.press("Cancel", IMAGE)
    page.wait_text("Cancel this job")
    assert page.script("return document.querySelectorAll('dialog img').length") == 0


def test_the_browser_would_refuse_markup(page):
    """Even if a name went into markup by mistake: that is not possible on this page."""
    page.wait_text("There are no jobs")
    refused = page.script("try { document.body.innerHTML = '<b>x</b>'; return ''; } catch (error) { return error.name; }")
    assert refused == "TypeError"
    policy = page.script("return fetch('index.html').then(answer => answer.headers.get('content-security-policy'))")
    assert "script-src 'self'" in policy and "unsafe" not in policy
    page.driver.get_log("browser")  # the refusal is a message there


def test_everything_fits_in_narrow_and_wide_windows(stack, jobs, page):
    page.wait_row("Photos of the summer", state="Transferred")
    page.wait_row("Podcast", state="Failed")
    page.wait_row("Debian 12 installation image", speed="left$")
    page.open_history()
    page.wait_text("Old film")
    assert not page.too_wide()
    page.picture("page")
    page.expand("Debian 12 installation image")
    page.wait_row("Debian 12 installation image", details="/slow.bin")
    for width in (960, 768, 420, 320):
        page.resize(width)
        assert not page.too_wide(), width
    page.resize(420)
    page.picture("page-narrow")
    page.press("New download")
    assert not page.too_wide()
    page.picture("form-narrow")
    page.resize(1280)
    page.picture("form")
    assert not page.nameless()


def test_the_dark_style(stack, jobs, page):
    page.wait_row("Photos of the summer", state="Transferred")
    page.wait_row("Podcast", state="Failed")
    light = page.script("return getComputedStyle(document.documentElement).backgroundColor")
    page.dark(True)
    page.wait("document.documentElement.classList.contains('dark')", "the dark style")
    assert page.script("return getComputedStyle(document.documentElement).backgroundColor") != light
    page.picture("dark")
    page.script("localStorage.setItem('shell:style', 'light'); dispatchEvent(new CustomEvent('cockpit-style', {detail: {style: 'light'}}))")
    page.wait("!document.documentElement.classList.contains('dark')", "the style that Cockpit's menu wants")
    page.dark(False)


def test_with_the_keyboard_alone(stack, server, page):
    page.wait_text("There are no jobs")
    page.tab_to("New download")
    page.keys(Keys.ENTER)
    page.wait("document.activeElement.id === 'url'", "the form")
    page.keys(server.url("/slow.bin"), Keys.TAB, str(stack.downloads / "film"), Keys.ENTER)
    page.wait_row("film", state="Transferring")
    page.until(lambda: page.focused() == "New download", "the focus to return from the form")
    page.tab_to("Pause: film")
    page.keys(" ")
    page.wait_row("film", state="Paused")
    assert page.focused() == "Resume: film"
    page.keys(" ")
    page.wait_row("film", state="Transferring")
    page.tab_to("Cancel: film")
    page.keys(Keys.ENTER)
    page.wait("document.querySelector('dialog')", "the question")
    page.keys(Keys.ESCAPE)
    page.wait("!document.querySelector('dialog')", "the end of the question")
    assert page.focused() == "Cancel: film"
    page.keys(Keys.ENTER)
    page.until(lambda: page.focused() == "Keep the job", "the harmless answer")
    page.keys(Keys.TAB, Keys.ENTER)
    page.wait_gone("film")


def test_tabs_with_the_arrow_keys(stack, page):
    page.wait_text("There are no jobs")
    page.tab_to("Your session")
    page.keys(Keys.ARROW_LEFT)
    assert page.focused() == "System"
    page.wait("location.hash === '#/system'", "the address to follow")
    page.keys(Keys.ARROW_LEFT)
    assert page.focused() == "Your session"


def test_the_focus_stays_near_when_a_job_ends(stack, server, page):
    first, second = stack.manager.create("first"), stack.manager.create("second")
    page.wait_row("second")
    page.tab_to("Cancel: second")
    second.cancel()
    page.wait_gone("second")
    assert page.focused() == "Details of first"
    first.cancel()
    page.wait_gone("first")


@pytest.mark.parametrize("language", STATES)
def test_other_languages(jobs, page, language):
    page.wait_row("Podcast", state="Failed")
    page.speak(language)
    for name, state in zip(("Debian 12 installation image", "Nightly backup", "Podcast"), STATES[language]):
        page.wait_row(name, state=state)
    assert page.script("return document.documentElement.lang") == language
    for width in (1280, 420):
        page.resize(width)
        assert not page.too_wide(), width
    page.picture(f"language-{language}")
    page.speak("en")
