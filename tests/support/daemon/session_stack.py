# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system instance, and a user whose session bus appears when the test says so."""

import os
import pathlib

from ..bus.private_bus import PrivateBus
from ..client.dbus_client import Bus
from .system_stack import SystemStack


class StackWithSession(SystemStack):
    """The worker finds the address of the session bus in its environment. There is no socket there before come()."""

    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        return super()._environment(extra) | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.directory}/session/bus"}

    def _begin(self, config, env) -> None:
        super()._begin(config, env)
        self.manager._call("Subscribe")  # signals are sent only to clients that subscribe
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
        """The processes that are connected to the session bus."""
        return set(self.user_client.of_all(self.user_client.pid_of).values())

    @property
    def marker(self) -> pathlib.Path:
        return self.state / "pending"
