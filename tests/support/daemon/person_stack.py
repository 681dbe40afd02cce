# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system instance, and a person who is logged in: with a home, a runtime directory, a session bus, and a worker that
runs as this person."""

import os
import pwd

import pytest

from ..bus.system_bus import SystemBus
from .unit_stack import UnitStack


def person() -> int:
    """The bus accepts only users with an account, and confines only those who can log in."""
    people = [entry.pw_uid for entry in pwd.getpwall() if 1000 <= entry.pw_uid < 60000]
    if not people:
        pytest.skip("there is no account of a person here")
    return people[0]


class PersonStack(UnitStack):
    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        self.person = person()
        self.login = self.directory / "login"
        self._make_runtime_directory()
        address = f"unix:path={self.directory}/session/bus"
        env = super()._environment(extra) | {"XDG_RUNTIME_DIR": str(self.login), "DBUS_SESSION_BUS_ADDRESS": address}
        os.chown(env["HOME"], self.person, self.person)
        return env

    def _make_runtime_directory(self) -> None:
        """With the place for the documents of the portal. fusermount3 has to look into both, and root's privilege to ignore
        permission bits is missing here."""
        for folder in (self.login, self.login / "doc"):
            folder.mkdir(mode=0o711)
            os.chown(folder, self.person, self.person)

    def _begin(self, config, env) -> None:
        super()._begin(config, env)
        self.systemd()
        folder = self.directory / "session"
        folder.mkdir(mode=0o711)
        self.session = SystemBus(folder, self.env)  # which, unlike a session bus, root can run for others
        self._closing.callback(self.session.stop)
