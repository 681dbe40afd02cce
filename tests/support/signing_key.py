# SPDX-License-Identifier: LGPL-2.1-or-later
"""A key of GnuPG without a passphrase, in a folder of its own."""

import pathlib
import signal
import subprocess

from .environment import patience
from .processes import Pidfd


class SigningKey:
    """`home`: a new folder; its path has to be short, because GnuPG's agent has sockets in it."""

    def __init__(self, home: pathlib.Path):
        self.home = home
        home.mkdir(mode=0o700)
        self._gpg("--quick-generate-key", "--passphrase", "", "Tests <tests@example.org>", "ed25519", "sign", "never")

    def public(self, *options: str) -> bytes:
        return self._gpg("--export", *options)

    def sign(self, data: bytes, how: str) -> bytes:
        """`how`: --clearsign or --detach-sign."""
        return self._gpg(how, data=data)

    def _gpg(self, *words: str, data: bytes = b"") -> bytes:
        return self._run("gpg", "--batch", "--quiet", "--no-permission-warning", *words, data=data)

    def _run(self, program: str, *words: str, data: bytes = b"") -> bytes:
        done = subprocess.run([program, "--homedir", self.home, *words], input=data, capture_output=True, timeout=patience(60),
                              check=False)
        assert done.returncode == 0, f"{program} {words}: {done.stderr.decode(errors='replace')}"
        return done.stdout

    def close(self) -> None:
        """Ends the agent, and waits: it removes its sockets last, and whoever removes the folder must not meet it."""
        answer = self._run("gpg-connect-agent", "--no-autostart", "GETINFO pid", "/bye")
        with Pidfd(int(answer.split()[1])) as agent:
            agent.send(signal.SIGTERM)
            assert agent.ended(patience(20)), "GnuPG's agent does not end"
