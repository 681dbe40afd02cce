# SPDX-License-Identifier: LGPL-2.1-or-later
"""A stand-in for a D-Bus service. It runs on a thread of its own, because the test may be blocked in a call."""

import threading
from collections.abc import Callable

from gi.repository import Gio, GLib

from ..client import dbus_client
from ..environment import patience


class FakeService:
    """One object with the interface in XML. A subclass replies to calls in _called(), possibly before this constructor has
    returned."""

    NAME: str
    PATH: str
    XML: str

    def __init__(self, address: str):
        self._calls: list[tuple] = []
        self._changed = threading.Condition()
        self._address = address
        self._context = GLib.MainContext.new()
        self._loop = GLib.MainLoop.new(self._context, False)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(patience(10)), f"the fake {self.NAME} does not start"

    def _run(self) -> None:
        self._context.push_thread_default()
        self._connection = dbus_client.connect(self._address)
        self._connection.set_exit_on_close(False)
        interface = Gio.DBusNodeInfo.new_for_xml(self.XML).interfaces[0]
        self._connection.register_object(self.PATH, interface, self._on_call, None, None)
        self._connection.call_sync(*dbus_client.BUS, "RequestName", GLib.Variant("(su)", (self.NAME, 0)), None,
                                   Gio.DBusCallFlags.NONE, -1, None)
        self._ready.set()
        self._loop.run()

    def _on_call(self, _connection, _sender, _path, _interface, method, parameters, invocation) -> None:
        with self._changed:
            self._calls.append((method, parameters.unpack()))
            self._called(method, parameters.unpack(), invocation)
            self._changed.notify_all()

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        raise NotImplementedError

    def wait_for(self, predicate: Callable[[], bool], what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(predicate, patience(15)), f"waited in vain for {what}; calls were {self._calls}"

    def stop(self) -> None:
        """Leaves the bus; pending calls get no reply."""
        if not self._connection.is_closed():
            self._connection.close_sync(None)
        self._loop.quit()
        self._thread.join(patience(10))
