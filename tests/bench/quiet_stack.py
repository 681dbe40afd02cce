# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the benchmarks share: a daemon that does not log each step, and the CPU time of a process."""

import os
import pathlib

from support.daemon.stack import Stack

TICKS = os.sysconf("SC_CLK_TCK")


class QuietStack(Stack):
    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        env = super()._environment(extra)
        del env["HAULIER_DEBUG"]
        return env


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
