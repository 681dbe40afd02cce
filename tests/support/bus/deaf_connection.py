# SPDX-License-Identifier: LGPL-2.1-or-later
"""A connection to a bus that reads only when it is told to: without a library, each of which reads by itself."""

import os
import select
import socket
import time

from gi.repository import Gio, GLib

from ..client.dbus_client import BUS, MANAGER, NAME, ROOT
from ..environment import patience
from .system_bus import acting_as


class DeafConnection:
    def __init__(self, address: str, uid: int):
        self.serial = 0
        self.received = b""
        self.socket = socket.socket(socket.AF_UNIX)
        with acting_as(uid):
            self.socket.connect(address.removeprefix("unix:path="))
            self.socket.sendall(b"\0AUTH EXTERNAL " + str(uid).encode().hex().encode() + b"\r\n")
            self._until(b"\r\n")
        self.socket.sendall(b"BEGIN\r\n")
        self.name = self.call(*BUS, "Hello").get_body().get_child_value(0).get_string()

    def close(self) -> None:
        self.socket.close()

    def subscribe(self) -> None:
        self.call(NAME, ROOT, MANAGER, "Subscribe")

    def send(self, destination: str, path: str, interface: str, method: str, body: GLib.Variant | None = None) -> int:
        """Without waiting for the reply. Returns the serial."""
        message = Gio.DBusMessage.new_method_call(destination, path, interface, method)
        if body:
            message.set_body(body)
        return self._send(message)

    def call(self, *words: str) -> Gio.DBusMessage:
        """Reads until the reply is there."""
        serial = self.send(*words)
        while True:
            message = self.read()
            if message.get_reply_serial() == serial and message.get_message_type() != Gio.DBusMessageType.METHOD_CALL:
                return message

    def read(self, seconds: float = 10) -> Gio.DBusMessage:
        """The next message. Replies to calls, as every library does by itself to a Ping."""
        while len(self.received) < 16 or len(self.received) < Gio.DBusMessage.bytes_needed(self.received):
            self._more(seconds)
        length = Gio.DBusMessage.bytes_needed(self.received)
        blob, self.received = self.received[:length], self.received[length:]
        message = Gio.DBusMessage.new_from_blob(blob, Gio.DBusCapabilityFlags.NONE)
        if message.get_message_type() == Gio.DBusMessageType.METHOD_CALL:
            self._send(Gio.DBusMessage.new_method_reply(message))
        return message

    def read_until(self, member: str, seconds: float = 20) -> list[str]:
        """The members of all signals up to that one."""
        deadline = time.monotonic() + patience(seconds)
        members = []
        while time.monotonic() < deadline:
            message = self.read()
            if message.get_message_type() == Gio.DBusMessageType.SIGNAL:
                members.append(message.get_member())
                if members[-1] == member:
                    return members
        raise AssertionError(f"no {member} among {len(members)} signals")

    def _send(self, message: Gio.DBusMessage) -> int:
        self.serial += 1
        message.set_serial(self.serial)
        self.socket.sendall(message.to_blob(Gio.DBusCapabilityFlags.NONE))
        return self.serial

    def _more(self, seconds: float) -> None:
        ready, _, _ = select.select([self.socket], [], [], patience(seconds))
        data = os.read(self.socket.fileno(), 1 << 16) if ready else b""
        assert data, "the bus sends nothing more"
        self.received += data

    def _until(self, end: bytes) -> None:
        while not self.received.endswith(end):
            self._more(10)
        self.received = b""
