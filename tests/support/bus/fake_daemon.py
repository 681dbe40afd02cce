# SPDX-License-Identifier: LGPL-2.1-or-later
"""A daemon without jobs, which may refuse its first calls, and one whose only job fails as soon as it has been read."""

from gi.repository import Gio, GLib

from ..client.dbus_client import JOB, MANAGER, NAME, PROPERTIES, ROOT
from .fake_service import FakeService


class FakeDaemon(FakeService):
    NAME = NAME
    PATH = ROOT
    XML = f"""<node><interface name="{MANAGER}">
      <method name="SubscribeWith"> <arg name="options" type="a{{sv}}" direction="in"/> </method>
      <method name="ListJobs">
        <arg name="filter" type="a{{sv}}" direction="in"/> <arg name="jobs" type="a(oa{{sv}})" direction="out"/>
      </method>
    </interface></node>"""

    def __init__(self, address: str, refusals: int = 0):
        self.refusals = refusals
        super().__init__(address)

    def methods(self) -> list[str]:
        return [method for method, _ in self._calls]

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        if self.refusals > 0:
            self.refusals -= 1
            invocation.return_dbus_error("org.freedesktop.DBus.Error.NoReply", "it has much to do")
        else:
            invocation.return_value(GLib.Variant("(a(oa{sv}))", ([],)) if method == "ListJobs" else None)


class FakeFailingJob(FakeService):
    NAME = NAME
    PATH = ROOT + "/jobs/1"
    XML = f"""<node><interface name="{PROPERTIES}">
      <method name="GetAll">
        <arg name="interface" type="s" direction="in"/> <arg name="values" type="a{{sv}}" direction="out"/>
      </method>
    </interface></node>"""

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        def values(state: str) -> dict:
            return {"State": GLib.Variant("s", state)}
        invocation.return_value(GLib.Variant("(a{sv})", (values("queued"),)))
        self._connection.emit_signal(None, self.PATH, PROPERTIES, "PropertiesChanged",
                                     GLib.Variant("(sa{sv}as)", (JOB, values("error"), [])))
