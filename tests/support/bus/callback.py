# SPDX-License-Identifier: LGPL-2.1-or-later
"""A callback object that records its calls, and replies, refuses or does not reply, as the test wants. What `answer` returns
is the reply to RemoteNameExpired."""

from collections.abc import Callable
from dataclasses import dataclass

from gi.repository import Gio, GLib

from ..client.dbus_client import CALLBACK, Bus
from ..environment import SOURCE

INTERFACE = Gio.DBusNodeInfo.new_for_xml((SOURCE / "dbus" / f"{CALLBACK}.xml").read_text()).interfaces[0]


@dataclass
class Call:
    method: str
    args: tuple
    sender: str


def reply_to(method: str, answer: str | None) -> GLib.Variant | None:
    return GLib.Variant("(s)", (answer or "",)) if method == "RemoteNameExpired" else None


def accept(_call: Call) -> None:
    """A successful reply, as from a well-behaved client."""


class Refuse(Exception):
    """Raised by `answer`: the reply is a D-Bus error."""

    def __init__(self, message: str = "not now", name: str = "org.example.NotNow"):
        super().__init__(message)
        self.name = name


class Mute(Exception):
    """Raised by `answer`: there is no reply."""


class Callback:
    """An object at `path` on `bus`. `answer` is called for each call and decides how to reply."""

    def __init__(self, bus: Bus, path: str = "/client", answer: Callable[[Call], str | None] = accept):
        self.bus = bus
        self.path = path
        self.answer = answer
        self.calls: list[Call] = []
        self.unanswered: list[Gio.DBusMethodInvocation] = []
        self.registration = bus.connection.register_object(path, INTERFACE, self._called, None, None)

    def withdraw(self) -> None:
        self.bus.connection.unregister_object(self.registration)

    def methods(self) -> list[str]:
        return [call.method for call in self.calls]

    def wait(self, method: str, times: int = 1, seconds: float = 15) -> Call:
        def heard():
            matching = [call for call in self.calls if call.method == method]
            return matching[times - 1] if len(matching) >= times else None
        return self.bus.wait(heard, f"callback {method} (call {times})", seconds)

    def _called(self, _connection, sender, _path, _interface, method, parameters, invocation) -> None:
        call = Call(method, parameters.unpack(), sender)
        self.calls.append(call)
        try:
            answer = self.answer(call)
        except Mute:
            self.unanswered.append(invocation)
        except Refuse as refusal:
            invocation.return_dbus_error(refusal.name, str(refusal))
        else:
            invocation.return_value(reply_to(method, answer))
