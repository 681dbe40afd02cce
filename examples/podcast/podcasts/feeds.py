# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads podcast feeds: RSS 2.0 with enclosures."""

import hashlib
import pathlib
import urllib.parse
import xml.etree.ElementTree as ElementTree
from email.utils import parsedate_to_datetime
from typing import NamedTuple

MOST_EPISODES = 50  # the newest ones are shown
ENDINGS = (".m4a", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".wav")  # of the names that files may get


class NotAPodcast(Exception):
    """The content is not a feed with episodes."""


def short_hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:32]


class Episode(NamedTuple):
    url: str
    title: str
    date: str

    @property
    def key(self) -> str:
        """The app's name for the job that downloads it."""
        return "episode-" + short_hash(self.url)

    @property
    def file_name(self) -> str:
        """Only the extension of the name comes from the feed."""
        ending = pathlib.PurePosixPath(urllib.parse.urlsplit(self.url).path).suffix.lower()
        return short_hash(self.url) + (ending if ending in ENDINGS else "")


class Feed(NamedTuple):
    url: str
    title: str
    episodes: list[Episode]


def parse(content: bytes, url: str) -> Feed:
    try:
        channel = ElementTree.fromstring(content).find("channel")
    except ElementTree.ParseError as error:
        raise NotAPodcast(f"{url} is not a feed: {error}") from None
    items = channel.iterfind("item") if channel is not None else []
    episodes = [episode for item in items if (episode := _episode(item, url))]
    if not episodes:
        raise NotAPodcast(f"{url} has no episodes")
    return Feed(url, _text(channel, "title") or url, episodes[:MOST_EPISODES])


def _episode(item: ElementTree.Element, feed: str) -> Episode | None:
    enclosure = item.find("enclosure")
    if enclosure is None:
        return None
    try:
        url = urllib.parse.urljoin(feed, enclosure.get("url", "").strip())
    except ValueError:  # such as http://[
        return None
    if not url.startswith(("http://", "https://")):
        return None
    return Episode(url, _text(item, "title") or url, _date(_text(item, "pubDate")))


def _text(element: ElementTree.Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())


def _date(text: str) -> str:
    try:
        return f"{parsedate_to_datetime(text):%x}"
    except ValueError:
        return ""
