# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real accessibility bus (AT-SPI), and a client that reads and activates widgets, as screen readers do."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..client import dbus_client

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
INTERFACE = "org.a11y.atspi."


def missing() -> str:
    return "" if os.access(LAUNCHER, os.X_OK) else "there is no at-spi-bus-launcher"


class Widget(NamedTuple):
    owner: str
    path: str
    role: str
    name: str


class Screen:
    """Everything that the programs on the bus of the stack show. Only visible widgets count."""

    def __init__(self, stack):
        self._client = stack.client
        stack.bus.add_service("org.a11y.Bus", [LAUNCHER])
        (address,) = stack.client.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        self._bus = dbus_client.Bus(address)

    def stop(self) -> None:
        self._bus.close()

    def texts(self) -> list[str]:
        return [widget.name for widget in self._widgets() if widget.name]

    def find(self, name: str, role: str = "") -> Widget | None:
        return next((widget for widget in self._widgets() if widget.name == name and role in widget.role), None)

    def wait(self, name: str, role: str = "") -> Widget:
        return self._wait(lambda: self.find(name, role), name)

    def wait_text(self, beginning: str) -> None:
        self._wait(lambda: any(text.startswith(beginning) for text in self.texts()), beginning)

    def press(self, name: str) -> None:
        """Apps replace their widgets when something changes: one that is gone when it is pressed is looked for again."""
        def pressed() -> bool:
            button = self.find(name, "button")
            try:
                return bool(button and self._call(button, "Action", "DoAction", "(i)", 0))
            except dbus_client.BusError as error:
                assert error.name.endswith((".UnknownObject", ".UnknownMethod", ".UnknownInterface", ".ServiceUnknown")), error
                return False
        self._wait(pressed, name)

    def fill(self, name: str, text: str) -> None:
        def filled() -> bool:
            entry = self.find(name, "text") or self.find(name, "entry")
            return bool(entry) and self._call(entry, "EditableText", "SetTextContents", "(s)", text)[0]
        self._client.wait(filled, f"the entry '{name}' to take a text")

    def _wait(self, found: Callable[[], object], what: str):
        try:
            return self._client.wait(found, f"'{what}' on the screen")
        except AssertionError as error:
            raise AssertionError(f"{error}, where there are {self.texts()}") from None

    def _call(self, widget: Widget | tuple[str, str], interface: str, method: str, signature: str = "()", *args) -> tuple:
        return self._bus.call(widget[0], widget[1], INTERFACE + interface, method, signature, *args)

    def _widgets(self) -> Iterator[Widget]:
        return self._below((REGISTRY, ROOT))

    def _below(self, place: tuple[str, str]) -> Iterator[Widget]:
        for owner, path in self._call(place, "Accessible", "GetChildren")[0]:
            with contextlib.suppress(dbus_client.BusError):  # the widget may have gone meanwhile
                yield self._widget(owner, path)
                yield from self._below((owner, path))

    def _widget(self, owner: str, path: str) -> Widget:
        (role,) = self._call((owner, path), "Accessible", "GetRoleName")
        (name,) = self._bus.call(owner, path, dbus_client.PROPERTIES, "Get", "(ss)", INTERFACE + "Accessible", "Name")
        return Widget(owner, path, role, name)
