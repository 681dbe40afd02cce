# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-notify in the session of a test, with the commands that it runs."""

import os
import pathlib

from ..client.dbus_client import Bus
from ..environment import program
from ..processes import Child
from .stack import Stack

NAME = "org.haulier.Notify"


def opened_file(stack: Stack) -> pathlib.Path:
    """What was given to xdg-open, which is a script here."""
    return stack.directory / "opened"


def desktop_environment(stack: Stack) -> dict[str, str]:
    tools = stack.directory / "tools"
    if not tools.exists():
        tools.mkdir()
        script = tools / "xdg-open"
        script.write_text(f"#!/bin/sh\necho \"$1\" >>'{opened_file(stack)}'\n")
        script.chmod(0o755)
        (tools / "haulierctl").symlink_to(program("HAULIERCTL"))
    return stack.env | {"PATH": f"{tools}:{os.environ['PATH']}", "XDG_DATA_DIRS": str(stack.directory / "data")}


class Agent:
    """`client`: a connection to the session bus if that is not the one of the daemon; `changes`: of the environment."""

    def __init__(self, stack: Stack, client: Bus | None = None, name: str = "agent", **changes: str):
        self.stack = stack
        self.client = client or stack.client
        self.env = desktop_environment(stack) | changes
        self.log = stack.directory / f"{name}.log"
        self.start()

    def start(self) -> None:
        self.child = Child([program("HAULIER_NOTIFY")], self.log, self.env)
        self.client.wait(lambda: self.client.owner(NAME), "the agent to have its name")

    def kill(self) -> None:
        self.child.process.kill()
        self.child.process.wait()
        self.client.wait(lambda: not self.client.owner(NAME), "the bus to notice the death of the agent")

    def stop(self) -> None:
        self.child.stop()

    @property
    def opened(self) -> list[str]:
        file = opened_file(self.stack)
        return file.read_text().splitlines() if file.exists() else []
