# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real document portal, and a file chooser that gives files to apps in sandboxes."""

import pathlib
import subprocess

from ..environment import PYTHON, patience
from ..processes import as_user
from .private_bus import PrivateBus

PORTAL = "org.freedesktop.portal.Documents"
PROGRAM = "/usr/libexec/xdg-document-portal"

# Arguments: the address of the bus, the folder, the name of the file, the app, permissions. Prints the id of the document.
GIVE = """
import os, sys
from gi.repository import Gio, GLib
address, folder, name, app, *permissions = sys.argv[1:]
flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

def call(method, arguments, descriptors=None):
    return bus.call_with_unix_fd_list_sync("org.freedesktop.portal.Documents", "/org/freedesktop/portal/documents",
                                           "org.freedesktop.portal.Documents", method, arguments, None, 0, -1, descriptors)

call("GetMountPoint", None)
GLib.timeout_add(50, lambda: True)
while not os.path.isdir(os.environ["XDG_RUNTIME_DIR"] + "/doc/by-app"):  # until the test gives up
    GLib.MainContext.default().iteration(True)
descriptors = Gio.UnixFDList.new_from_array([os.open(folder, os.O_PATH | os.O_CLOEXEC)])
answer, _ = call("AddNamed", GLib.Variant("(haybb)", (0, [*os.fsencode(name), 0], False, False)), descriptors)
(document,) = answer.unpack()
call("GrantPermissions", GLib.Variant("(ssas)", (document, app, permissions)))
print(document)
"""


class Documents:
    """The portal of the user of the tests, or of the stack's person."""

    def __init__(self, stack, bus: PrivateBus):
        self._bus = bus
        self._env = stack.env
        self._person = stack.person
        self.folder = pathlib.Path(stack.env["XDG_RUNTIME_DIR"]) / "doc"
        bus.add_service(PORTAL, self._own([PROGRAM]))

    def _own(self, command: list[str]) -> list[str]:
        return command if self._person is None else as_user(self._person, command)

    def give(self, file: pathlib.Path, app: str, *permissions: str) -> str:
        """Gives the app a file that there need not be yet. Returns the path that the app knows."""
        words = self._own([PYTHON, "-c", GIVE, self._bus.address, str(file.parent), file.name, app, *permissions])
        done = subprocess.run(words, env=self._env, capture_output=True, text=True, timeout=patience(30), check=False)
        assert done.returncode == 0, done.stderr
        return str(self.folder / done.stdout.strip() / file.name)
