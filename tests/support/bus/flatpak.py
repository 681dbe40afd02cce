# SPDX-License-Identifier: LGPL-2.1-or-later
"""Apps in sandboxes as Flatpak makes them: bubblewrap with a /.flatpak-info, and a real xdg-dbus-proxy, in a bubblewrap of
its own with the same file, between the app and the bus. The daemon sees the proxy."""

import os
import pathlib
import shutil
import subprocess

import pytest

from ..client import dbus_client
from ..environment import patience
from ..processes import Child, as_user
from .system_bus import UserBus


def flatpak_info(app: str, filesystems=(), network: bool = True, persistent=()) -> str:
    return (f"[Application]\nname={app}\nruntime=runtime/org.example.Platform/x86_64/1\n\n"
            f"[Instance]\ninstance-id=4711\nsession-bus-proxy=true\n\n"
            f"[Context]\nshared={'network;' if network else ''}ipc;\nsockets=wayland;\n"
            f"filesystems={''.join(f'{entry};' for entry in filesystems)}\n"
            f"persistent={''.join(f'{entry};' for entry in persistent)}\n")


def need_sandboxes() -> None:
    for program in ("bwrap", "xdg-dbus-proxy"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    if subprocess.run(["bwrap", "--ro-bind", "/", "/", "true"], check=False, timeout=patience(20)).returncode != 0:
        pytest.skip("bubblewrap cannot make sandboxes here")


def _whole_host() -> list[str]:
    """The directories of the host below a root of the sandbox's own."""
    words = []
    for entry in sorted(pathlib.Path("/").iterdir()):
        if entry.is_symlink():
            words += ["--symlink", os.readlink(entry), str(entry)]
        elif entry.is_dir():
            words += ["--dev-bind", str(entry), str(entry)]
    return words


def _as_descriptor(text: str) -> int:
    descriptor = os.memfd_create("flatpak-info")
    os.write(descriptor, text.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def in_sandbox(info: str, command: list[str], option: str = "--ro-bind-data", user: int | None = None) -> tuple[list[str], int]:
    """The command in a sandbox with this /.flatpak-info, and a descriptor that it has to be given. Root can run it as a user."""
    descriptor = _as_descriptor(info)
    words = ["bwrap"]
    if user is not None:
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        command = as_user(user, command)
    return [*words, *_whole_host(), option, str(descriptor), "/.flatpak-info", *command], descriptor


class FlatpakApp:
    """Its calls come from the test's process, through the proxy of its sandbox. It is an app of the stack's person."""

    def __init__(self, stack, app: str = "org.example.App", **permissions):
        need_sandboxes()
        self.id = app
        self.info = flatpak_info(app, **permissions)
        self.own = pathlib.Path(stack.env["HOME"]) / ".var/app" / app
        (self.own / "data").mkdir(parents=True, exist_ok=True)
        number = len(list(stack.directory.glob("proxy-*.log")))
        folder, log = stack.directory / f"proxy-{number}", stack.directory / f"proxy-{number}.log"
        folder.mkdir()
        if stack.person is not None:
            for path in (folder, *self.own.parents[:2], self.own, self.own / "data"):
                os.chown(path, stack.person, stack.person)
        listening, announce = os.pipe()
        command, info = in_sandbox(self.info, ["xdg-dbus-proxy", f"--fd={announce}", stack.bus.address, f"{folder}/bus", "--filter",
                                               f"--talk={dbus_client.NAME}"], "--file", stack.person)
        self._proxy = Child(command, log, stack.env, pass_fds=(announce, info))
        os.close(announce)
        os.close(info)
        self._listening = listening
        stack.stop_at_end(self)
        assert os.read(listening, 1), f"xdg-dbus-proxy does not start: {log.read_text()}"
        address = f"unix:path={folder}/bus"
        self.bus = dbus_client.Bus(address) if stack.person is None else UserBus(address, stack.person)
        self.manager = dbus_client.Manager(self.bus)

    def stop(self) -> None:
        if hasattr(self, "bus"):
            self.bus.close()
        os.close(self._listening)
        self._proxy.stop()
