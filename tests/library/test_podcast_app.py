# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/podcast: an app with a window, closed during its download and started by Haulier at the end. The test reads and
uses the window through AT-SPI. HAULIER_TEST_PICTURES names a folder that keeps the pictures."""

import os
import pathlib
import shutil
import subprocess

import pytest

from support.bus.accessibility import Screen
from support.bus.accessibility import missing as missing_accessibility
from support.bus.fake_desktop import NotificationServer
from support.client.checks import assert_file
from support.client.dbus_client import BUS
from support.content import body
from support.display import Display
from support.environment import EXAMPLES, PYTHON, SOURCE, patience
from support.library import environment, needs, needs_typelib
from support.processes import Child
from support.servers.response_script import Script

APP = "org.haulier.example.Podcasts"
CONTENT = body(400_000)
TITLES = {"one": "Why <files> & folders?", "two": "Slow lines"}
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Talks about transfers</title>
<item><enclosure url="http://["/></item>{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><pubDate>Mon, 30 Nov 2026 08:00:00 GMT</pubDate>
<enclosure url="{name}.ogg" type="audio/ogg" length="400000"/></item>"""


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


class Session:
    """The app, installed as its build does it, in a session with a display and a notification server."""

    def __init__(self, stack, prefix: pathlib.Path):
        self.stack, self.prefix = stack, prefix
        self.server = stack.fault_server()
        folder = stack.directory / "display"
        folder.mkdir()
        self.display = stack.stop_at_end(Display(folder, stack.env, (660, 600)))
        self.desktop = stack.stop_at_end(NotificationServer(stack.bus.address))
        self._install()
        self.screen = stack.stop_at_end(Screen(stack))

    def _install(self) -> None:
        build = self.prefix / "build"
        for command in (["setup", f"--prefix={self.prefix}", build, EXAMPLES / "podcast"], ["install", "--quiet", "-C", build]):
            subprocess.run(["meson", *map(str, command)], check=True, capture_output=True, timeout=patience(60))
        variables = {"DISPLAY": self.display.name, "XDG_DATA_DIRS": f"{self.prefix}/share:/usr/share", "GSK_RENDERER": "cairo",
                     "GDK_BACKEND": "x11", "GSETTINGS_BACKEND": "memory", "LC_ALL": "C.UTF-8", "NO_AT_BRIDGE": "0"}
        self.env = environment(self.stack) | variables
        wanted = variables | {name: self.env[name] for name in ("LD_LIBRARY_PATH", "GI_TYPELIB_PATH")}
        # As a session does it when it begins.
        self.stack.client.call(*BUS, "UpdateActivationEnvironment", "(a{ss})", wanted)
        shutil.copy(self.prefix / "share/dbus-1/services" / f"{APP}.service", self.stack.bus.services)
        self.stack.bus.read_services()

    def start(self) -> Child:
        program = str(self.prefix / "bin/haulier-podcasts")
        return self.stack.stop_at_end(Child([program], self.stack.directory / "app.log", self.env))

    def subscribe(self, **scripts: Script) -> None:
        for name, script in scripts.items():
            self.server.add(f"/{name}.ogg", CONTENT, script=script)
        items = "".join(ITEM.format(name=name, title=escaped(TITLES[name])) for name in scripts)
        self.server.add("/feed.xml", FEED.format(items=items).encode())
        self.screen.fill("Address of a feed", self.server.url("/feed.xml"))
        self.screen.press("Subscribe")
        self.screen.wait("Talks about transfers")

    def running(self) -> bool:
        return bool(self.stack.client.owner(APP))

    def episodes(self) -> list[pathlib.Path]:
        folder = pathlib.Path(self.stack.env["XDG_DATA_HOME"]) / APP / "episodes"
        return [path for path in folder.iterdir() if not path.name.startswith(".")]

    def colours(self) -> int:
        return len({row[i:i + 3] for row in self.display.picture() for i in range(0, len(row), 4)})

    def keep_picture(self, name: str) -> pathlib.Path:
        picture = pathlib.Path(os.environ.get("HAULIER_TEST_PICTURES", self.prefix)) / f"{name}.png"
        self.display.save(picture)
        return picture


