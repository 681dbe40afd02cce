# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl(1) describes the commands and options of haulierctl."""

import re

from support.client.command_help import OPTION, commands, every_command, options
from support.environment import SOURCE


def manual() -> str:
    return (SOURCE / "docs" / "man" / "haulierctl.1.scd").read_text()


def test_every_command_has_its_paragraph_in_the_manual():
    section = manual()[manual().index("# COMMANDS"):manual().index("# OPTIONS")]
    described = {word for line in re.findall(r"^\*([a-z ]+)\*", section, flags=re.M) for word in line.split()}
    assert described == {word for command in every_command() for word in command} and "remove" in described


def test_every_option_is_in_the_manual():
    known = options().union(*(options(*command) for command in every_command()))
    assert "--password-fd" in known and set(commands("credentials")) == {"set", "remove"}
    named = set(re.findall(OPTION, manual()))
    assert named == known
