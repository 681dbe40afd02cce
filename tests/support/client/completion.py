# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bash offers when Tab is pressed at the end of a command line of haulierctl."""

import re
import subprocess
from pathlib import Path

from ..environment import patience, program

# Generated beside the program.
COMPLETIONS = Path(program("HAULIERCTL")).parents[2] / "completions"
SCRIPTS = {"bash": COMPLETIONS / "haulierctl", "fish": COMPLETIONS / "haulierctl.fish", "zsh": COMPLETIONS / "_haulierctl"}

# The words are split as readline splits them, and COMPREPLY is what it would show. compopt works only inside readline.
DRIVER = """
source /usr/share/bash-completion/bash_completion
source "$1"
compopt() { :; }
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=("${@:3}") COMP_CWORD=$(($# - 3))
_haulierctl haulierctl "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
"""


def words_of(line: str) -> list[str]:
    """The line as COMP_WORDS, in which = and : are separate words."""
    return re.findall(r"[:=]+|[^\s:=]+", line) + ([""] if line.endswith(" ") else [])


def offered(line: str, **options) -> list[str]:
    done = subprocess.run(["bash", "-c", DRIVER, "bash", SCRIPTS["bash"], line, *words_of(line)], text=True, check=False,
                          capture_output=True, timeout=patience(30), **options)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return sorted(done.stdout.splitlines())
