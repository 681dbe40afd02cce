# SPDX-License-Identifier: LGPL-2.1-or-later
"""The app on the bus and on the desktop, which connects the downloads with the window."""

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("Adw", "1")
from gi.repository import Adw, Gio, GLib  # noqa: E402

from . import APP_ID  # noqa: E402
from .downloads import Downloads  # noqa: E402
from .feeds import Episode, NotAPodcast  # noqa: E402
from .library import Library  # noqa: E402
from .window import Window  # noqa: E402

SECONDS_WITHOUT_WINDOW = 10  # after the bus has started the app, and after the last event
LARGEST_FEED = 16_000_000


class Application(Adw.Application):
    def __init__(self):
        super().__init__(application_id=APP_ID)
        self.library = Library()
        self.downloads: Downloads | None = None
        self._window: Window | None = None
        self._holds = 0

    # ---- start and end ----

    def do_dbus_register(self, connection: Gio.DBusConnection, path: str) -> bool:
        """This is called before the app takes its name, so that the first caller finds the object of the downloads."""
        if not Adw.Application.do_dbus_register(self, connection, path):
            return False
        self.downloads = Downloads(connection, f"{path}/Downloads")
        return True

    def do_dbus_unregister(self, connection: Gio.DBusConnection, path: str) -> None:
        if self.downloads:
            self.downloads.callback.unexport()
        Adw.Application.do_dbus_unregister(self, connection, path)

    def do_startup(self) -> None:
        Adw.Application.do_startup(self)
        if self.get_flags() & Gio.ApplicationFlags.IS_SERVICE:
            self.set_inactivity_timeout(SECONDS_WITHOUT_WINDOW * 1000)
        show = Gio.SimpleAction.new("show-episode", GLib.VariantType("s"))
        show.connect("activate", lambda _action, key: self._show(key.unpack()))
        self.add_action(show)
        self.downloads.connect("changed", lambda _downloads, key: self._update(key))
        self.downloads.connect("arrived", self._on_arrived)
        self.downloads.connect("failed", self._on_failed)
        self.downloads.callback.connect("job-transferred", self._on_busy)
        self.downloads.callback.connect("settled", self._on_settled)
        self.downloads.find()

    def do_activate(self) -> None:
        if not self._window:
            self._window = Window(self)
            self._window.connect("destroy", self._on_window_gone)
            for key, url in self.library.urls.items():
                self._fetch(key, url)
        self._window.present()

    def _on_window_gone(self, _window: Window) -> None:
        self._window = None

    def _on_busy(self, _callback, _job) -> bool:
        """The app keeps running until the library has completed the job."""
        self._holds += 1
        self.hold()
        return False

    def _on_settled(self, _callback) -> None:
        while self._holds:
            self._holds -= 1
            self.release()

    # ---- what the user does ----

    def subscribe(self, url: str) -> None:
        self._fetch(self.library.subscribe(url), url)

    def download(self, episode: Episode) -> None:
        # The app shows a notice of its own at the end.
        self.downloads.start(episode.key, episode.url, self.library.episode_file(episode), episode.title,
                             Visibility=GLib.Variant("s", "progress"))

    def cancel(self, episode: Episode) -> None:
        self.downloads.cancel(episode.key)

    def play(self, episode: Episode) -> None:
        try:
            Gio.AppInfo.launch_default_for_uri(self.library.episode_file(episode).as_uri(), None)
        except GLib.Error as error:
            self._window.say(error.message)

    def _fetch(self, key: str, url: str) -> None:
        """Feeds have priority foreground, because the user waits for them and they are small."""
        self.downloads.start(key, url, self.library.feed_file(key), url, Visibility=GLib.Variant("s", "hidden"),
                             Priority=GLib.Variant("s", "foreground"), NoProgressTimeout=GLib.Variant("u", 0),
                             MaximumDownloadSize=GLib.Variant("t", LARGEST_FEED))

    def _show(self, key: str) -> None:
        self.activate()
        self.withdraw_notification(key)
        self._window.show_episode(key)

    # ---- what Haulier reports ----

    def _update(self, key: str) -> None:
        if self._window:
            self._window.update_episode(key)

    def _on_arrived(self, _downloads: Downloads, key: str) -> None:
        if key.startswith("feed-"):
            self._on_feed(key)
            return
        self._update(key)
        if episode := self.library.episode(key):
            self._tell(key, "Episode downloaded", episode.title)

    def _on_feed(self, key: str) -> None:
        try:
            if key in self.library.urls:
                self.library.feed_arrived(key)
        except NotAPodcast as error:
            self._say(str(error))
        if self._window:
            self._window.update_feeds()

    def _on_failed(self, downloads: Downloads, key: str, message: str) -> None:
        if not key.startswith("feed-"):
            self._update(key)
            if episode := self.library.episode(key):
                self._tell(key, "Download failed", f"{episode.title}: {message}")
            return
        if key in downloads.jobs:
            downloads.cancel(key)
        if key not in self.library.feeds:
            self.library.unsubscribe(key)
        self._say(message)

    def _say(self, message: str) -> None:
        if self._window:
            self._window.say(message)

    def _tell(self, key: str, title: str, text: str) -> None:
        """Shows a notice on the desktop, unless the window is active."""
        if self._window and self._window.is_active():
            return
        notice = Gio.Notification.new(title)
        notice.set_body(text)
        notice.set_default_action_and_target("app.show-episode", GLib.Variant("s", key))
        self.send_notification(key, notice)


def main(arguments: list[str]) -> int:
    return Application().run(arguments)
