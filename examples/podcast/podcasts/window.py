# SPDX-License-Identifier: LGPL-2.1-or-later
"""The window: an entry for feeds, and below it the episodes of each."""

from gi.repository import Adw, GLib, Gtk

from .downloads import has_failed, progress_text
from .feeds import Episode, Feed


def label(widget: Gtk.Widget, text: str) -> None:
    """Sets the name of a widget for screen readers."""
    widget.update_property([Gtk.AccessibleProperty.LABEL], [text])


class EpisodeRow(Adw.ActionRow):
    """An episode with a button that downloads, cancels or plays it, depending on its state."""

    def __init__(self, app, episode: Episode):
        super().__init__(title=GLib.markup_escape_text(episode.title), title_lines=1, subtitle_lines=1)
        self.app, self.episode = app, episode
        self.bar = Gtk.ProgressBar(valign=Gtk.Align.CENTER, width_request=120)
        self.button = Gtk.Button(valign=Gtk.Align.CENTER)
        self.button.add_css_class("flat")
        self.button.connect("clicked", lambda _button: self._action(self.episode))
        self.add_suffix(self.bar)
        self.add_suffix(self.button)
        self.update()

    def update(self) -> None:
        job = self.app.downloads.jobs.get(self.episode.key)
        there = self.app.library.episode_file(self.episode).exists()
        if job and not has_failed(job):
            self._set("Cancel", "process-stop-symbolic", self.app.cancel, progress_text(job))
        elif there:
            self._set("Play", "media-playback-start-symbolic", self.app.play, "Ready to play")
        else:
            self._set("Download", "folder-download-symbolic", self.app.download, progress_text(job) if job else self.episode.date)
        self.bar.set_visible(bool(job) and not has_failed(job))
        if job:
            done, total, _rate, _left = job.get_progress()
            self.bar.set_fraction(done / total if total > 0 else 0)

    def _set(self, verb: str, icon: str, action, subtitle: str) -> None:
        self._action = action
        self.button.set_icon_name(icon)
        self.button.set_tooltip_text(verb)
        label(self.button, f"{verb} {self.episode.title}")
        self.set_subtitle(GLib.markup_escape_text(subtitle))


class Window(Adw.ApplicationWindow):
    def __init__(self, app):
        super().__init__(application=app, title="Podcasts", default_width=640, default_height=560)
        self.app = app
        self._rows: dict[str, EpisodeRow] = {}
        self._groups: list[Adw.PreferencesGroup] = []
        self._page = Adw.PreferencesPage()
        self._page.add(self._subscription())
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        box.append(Adw.HeaderBar())
        box.append(self._page)
        self._toasts = Adw.ToastOverlay(child=box)
        self.set_content(self._toasts)
        self.update_feeds()

    def _subscription(self) -> Adw.PreferencesGroup:
        self._entry = Gtk.Entry(placeholder_text="Address of a feed", input_purpose=Gtk.InputPurpose.URL, hexpand=True)
        label(self._entry, "Address of a feed")
        self._entry.connect("activate", self._on_subscribe)
        button = Gtk.Button(label="Subscribe")
        button.add_css_class("suggested-action")
        button.connect("clicked", self._on_subscribe)
        box = Gtk.Box(spacing=6)
        box.append(self._entry)
        box.append(button)
        group = Adw.PreferencesGroup()
        group.add(box)
        return group

    def _on_subscribe(self, _widget: Gtk.Widget) -> None:
        url = self._entry.get_text().strip()
        if not url.startswith(("http://", "https://")):
            self.say("The address of a feed begins with https://")
            return
        self._entry.set_text("")
        self.app.subscribe(url)

    def say(self, text: str) -> None:
        self._toasts.add_toast(Adw.Toast.new(GLib.markup_escape_text(text)))

    def update_feeds(self) -> None:
        for group in self._groups:
            self._page.remove(group)
        self._rows.clear()
        self._groups = [self._group(feed) for feed in self.app.library.feeds.values()]
        for group in self._groups:
            self._page.add(group)

    def _group(self, feed: Feed) -> Adw.PreferencesGroup:
        group = Adw.PreferencesGroup(title=GLib.markup_escape_text(feed.title))
        for episode in feed.episodes:
            self._rows[episode.key] = EpisodeRow(self.app, episode)
            group.add(self._rows[episode.key])
        return group

    def update_episode(self, key: str) -> None:
        if row := self._rows.get(key):
            row.update()

    def show_episode(self, key: str) -> None:
        if row := self._rows.get(key):
            row.button.grab_focus()
