# SPDX-License-Identifier: LGPL-2.1-or-later
"""A polkit authority that answers as the test wants."""

from collections.abc import Callable
from dataclasses import dataclass

from gi.repository import Gio, GLib

from .fake_service import FakeService

XML = """<node><interface name="org.freedesktop.PolicyKit1.Authority">
  <method name="CheckAuthorization">
    <arg name="subject" type="(sa{sv})" direction="in"/> <arg name="action_id" type="s" direction="in"/>
    <arg name="details" type="a{ss}" direction="in"/> <arg name="flags" type="u" direction="in"/>
    <arg name="cancellation_id" type="s" direction="in"/> <arg name="result" type="(bba{ss})" direction="out"/>
  </method>
  <method name="CancelCheckAuthorization"> <arg name="cancellation_id" type="s" direction="in"/> </method>
</interface></node>"""


@dataclass(frozen=True)
class Question:
    subject: str  # the caller's unique name
    action: str
    details: tuple
    flags: int
    cancellation_id: str


class Polkit(FakeService):
    """`judge` answers each question with "yes", "no", "challenge", "error", or "later", which keeps it open until
    release()."""

    NAME = "org.freedesktop.PolicyKit1"
    PATH = "/org/freedesktop/PolicyKit1/Authority"
    XML = XML

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
        """Answers the open questions."""
        with self._changed:
            for invocation in self._open:
                self._answer(invocation, word)
            self._open = []
