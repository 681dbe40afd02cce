# SPDX-License-Identifier: LGPL-2.1-or-later
"""The part of systemd that starts workers: RestartUnit runs the real haulier-worker as the user in the unit's name. The
tests in tests/system use the real systemd."""

import re
import shutil
import subprocess
from collections.abc import Callable

from gi.repository import Gio, GLib

from ..environment import program
from .fake_service import FakeService

PATH = "/org/freedesktop/systemd1"
MANAGER = "org.freedesktop.systemd1.Manager"
JOB = PATH + "/job/1"
XML = f"""<node><interface name="{MANAGER}">
  <method name="RestartUnit"> <arg name="name" type="s" direction="in"/> <arg name="mode" type="s" direction="in"/>
    <arg name="job" type="o" direction="out"/> </method>
  <method name="StopUnit"> <arg name="name" type="s" direction="in"/> <arg name="mode" type="s" direction="in"/>
    <arg name="job" type="o" direction="out"/> </method>
</interface></node>"""


class FakeSystemd(FakeService):
    """`judge` decides what happens when a unit is to be started: "done", another result of the job (it failed), "untold"
    (the process is started, but no result is announced), "nothing" (neither), or "refused"."""

    NAME = "org.freedesktop.systemd1"
    PATH = PATH
    XML = XML

    def __init__(self, stack, judge: Callable[[str], str] = lambda _: "done"):
        self.judge = judge
        self.asked: list[tuple[str, str]] = []
        self.workers: dict[str, subprocess.Popen] = {}
        self._worker = stack.directory / "haulier-worker"
        shutil.copy(program("HAULIER_WORKER"), self._worker)  # where every user can run it
        self._socket = stack.runtime / "worker.socket"
        self._log = stack.directory / "workers.log"
        self._env = stack.env
        super().__init__(stack.bus.address)

    def _called(self, method: str, arguments: tuple, invocation: Gio.DBusMethodInvocation) -> None:
        unit, mode = arguments
        assert mode == "replace"
        self.asked.append((method, unit))
        self._stop(unit)
        result = self.judge(unit) if method == "RestartUnit" else "done"
        if result == "refused":
            invocation.return_dbus_error("org.freedesktop.DBus.Error.AccessDenied", "Permission denied")
        else:
            invocation.return_value(GLib.Variant("(o)", (JOB,)))
            if method == "RestartUnit" and result in ("done", "untold"):
                self._start(unit)
            if result not in ("untold", "nothing"):
                self._tell(unit, result)

    def _tell(self, unit: str, result: str) -> None:
        arguments = GLib.Variant("(uoss)", (1, JOB, unit, result))
        self._connection.emit_signal(None, PATH, MANAGER, "JobRemoved", arguments)

    def _start(self, unit: str) -> None:
        uid = int(re.fullmatch(r"haulier-worker@(\d+)\.service", unit)[1])
        with open(self._log, "ab") as log:
            self.workers[unit] = subprocess.Popen([self._worker, f"--connect={self._socket}"], user=uid, group=uid,
                                                  extra_groups=[], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  env=self._env, cwd="/")

    def _stop(self, unit: str) -> None:
        if worker := self.workers.pop(unit, None):
            worker.kill()
            worker.wait()

    def wait_asked(self, method: str, unit: str, count: int = 1) -> None:
        self.wait_for(lambda: self.asked.count((method, unit)) >= count, f"{count} times {method} of {unit}")

    def stop(self) -> None:
        """Ends its workers as well."""
        super().stop()
        for unit in list(self.workers):
            self._stop(unit)
