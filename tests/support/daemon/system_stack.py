# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Haulier for all users: the system instance on a bus like the system bus."""

from collections.abc import Callable

from ..bus.fake_polkit import Polkit, Question
from ..bus.system_bus import SystemBus, UserBus
from ..environment import program
from .stack import Stack


class SystemStack(Stack):
    """The daemon serves all users. Its worker is a child process of root's, because there is no systemd here."""

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
        return self.stop_at_end(Polkit(self.bus.address, judge))
