# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a desktop has on its session bus: KDE's job views, a notification server, a file manager, and a dock."""

import itertools
from dataclasses import dataclass, field

from gi.repository import Gio, GLib

from ..client.dbus_client import BUS, Bus
from .fake_service import FakeService

VIEW = "org.kde.JobViewV3"
VIEW_XML = f"""<node><interface name="{VIEW}">
  <method name="update"> <arg name="properties" type="a{{sv}}" direction="in"/> </method>
  <method name="terminate">
    <arg name="code" type="u" direction="in"/> <arg name="message" type="s" direction="in"/>
    <arg name="hints" type="a{{sv}}" direction="in"/>
  </method>
  <signal name="suspendRequested"/> <signal name="resumeRequested"/> <signal name="cancelRequested"/>
</interface></node>"""


@dataclass
class JobView:
    path: str
    app: str
    hints: dict
    values: dict = field(default_factory=dict)  # the newest of all updates
    updates: int = 0
    end: tuple[int, str] | None = None  # code and message


class JobViewServer(FakeService):
    NAME = "org.kde.JobViewServer"
    PATH = "/JobViewServer"
    XML = """<node><interface name="org.kde.JobViewServerV2">
      <method name="requestView">
        <arg name="app" type="s" direction="in"/> <arg name="capabilities" type="i" direction="in"/>
        <arg name="hints" type="a{sv}" direction="in"/> <arg name="view" type="o" direction="out"/>
      </method>
    </interface></node>"""

    def __init__(self, address: str):
        self.views: list[JobView] = []
        self.refuses = False
        self._numbers = itertools.count()
        super().__init__(address)

    def open(self) -> list[JobView]:
        return [view for view in self.views if view.end is None]

    def requests(self) -> int:
        return sum(method == "requestView" for method, _ in self._calls)

    def titles(self) -> list[str]:
        return sorted(view.values.get("title", "") for view in self.open())

    def press(self, view: JobView, button: str) -> None:
        self._connection.emit_signal(None, view.path, VIEW, f"{button}Requested", None)

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        if method == "requestView":
            if self.refuses:
                invocation.return_dbus_error("org.haulier.Test.Refused", "no")
                return
            app, capabilities, hints = arguments
            assert capabilities == 3, "cancelling and pausing"
            view = JobView(f"/views/{next(self._numbers)}", app, hints)
            self._connection.register_object(view.path, Gio.DBusNodeInfo.new_for_xml(VIEW_XML).interfaces[0],
                                             self._on_call, None, None)
            self.views.append(view)
            invocation.return_value(GLib.Variant("(o)", (view.path,)))
            return
        view = next(view for view in self.views if view.path == invocation.get_object_path())
        if method == "update":
            view.values |= arguments[0]
            view.updates += 1
        else:
            view.end = arguments[:2]
        invocation.return_value(None)


@dataclass
class Note:
    id: int
    app: str
    icon: str
    summary: str
    body: str
    actions: dict[str, str]  # label of each key
    hints: dict
    timeout: int
    replaced: bool
    when: float
    closed: bool = False


