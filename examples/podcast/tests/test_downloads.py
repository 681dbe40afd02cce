# SPDX-License-Identifier: LGPL-2.1-or-later
"""The downloads of the app with a real Haulier, as its CI runs them:

    haulier-testbed --service org.haulier.example.Podcasts=/bin/false -- python3 -m pytest tests
"""

import os
import pathlib
import subprocess
import sys

import pytest
from gi.repository import Gio, GLib

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from podcasts import APP_ID  # noqa: E402
from podcasts.downloads import Downloads  # noqa: E402

URL = os.environ["HAULIER_TESTBED_URL"]
TESTBED = os.environ.get("HAULIER_TESTBED", "haulier-testbed").split()


class App:
    """The downloads, and what they have reported."""

    def __init__(self):
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.downloads = Downloads(bus, "/org/haulier/example/Podcasts/Downloads")
        self.reports: list[tuple] = []
        for signal in ("changed", "arrived", "failed"):
            self.downloads.connect(signal, lambda _downloads, *facts, signal=signal: self.reports.append((signal, *facts)))
        self._owned = Gio.bus_own_name_on_connection(bus, APP_ID, Gio.BusNameOwnerFlags.NONE, None, None)

    def close(self) -> None:
        Gio.bus_unown_name(self._owned)
        self.downloads.callback.unexport()

    def wait(self, signal: str, key: str) -> tuple:
        late = []
        GLib.timeout_add_seconds(60, lambda: late.append(True))
        while True:
            for report in self.reports:
                if report[:2] == (signal, key):
                    return report
            assert not late, self.reports
            GLib.MainContext.default().iteration(True)


@pytest.fixture
def app():
    made = App()
    yield made
    made.close()


def test_an_episode_arrives_although_the_daemon_is_killed(app, tmp_path):
    app.downloads.start("episode-1", f"{URL}/slow", tmp_path / "1.ogg", "An episode")
    app.wait("changed", "episode-1")
    subprocess.run([*TESTBED, "kill", "daemon"], check=True)
    app.downloads.find()  # as the app does when it is started; without systemd, only a call starts the daemon again
    app.wait("arrived", "episode-1")
    assert (tmp_path / "1.ogg").stat().st_size == 1_000_000 and not app.downloads.jobs


def test_a_missing_episode_is_a_failure_with_a_reason(app, tmp_path):
    app.downloads.start("episode-2", f"{URL}/404", tmp_path / "2.ogg", "An episode")
    _signal, _key, message = app.wait("failed", "episode-2")
    assert "404" in message
    app.downloads.cancel("episode-2")
