# SPDX-License-Identifier: LGPL-2.1-or-later
"""A logind whose users log in and out when the test says so."""


from gi.repository import Gio, GLib

from ..client.dbus_client import BUS, Bus

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
