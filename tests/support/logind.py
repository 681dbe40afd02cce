# SPDX-License-Identifier: LGPL-2.1-or-later
"""A logind that knows who is there because the test says so, and a user whose session bus comes and goes."""

import os
import pathlib

from gi.repository import Gio, GLib

from .bus import PrivateBus
from .client import BUS, Bus
from .system_bus import SystemStack

NAME = "org.freedesktop.login1"
PATH = "/org/freedesktop/login1"
MANAGER = "org.freedesktop.login1.Manager"
XML = f"""<node><interface name="{MANAGER}">
  <method name="ListUsers"> <arg name="users" type="a(uso)" direction="out"/> </method>
  <signal name="UserNew"> <arg name="uid" type="u"/> <arg name="object" type="o"/> </signal>
  <signal name="UserRemoved"> <arg name="uid" type="u"/> <arg name="object" type="o"/> </signal>
</interface></node>"""


def user_path(uid: int) -> str:
    return f"{PATH}/user/_{uid}"


class Logind:
    def __init__(self, bus: Bus, *users: int):
        self.bus = bus
        self.users = set(users)
        self.questions = 0
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        bus.connection.register_object(PATH, interface, self._called, None, None)
        bus.call(*BUS, "RequestName", "(su)", NAME, 0)

    def _called(self, _connection, _sender, _path, _interface, _method, _parameters, invocation) -> None:
        self.questions += 1
        users = [(uid, f"u{uid}", user_path(uid)) for uid in sorted(self.users)]
        invocation.return_value(GLib.Variant("(a(uso))", (users,)))

    def _say(self, member: str, uid: int) -> None:
        self.bus.connection.emit_signal(None, PATH, MANAGER, member, GLib.Variant("(uo)", (uid, user_path(uid))))

    def log_in(self, uid: int) -> None:
        self.users.add(uid)
        self._say("UserNew", uid)

    def log_out(self, uid: int) -> None:
        self.users.discard(uid)
        self._say("UserRemoved", uid)


class StackWithSession(SystemStack):
    """The system instance, its worker, and our own session bus, which the worker finds in the environment. It is not
    there before come()."""

    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        return super()._environment(extra) | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.directory}/session/bus"}

    def _begin(self, config, env) -> None:
        super()._begin(config, env)
        self.manager._call("Subscribe")  # nobody is told anything unasked
        folder = self.directory / "user"
        folder.mkdir()
        self.session = PrivateBus(folder, self.env)
        self._closing.callback(self.session.stop)
        self.user_client = Bus(self.session.address)
        self._closing.callback(self.user_client.close)

    def come(self) -> None:
        """The runtime directory appears, with the bus in it."""
        folder = self.directory / "session.new"
        folder.mkdir()
        os.symlink(self.session.directory / "bus", folder / "bus")
        folder.rename(self.directory / "session")

    def session_pids(self) -> set[int]:
        """Who is connected to the session bus."""
        return set(self.user_client.of_all(self.user_client.pid_of).values())

    @property
    def marker(self) -> pathlib.Path:
        return self.state / "pending"