@pytest.fixture
def session(stack, tmp_path) -> Session:
    needs_typelib()
    for program in ("meson", "Xvfb"):
        needs(program)
    if reason := missing_accessibility():
        pytest.skip(reason)
    versions = "import gi; gi.require_version('Gtk', '4.0'); gi.require_version('Adw', '1')"
    if subprocess.run([PYTHON, "-c", versions], capture_output=True, check=False).returncode != 0:
        pytest.skip("GTK 4 and libadwaita are not there for Python")
    return Session(stack, tmp_path)


def test_an_episode_arrives_while_the_app_is_closed(session):
    app = session.start()
    session.subscribe(one=Script(send=100_000, gate=True, then="finish"), two=Script())
    session.screen.press(f"Download {TITLES['one']}")
    session.server.wait_sent("/one.ogg", 100_000)
    session.screen.wait_text("Downloading: ")
    session.keep_picture("podcast-downloading")
    session.screen.press("Close")
    assert app.process.wait(patience(15)) == 0
    session.stack.client.wait(lambda: not session.running(), "the bus to notice the end of the app")
    assert not session.episodes()
    session.server.resources["/one.ogg"].gate.set()
    notice = session.desktop.wait_note("Episode downloaded")
    assert notice.body == TITLES["one"]
    session.stack.client.wait(session.running, "the app to have its name")
    (file,) = session.episodes()
    assert_file(file, CONTENT)
    session.desktop.press(notice, "default")
    session.screen.wait(f"Play {TITLES['one']}")
    session.stack.client.wait(lambda: session.colours() > 30, "the window to be drawn")
    assert session.keep_picture("podcast").stat().st_size > 3000
    session.screen.press("Close")
    session.stack.client.wait(lambda: not session.running(), "the app to leave", 30)


def test_failures_are_shown_and_can_be_tried_again(session):
    session.start()
    session.server.add("/page", b"<html>no feed</html>")
    session.screen.fill("Address of a feed", session.server.url("/page"))
    session.screen.press("Subscribe")
    session.screen.wait_text(session.server.url("/page") + " has no episodes")
    session.subscribe(one=Script(status=404), two=Script(send=1000, gate=True))
    session.screen.press(f"Download {TITLES['one']}")
    session.screen.wait_text("Failed: ")
    session.server.resources["/one.ogg"].script = Script()
    session.screen.press(f"Download {TITLES['one']}")
    session.screen.wait(f"Play {TITLES['one']}")
    session.screen.press(f"Download {TITLES['two']}")
    session.screen.press(f"Cancel {TITLES['two']}")
    session.screen.wait(f"Download {TITLES['two']}")
    session.stack.client.wait(lambda: not session.stack.manager.list(), "the jobs to end")
    assert len(session.episodes()) == 1


@pytest.mark.parametrize("check", [["desktop-file-validate", ".desktop"],
                                   ["appstreamcli", "validate", "--no-net", ".metainfo.xml"]], ids=lambda check: check[0])
def test_its_files_for_the_desktop_are_valid(check):
    *command, ending = check
    needs(command[0])
    done = subprocess.run([*command, EXAMPLES / "podcast/data" / (APP + ending)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_its_own_tests_pass_in_one_command(stack):
    """As docs/testing-your-app.md describes it for the CI of an app."""
    needs_typelib()
    testbed = [PYTHON, str(SOURCE / "testkit/haulier_testbed.py")]
    env = os.environ | {name: environment(stack)[name] for name in ("LD_LIBRARY_PATH", "GI_TYPELIB_PATH")} | {
        "HAULIER_TESTBED": " ".join(testbed)}
    done = subprocess.run([*testbed, f"--service={APP}=/bin/false", "--", PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                           EXAMPLES / "podcast/tests"], env=env, capture_output=True, text=True, timeout=patience(60), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
