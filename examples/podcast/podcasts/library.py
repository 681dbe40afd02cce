# SPDX-License-Identifier: LGPL-2.1-or-later
"""The subscriptions and the files of the app, below ~/.local/share."""

import json
import pathlib

from gi.repository import GLib

from . import APP_ID
from .feeds import Episode, Feed, NotAPodcast, parse, short_hash


class Library:
    def __init__(self, folder: pathlib.Path | None = None):
        self.folder = folder or pathlib.Path(GLib.get_user_data_dir()) / APP_ID
        self._list = self.folder / "feeds.json"
        self.feeds: dict[str, Feed] = {}  # those that have arrived, by their keys
        for name in ("feeds", "episodes"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.urls: dict[str, str] = json.loads(self._list.read_text()) if self._list.exists() else {}
        for key in self.urls:
            self._read(key)

    # ---- feeds ----

    def subscribe(self, url: str) -> str:
        """Returns the key of the job that fetches the feed."""
        key = "feed-" + short_hash(url)
        self.urls[key] = url
        self._save()
        return key

    def unsubscribe(self, key: str) -> None:
        self.feed_file(key).unlink(missing_ok=True)
        self.feeds.pop(key, None)
        self.urls.pop(key, None)
        self._save()

    def feed_arrived(self, key: str) -> None:
        """Reads the feed. If it is none, raises NotAPodcast, and forgets the subscription if it never was a feed."""
        try:
            self.feeds[key] = parse(self.feed_file(key).read_bytes(), self.urls[key])
        except NotAPodcast:
            if key not in self.feeds:
                self.unsubscribe(key)
            raise

    def feed_file(self, key: str) -> pathlib.Path:
        return self.folder / "feeds" / f"{key}.xml"

    def _read(self, key: str) -> None:
        """The feed as it was fetched last. Without it, the app fetches the feed."""
        try:
            self.feeds[key] = parse(self.feed_file(key).read_bytes(), self.urls[key])
        except (OSError, NotAPodcast):
            pass

    def _save(self) -> None:
        GLib.file_set_contents(str(self._list), json.dumps(self.urls).encode())

    # ---- episodes ----

    def episode(self, key: str) -> Episode | None:
        return next((episode for feed in self.feeds.values() for episode in feed.episodes if episode.key == key), None)

    def episode_file(self, episode: Episode) -> pathlib.Path:
        return self.folder / "episodes" / episode.file_name
