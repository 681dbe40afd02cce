# SPDX-License-Identifier: LGPL-2.1-or-later
"""The commands and options of haulierctl, read from its own help."""

import functools
import re
import subprocess

from ..environment import program

OPTION = r"--[a-z][a-z0-9-]+"


@functools.cache
def help_of(*command: str) -> str:
    return subprocess.run([program("HAULIERCTL"), *command, "--help"], capture_output=True, text=True, check=True).stdout


def commands(*command: str) -> list[str]:
    listed = help_of(*command).partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  ([a-z]+) ", listed, flags=re.M)


def options(*command: str) -> set[str]:
    listed = re.findall(rf"^  ((?:-[a-zA-Z],)?{OPTION}(?:,{OPTION})*)", help_of(*command), flags=re.M)
    return {word for group in listed for word in re.findall(OPTION, group)}


def every_command() -> list[tuple[str, ...]]:
    return [(verb, *rest) for verb in commands() for rest in [(), *((word,) for word in commands(verb))]]


def own_options() -> dict[str, set[str]]:
    """The options of each command, without those of all commands."""
    return {" ".join(command): options(*command) - {"--help"} for command in every_command()}
