# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system instance on a private bus of the system's kind, with clients of several users and a polkit of our own.
Needs root, to be anybody."""

import contextlib
import os
import pwd
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gi.repository import Gio, GLib

from . import client
from .bus import PrivateBus
from .environment import patience, program
from .fake_service import FakeService
from .stack import Stack

# As Debian's, but calls are allowed to everybody: who may do what is for the daemon to decide here, not for the bus.
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
</busconfig>
"""

# Dressed up as accounts that are everywhere: dbus-daemon turns away a uid that has no name.
ANNA, BERT, CARL = (pwd.getpwnam(name).pw_uid for name in ("bin", "games", "sys"))


@contextlib.contextmanager
def acting_as(uid: int) -> Iterator[None]:
    """This process is somebody else's for a while. Whoever is connected to meanwhile remembers that."""
    os.setresuid(uid, uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


class SystemBus(PrivateBus):
    CONFIG = CONFIG


class Pending:
    """A call that is under way. `error` is None when it succeeded."""

    def __init__(self):
        self.done = False
        self.answer: tuple | None = None
        self.error: client.BusError | None = None

    def _settle(self, connection: Gio.DBusConnection, result: Gio.AsyncResult) -> None:
        try:
            self.answer = connection.call_finish(result).unpack()
        except GLib.Error as error:
            self.error = client.BusError(error)
        self.done = True


class UserBus(client.Bus):
    """One connection of a user, which remembers every signal that reaches it, whatever it was asked for."""

    def __init__(self, address: str, uid: int):
        self.interactive = False  # may the user be asked for a password?
        with acting_as(uid):
            super().__init__(client.connect(address))
        self.everything: list[tuple[str, client.Signal]] = []
        self.connection.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE, self._heard_anything)

    def _heard_anything(self, _connection, sender, path, interface, member, parameters) -> None:
        self.everything.append((sender, client.Signal(path, interface, member, parameters.unpack())))

    @property
    def _flags(self) -> Gio.DBusCallFlags:
        return Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION if self.interactive else Gio.DBusCallFlags.NONE

    def begin(self, path: str, interface: str, method: str, signature: str = "()", *args) -> Pending:
        """Calls Haulier without waiting."""
        pending = Pending()
        self.connection.call(client.NAME, path, interface, method, GLib.Variant(signature, args), None, self._flags,
                             int(patience(60) * 1000), None, pending._settle)
        return pending

    def call(self, destination: str, path: str, interface: str, method: str, signature: str = "()", *args,
             seconds: float = 20) -> tuple:
        try:
            answer = self.connection.call_sync(destination, path, interface, method, GLib.Variant(signature, args), None,
                                               self._flags, int(patience(seconds) * 1000), None)
        except GLib.Error as error:
            raise client.BusError(error) from None
        return answer.unpack()

    def heard(self) -> list[client.Signal]:
        """All that Haulier has told this connection: what was sent before the answer to a call is here with it."""
        self.call(client.NAME, client.ROOT, "org.freedesktop.DBus.Peer", "Ping")
        while GLib.MainContext.default().iteration(False):
            pass
        others = {"org.freedesktop.DBus", self.unique_name}
        return [signal for sender, signal in self.everything if sender not in others and "haulier" in signal.path]


POLKIT_XML = """<node><interface name="org.freedesktop.PolicyKit1.Authority">
  <method name="CheckAuthorization">
    <arg name="subject" type="(sa{sv})" direction="in"/> <arg name="action_id" type="s" direction="in"/>
    <arg name="details" type="a{ss}" direction="in"/> <arg name="flags" type="u" direction="in"/>
    <arg name="cancellation_id" type="s" direction="in"/> <arg name="result" type="(bba{ss})" direction="out"/>
  </method>
  <method name="CancelCheckAuthorization"> <arg name="cancellation_id" type="s" direction="in"/> </method>
</interface></node>"""


@dataclass(frozen=True)
class Question:
    subject: str  # unique name
    action: str
    details: tuple
    flags: int
    cancellation_id: str


class Polkit(FakeService):
    """The authority. `judge` answers each question with "yes", "no", "challenge", "error", or "later", which means
    release()."""

    NAME = "org.freedesktop.PolicyKit1"
    PATH = "/org/freedesktop/PolicyKit1/Authority"
    XML = POLKIT_XML

    def __init__(self, address: str, judge: Callable[[Question], str] = lambda _: "no"):
        self.judge = judge
        self.questions: list[Question] = []
        self.cancelled: list[str] = []
        self._open: list[Gio.DBusMethodInvocation] = []
        super().__init__(address)

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        if method == "CancelCheckAuthorization":
            self.cancelled.append(arguments[0])
            invocation.return_value(None)
        else:
            (_kind, subject), action, details, flags, cancellation_id = arguments
            question = Question(subject["name"], action, tuple(sorted(details.items())), flags, cancellation_id)
            self.questions.append(question)
            self._answer(invocation, self.judge(question))

    def _answer(self, invocation: Gio.DBusMethodInvocation, word: str) -> None:
        if word == "later":
            self._open.append(invocation)
        elif word == "error":
            invocation.return_dbus_error(self.NAME + ".Error.NotAuthorized", "only trusted callers")
        else:
            invocation.return_value(GLib.Variant("((bba{ss}))", ((word == "yes", word == "challenge", {}),)))

    def wait_questions(self, count: int) -> None:
        self.wait_for(lambda: len(self.questions) >= count, f"{count} questions")

    def release(self, word: str) -> None:
        """Answers what is open."""
        with self._changed:
            for invocation in self._open:
                self._answer(invocation, word)
            self._open = []


class SystemStack(Stack):
    """The daemon serves everybody; its worker is a child, as root, because there is no systemd here."""

    BUS = SystemBus

    def _begin(self, config, env) -> None:
        for folder in (self.directory, self.runtime):
            folder.chmod(0o711)
        super()._begin(config, env)

    def daemon_command(self) -> list[str]:
        return [program("HAULIERD"), "--system", f"--state-dir={self.state}", f"--runtime-dir={self.runtime}",
                f"--config={self.config}", f"--worker={program('HAULIER_WORKER')}"]

    def user(self, uid: int) -> UserBus:
        bus = UserBus(self.bus.address, uid)
        self._closing.callback(bus.close)
        return bus

    def polkit(self, judge: Callable[[Question], str] = lambda _: "no") -> Polkit:
        return self._stop_at_end(Polkit(self.bus.address, judge))
