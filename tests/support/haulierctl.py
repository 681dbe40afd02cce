# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl, run in the downloads folder of a stack."""

import json
import subprocess

from .environment import patience, program
from .stack import body

DONE, REFUSED, MISUSED, NO_SUCH_JOB, JOB_FAILED, JOB_CANCELLED, NO_BUS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

DATA = body(400_000)  # the file that the fixture `remote` offers


class Result:
    def __init__(self, process: subprocess.Popen):
        self.out, self.err = process.communicate(timeout=patience(30))
        self.code = process.returncode

    @property
    def json(self):
        return json.loads(self.out)


class Ctl:
    """Runs haulierctl in the downloads folder of a stack."""

    def __init__(self, stack):
        self.stack = stack

    def begin(self, *words, **changes) -> subprocess.Popen:
        options = dict(env=self.stack.env, cwd=self.stack.downloads, text=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return subprocess.Popen([program("HAULIERCTL"), *map(str, words)], **(options | changes))

    def __call__(self, *words, code: int = DONE, **changes) -> Result:
        result = Result(self.begin(*words, **changes))
        assert result.code == code, f"{words} ended with {result.code}: {result.out} {result.err}"
        if code not in (DONE, INTERRUPTED):
            assert result.err.strip(), "a failure has a sentence"
            assert "terminate called" not in result.err
        return result
