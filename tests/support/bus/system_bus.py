# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private bus configured like the system bus, and clients of several users on it. Needs root, to act as these users."""

import contextlib
import os
import pwd
from collections.abc import Iterator

from gi.repository import Gio, GLib

from ..client import dbus_client
from ..environment import patience
from .private_bus import PrivateBus

# As Debian's, but every user may make every call: the tests check the daemon's access control, not the bus policy.
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <keep_umask/>
  <listen>unix:path={directory}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{directory}/services</servicedir>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
  <limit name="service_start_timeout">{start_timeout}</limit>
</busconfig>
"""

# The test users borrow accounts that exist everywhere: dbus-daemon rejects a uid that has no name.
ANNA, BERT, CARL = (pwd.getpwnam(name).pw_uid for name in ("bin", "games", "sys"))


@contextlib.contextmanager
def acting_as(uid: int) -> Iterator[None]:
    """Switches this process to that user. The peer of a connection that is made meanwhile sees this uid."""
    if os.getuid() == uid:
        yield
        return
    os.setresuid(uid, uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


class SystemBus(PrivateBus):
    CONFIG = CONFIG


class Pending:
    """A pending call. When it is done, `error` is None if it succeeded."""

    def __init__(self):
        self.done = False
        self.answer: tuple | None = None
        self.error: dbus_client.BusError | None = None

    def _settle(self, connection: Gio.DBusConnection, result: Gio.AsyncResult) -> None:
        try:
            self.answer = connection.call_finish(result).unpack()
        except GLib.Error as error:
            self.error = dbus_client.BusError(error)
        self.done = True


class UserBus(dbus_client.Bus):
    """One connection of a user, which records every signal that reaches it."""

    def __init__(self, address: str, uid: int):
        self.interactive = False  # may the user be asked for a password?
        with acting_as(uid):
            super().__init__(dbus_client.connect(address))
        self.everything: list[tuple[str, dbus_client.Signal]] = []
        self.connection.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE, self._heard_anything)

    def _heard_anything(self, _connection, sender, path, interface, member, parameters) -> None:
        self.everything.append((sender, dbus_client.Signal(path, interface, member, parameters.unpack())))

    @property
    def _flags(self) -> Gio.DBusCallFlags:
        return Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION if self.interactive else Gio.DBusCallFlags.NONE

    def begin(self, path: str, interface: str, method: str, signature: str = "()", *args) -> Pending:
        """Calls Haulier without waiting."""
        pending = Pending()
        self.connection.call(dbus_client.NAME, path, interface, method, GLib.Variant(signature, args), None, self._flags,
                             int(patience(60) * 1000), None, pending._settle)
        return pending

    def call(self, destination: str, path: str, interface: str, method: str, signature: str = "()", *args,
             seconds: float = 20) -> tuple:
        try:
            answer = self.connection.call_sync(destination, path, interface, method, GLib.Variant(signature, args), None,
                                               self._flags, int(patience(seconds) * 1000), None)
        except GLib.Error as error:
            raise dbus_client.BusError(error) from None
        return answer.unpack()

    def heard(self) -> list[dbus_client.Signal]:
        """All signals of Haulier so far. Messages arrive in order, so the reply to a call comes after every earlier signal."""
        self.call(dbus_client.NAME, dbus_client.ROOT, "org.freedesktop.DBus.Peer", "Ping")
        while GLib.MainContext.default().iteration(False):
            pass
        others = {"org.freedesktop.DBus", self.unique_name}
        return [signal for sender, signal in self.everything if sender not in others and "haulier" in signal.path]