class NotificationServer(FakeService):
    """`notes` has every call of Notify."""

    NAME = "org.freedesktop.Notifications"
    PATH = "/org/freedesktop/Notifications"
    XML = """<node><interface name="org.freedesktop.Notifications">
      <method name="GetServerInformation">
        <arg name="name" type="s" direction="out"/> <arg name="vendor" type="s" direction="out"/>
        <arg name="version" type="s" direction="out"/> <arg name="spec" type="s" direction="out"/>
      </method>
      <method name="GetCapabilities"> <arg name="capabilities" type="as" direction="out"/> </method>
      <method name="Notify">
        <arg name="app" type="s" direction="in"/> <arg name="replaces" type="u" direction="in"/>
        <arg name="icon" type="s" direction="in"/> <arg name="summary" type="s" direction="in"/>
        <arg name="body" type="s" direction="in"/> <arg name="actions" type="as" direction="in"/>
        <arg name="hints" type="a{sv}" direction="in"/> <arg name="timeout" type="i" direction="in"/>
        <arg name="id" type="u" direction="out"/>
      </method>
      <method name="CloseNotification"> <arg name="id" type="u" direction="in"/> </method>
      <signal name="ActionInvoked"> <arg name="id" type="u"/> <arg name="key" type="s"/> </signal>
      <signal name="NotificationClosed"> <arg name="id" type="u"/> <arg name="reason" type="u"/> </signal>
    </interface></node>"""

    def __init__(self, address: str, name: str = "gnome-shell", capabilities: tuple = ("actions", "body", "body-markup")):
        self.name = name
        self.capabilities = list(capabilities)
        self.notes: list[Note] = []
        super().__init__(address)

    def summaries(self) -> list[str]:
        return [note.summary for note in self.notes if note.timeout != 0]

    def bars(self) -> list[Note]:
        return [note for note in self.notes if note.timeout == 0]

    def wait_note(self, summary: str) -> Note:
        def found():
            return [note for note in self.notes if note.summary == summary]
        self.wait_for(found, f"the notice '{summary}'")
        return found()[-1]

    def press(self, note: Note, key: str) -> None:
        assert key in note.actions, note
        self._emit("ActionInvoked", "(us)", note.id, key)
        self.dismiss(note)

    def dismiss(self, note: Note) -> None:
        self._emit("NotificationClosed", "(uu)", note.id, 2)

    def _emit(self, member: str, signature: str, *args) -> None:
        self._connection.emit_signal(None, self.PATH, self.NAME, member, GLib.Variant(signature, args))

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        if method == "GetServerInformation":
            invocation.return_value(GLib.Variant("(ssss)", (self.name, "tests", "1", "1.2")))
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (self.capabilities,)))
        elif method == "Notify":
            app, replaces, icon, summary, text, actions, hints, timeout = arguments
            number = replaces or len(self.notes) + 1
            self.notes.append(Note(number, app, icon, summary, text, dict(zip(actions[::2], actions[1::2])), hints, timeout,
                                   replaces != 0, GLib.get_monotonic_time() / 1e6))
            invocation.return_value(GLib.Variant("(u)", (number,)))
        else:
            for note in self.notes:
                note.closed = note.closed or note.id == arguments[0]
            invocation.return_value(None)
            self._emit("NotificationClosed", "(uu)", arguments[0], 3)


class LeavingNotificationServer(NotificationServer):
    """Leaves the bus when it is asked what it can do."""

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        if method == "GetCapabilities":
            self._connection.close_sync(None)
        else:
            super()._called(method, arguments, invocation)


class FileManager(FakeService):
    NAME = "org.freedesktop.FileManager1"
    PATH = "/org/freedesktop/FileManager1"
    XML = """<node><interface name="org.freedesktop.FileManager1">
      <method name="ShowItems"> <arg name="urls" type="as" direction="in"/> <arg name="startup" type="s" direction="in"/> </method>
      <method name="ShowFolders"> <arg name="urls" type="as" direction="in"/> <arg name="startup" type="s" direction="in"/> </method>
    </interface></node>"""

    def __init__(self, address: str):
        self.shown: list[tuple[str, list[str]]] = []
        super().__init__(address)

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        self.shown.append((method, arguments[0]))
        invocation.return_value(None)


class Dock:
    """Uses a connection of the test, whose `wait` handles its signals."""

    def __init__(self, bus: Bus):
        self.entries: list[tuple[str, dict]] = []
        bus.connection.signal_subscribe(None, "com.canonical.Unity.LauncherEntry", "Update", None, None,
                                        Gio.DBusSignalFlags.NONE, self._heard)
        bus.call(*BUS, "RequestName", "(su)", "com.canonical.Unity", 0)

    def _heard(self, _connection, _sender, _path, _interface, _member, parameters) -> None:
        self.entries.append(parameters.unpack())
