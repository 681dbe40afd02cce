# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private message bus: a real dbus-daemon that starts services from a folder of the test's."""

import os
import pathlib
import select

from gi.repository import Gio

from ..client import dbus_client
from ..environment import patience
from ..processes import Child

# A session bus has practically no limits. This one has the system bus' limit on pending replies, so that the effect of a
# client that never answers can be tested here.
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={directory}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{directory}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_replies_per_connection">128</limit>
  <limit name="service_start_timeout">{start_timeout}</limit>
</busconfig>
"""


class PrivateBus:
    """Keeps its files in `directory`. The services that it starts get `env` and log to SERVICE.log there."""

    CONFIG = CONFIG

    def __init__(self, directory: pathlib.Path, env: dict[str, str]):
        self.directory = directory
        self.services = directory / "services"
        self.services.mkdir()
        self.address = f"unix:path={directory}/bus"
        config = directory / "bus.conf"
        # By default a bus gives up a service after 25 seconds.
        config.write_text(self.CONFIG.format(directory=directory, start_timeout=int(patience(60) * 1000)))
        listening, announce = os.pipe()
        try:
            self.daemon = Child(
                ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog",
                 f"--print-address={announce}"], directory / "bus.log", env, pass_fds=(announce,))
            os.close(announce)
            ready, _, _ = select.select([listening], [], [], patience(10))
            if not ready or not os.read(listening, 4096):
                raise AssertionError("dbus-daemon does not start: " + (directory / "bus.log").read_text())
        finally:
            os.close(listening)

    def add_service(self, name: str, command: list[str]) -> pathlib.Path:
        """Makes `name` activatable with this command. Returns the path of the service's log."""
        log = self.directory / f"{name}.log"
        start = self.directory / f"{name}.start"
        words = " ".join("'" + word.replace("'", "'\\''") + "'" for word in command)
        start.write_text(f"#!/bin/sh\nexec {words} >>'{log}' 2>&1\n")
        start.chmod(0o755)
        part = self.services / f".{name}.new"
        part.write_text(f"[D-BUS Service]\nName={name}\nExec={start}\n")
        part.rename(self.services / f"{name}.service")
        self.read_services()
        return log

    def read_services(self) -> None:
        """The bus would notice the new file by itself, but not at once."""
        connection = dbus_client.connect(self.address)
        connection.call_sync(*dbus_client.BUS, "ReloadConfig", None, None, Gio.DBusCallFlags.NONE, int(patience(10) * 1000), None)
        connection.close_sync(None)

    def stop(self) -> None:
        self.daemon.stop()
