# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real cockpit-ws on loopback that needs no log-in: its only session runs on the bus of a stack."""

import os
import shutil
import socket

from ..environment import SOURCE
from ..processes import Child

PROGRAMS = ("/usr/lib/cockpit/cockpit-ws", "/usr/libexec/cockpit-ws")

# As systemd starts it: with a socket that listens already, so that no other process gets the port, and calls wait.
ACTIVATE = 'export LISTEN_FDS=1 LISTEN_PID=$$; listener=$1; shift; exec "$@" 3<&"$listener"'


# Cockpit's bridge starts its second half as "sudo -k -A COMMAND". This one asks for no password.
SUDO = """#!/bin/sh
while [ "${{1#-}}" != "$1" ]; do shift; done
exec '{helper}' --reuid=0 --regid=0 --clear-groups -- "$@"
"""


class CockpitWs:
    """`bus`: what the bus of the stack is, "session" or "system"; there is no other. `uid`: the user whose session it is."""

    def __init__(self, stack, bus: str, uid: int = 0):
        self.bus = bus
        self.directory = stack.directory / f"cockpit-{uid}"
        self.programs = self.directory / "programs"
        pages = self.directory / "data" / "cockpit"
        pages.mkdir(parents=True)
        shutil.copytree(SOURCE / "cockpit", pages / "haulier")
        missing = {"session": "SYSTEM", "system": "SESSION"}[bus]
        env = stack.env | {"PATH": f"{self.programs}:{stack.env['PATH']}", f"DBUS_{missing}_BUS_ADDRESS": f"unix:path={self.directory}/missing", "LANG": "C.UTF-8",
                           "XDG_DATA_HOME": str(self.directory / "data"), "XDG_CONFIG_DIRS": str(self.directory)}
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
            self.port = listener.getsockname()[1]
            program = next(path for path in PROGRAMS if os.path.exists(path))
            command = ["/bin/bash", "-c", ACTIVATE, "bash", str(listener.fileno()), program, "--no-tls", f"--local-session={self._bridge(uid)}"]
            self.child = Child(command, self.directory / "cockpit.log", env, pass_fds=(listener.fileno(),))

    def _bridge(self, uid: int) -> str:
        if uid == 0:
            return "cockpit-bridge"
        for folder in (self.directory, *self.directory.rglob("*")):
            os.chown(folder, uid, uid)
        script = self.directory / "bridge"
        script.write_text(f"#!/bin/sh\nexec setpriv --reuid={uid} --regid={uid} --clear-groups -- cockpit-bridge \"$@\"\n")
        script.chmod(0o755)
        return str(script)

    def allow_administration(self, uid: int) -> None:
        """From now on, this user can get administrative access in Cockpit. No other user can execute the helper."""
        self.programs.mkdir()
        helper = self.programs / "setpriv"
        shutil.copy("/usr/bin/setpriv", helper)
        os.chown(helper, 0, uid)
        helper.chmod(0o4750)
        sudo = self.programs / "sudo"
        sudo.write_text(SUDO.format(helper=helper))
        sudo.chmod(0o755)

    @property
    def url(self) -> str:
        """The page without the frame of Cockpit around it."""
        return f"http://127.0.0.1:{self.port}/cockpit/@localhost/haulier/index.html#/{self.bus}"

    def stop(self) -> None:
        self.child.stop()
